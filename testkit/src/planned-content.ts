/** Planned files made real in memory, so that a wrapper's output can be installed before any executor exists. */
import { createHash } from 'node:crypto';
import type { EntryContent, FileContent, Reference, Text } from '@slipway/core';

/** Where the bytes come from that a plan only names. */
export interface PlannedSources {
  artifact(id: string): Uint8Array;
  /** A file of the project, by its path. */
  file(path: string): Uint8Array;
}

export interface PlannedMember {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
  /** Where a symbolic link points; its `bytes` are empty. */
  readonly link?: string;
}

/** The members of a container in order, every reference resolved. */
export function plannedMembers(content: FileContent, sources: PlannedSources): readonly PlannedMember[] {
  if (content.kind === 'text') throw new TypeError('a text file has no members');
  const done = new Map<string, Uint8Array>();
  return content.entries.map(({ path, mode, content: entry }) => {
    const bytes = bytesOf(entry, sources, done);
    done.set(`entry:${path}`, bytes);
    return { path, mode, bytes, ...(entry.kind === 'link' ? { link: entry.to } : {}) };
  });
}

function bytesOf(entry: EntryContent, sources: PlannedSources, done: ReadonlyMap<string, Uint8Array>): Uint8Array {
  if (entry.kind === 'link') return new Uint8Array();
  if (entry.kind === 'artifact') return sources.artifact(entry.id);
  return entry.kind === 'file' ? sources.file(entry.path) : Buffer.from(plannedText(entry.text, sources, done));
}

function plannedText(text: Text, sources: PlannedSources, done: ReadonlyMap<string, Uint8Array>): string {
  return text.map((part) => (typeof part === 'string' ? part : resolve(part, sources, done))).join('');
}

function resolve(reference: Reference, sources: PlannedSources, done: ReadonlyMap<string, Uint8Array>): string {
  if (reference.kind === 'file') return Buffer.from(sources.file(reference.of)).toString('utf8');
  const bytes = done.get(reference.of) ?? sources.artifact(reference.of);
  return reference.kind === 'size' ? String(bytes.length) : createHash('sha256').update(bytes).digest(reference.as);
}
