/**
 * Step 2 of an update: for each file of the new version the cheapest way to get it that is not known to fail, and what
 * they cost together. Today's ways are a file of an installed version that is the same, and the full download.
 */
import type { Component, ReleaseRecord } from '@slipway/core';
import type { ComponentSource, Sources } from '../source.ts';

/** A version in `versions/`, and what its own release record says is in it. */
export interface InstalledVersion {
  /** Absolute. */
  readonly folder: string;
  readonly record: ReleaseRecord;
}

/** A file at `payloads/<sha256>`: size and hash of the compressed bytes. */
export interface Payload {
  readonly sha256: string;
  readonly size: number;
}

export interface RoutePlan {
  /** By path of each file component. */
  readonly sources: Sources;
  /** What the sources need from the server, each once, in the order of the components. */
  readonly payloads: readonly Payload[];
  /** Their size together. */
  readonly bytes: number;
}

type FileComponent = Extract<Component, { kind: 'file' }>;

/**
 * A plan is data, and nothing is read for it: what an installed version's record says is verified when the file is
 * used. When it turns out to be wrong, its path goes to `unusable` and the next plan takes the next way; the last one,
 * the full download, is always there.
 */
export function planRoutes(record: ReleaseRecord, installed: readonly InstalledVersion[], unusable: ReadonlySet<string> = new Set()): RoutePlan {
  const sources = new Map<string, ComponentSource>();
  const payloads = new Map<string, Payload>();
  for (const component of filesOf(record)) {
    const { path, full: { sha256, size } } = component;
    const source = sameFiles(component, installed).find(({ from }) => !unusable.has(from)) ?? { kind: 'download', path };
    sources.set(path, source);
    if (source.kind === 'download') payloads.set(sha256, { sha256, size });
  }
  return { sources, payloads: [...payloads.values()], bytes: [...payloads.values()].reduce((sum, { size }) => sum + size, 0) };
}

/** Whatever their names are. */
function sameFiles({ path, sha256, size }: FileComponent, installed: readonly InstalledVersion[]): readonly Extract<ComponentSource, { kind: 'installed' }>[] {
  return installed.flatMap(({ folder, record }) => filesOf(record)
    .filter((file) => file.sha256 === sha256 && file.size === size)
    .map((file) => ({ kind: 'installed', path, from: `${folder}/${file.path}` })));
}

function filesOf({ components }: ReleaseRecord): readonly FileComponent[] {
  return components.filter((component) => component.kind === 'file');
}
