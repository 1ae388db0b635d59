/**
 * The one executor: writes planned files in the order their references ask for, deflating each large file once.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ioError, SlipwayError, type Artifact, type Described, type EntryContent, type PlannedFile, type Stamps } from '@slipway/core';
import type { BlockCache } from './block-cache.ts';
import { compressor } from './compression.ts';
import { deflateOnce, type Deflated, type DeflateCount } from './deflate-once.ts';
import { hashFile } from './hash-file.ts';
import { openSink, type Sink } from './sink.ts';
import { tarGzWriter } from './tar-gz.ts';
import { resolveText, type Resolver } from './text.ts';
import { zipWriter } from './zip.ts';

export interface Executor {
  readonly dist: string;
  /** The project's root: `file` contents are relative to it. */
  readonly project: string;
  readonly work: string;
  readonly cache: BlockCache;
  readonly stamps: Stamps;
  /** Blocks compressed at the same time. */
  readonly width: number;
  readonly count: DeflateCount & { writtenFiles: number };
  /** What has been deflated already, by path. */
  readonly deflated: Map<string, Promise<Deflated>>;
  readonly onFile?: (artifact: Artifact, how: 'wrote' | 'reused') => void;
}

/** An executable that is already in dist/. */
export interface Binary extends Described {
  readonly path: string;
}

/** Files up to this size are read whole; larger ones go through the block cache. */
const smallFile = 1 << 20;
/** Changes when the same plan would be written as other bytes. */
const layout = 1;

/** Write `files`; `binaries` are the artifacts that exist already, by id. Returns one artifact per file, in order. */
export async function executePlan(executor: Executor, files: readonly PlannedFile[], binaries: ReadonlyMap<string, Binary>): Promise<readonly Artifact[]> {
  const run = new Run(executor, binaries);
  for (const file of inOrder(files, new Set(binaries.keys()))) await run.file(file);
  return files.map((file) => run.written.get(file.id) as Artifact);
}

/**
 * Size and digest of an executable, from its stamp or by reading it. Where it is about to be packed, that one pass
 * also compresses it.
 */
export async function measure(executor: Executor, path: string, key: string, packing: boolean): Promise<Binary> {
  const { stamps } = executor;
  try {
    const reused = stamps.reuse(path, key);
    if (reused !== undefined) return { path, ...reused };
    const { size, sha256 } = packing && statSync(path).size > smallFile ? await deflated(executor, path) : hashFile(path);
    stamps.record(path, key, { size, sha256 });
    return { path, size, sha256 };
  } catch (error) {
    throw ioError(error, `read ${path}`);
  }
}

function deflated({ cache, width, count, deflated: known }: Executor, path: string): Promise<Deflated> {
  const one = known.get(path) ?? deflateOnce(path, cache, width, count);
  known.set(path, one);
  return one;
}

class Run {
  readonly written = new Map<string, Artifact>();
  readonly #executor: Executor;
  readonly #binaries: ReadonlyMap<string, Binary>;
  readonly #described = new Map<string, Described>();

  constructor(executor: Executor, binaries: ReadonlyMap<string, Binary>) {
    this.#executor = executor;
    this.#binaries = binaries;
  }

  async file(file: PlannedFile): Promise<void> {
    const { dist, stamps, work, count, onFile } = this.#executor;
    const path = join(dist, file.path);
    try {
      const key = this.#key(file);
      const reused = stamps.reuse(path, key);
      const described = reused ?? (await this.#write(file, openSink(path, work)));
      if (reused === undefined) {
        stamps.record(path, key, described);
        count.writtenFiles += 1;
      }
      const { content: _, ...planned } = file;
      const artifact: Artifact = { ...planned, name: basename(file.path), ...described };
      this.written.set(file.id, artifact);
      onFile?.(artifact, reused === undefined ? 'wrote' : 'reused');
    } catch (error) {
      throw ioError(error, `write ${path}`);
    }
  }

  async #write(file: PlannedFile, sink: Sink): Promise<Described> {
    try {
      if (file.content.kind === 'text') sink.write(Buffer.from(resolveText(file.content.text, this.#resolver(new Map()))));
      else await this.#container(file.content, sink);
      return sink.commit();
    } catch (error) {
      sink.abort();
      throw error;
    }
  }

  async #container(content: Exclude<PlannedFile['content'], { kind: 'text' }>, sink: Sink): Promise<void> {
    const { cache } = this.#executor;
    const members = new Map<string, Described>();
    const writer = content.kind === 'zip' ? zipWriter(sink, cache) : tarGzWriter(sink, cache);
    for (const entry of content.entries) {
      const header = { path: entry.path, mode: entry.mode, mtime: content.mtime };
      if (entry.content.kind === 'link') {
        writer.link(header, entry.content.to);
        continue;
      }
      const bytes = await this.#bytes(entry.content, members);
      members.set(entry.path, 'blocks' in bytes ? bytes : describe(bytes));
      writer.add(header, bytes);
    }
    writer.end();
  }

  async #bytes(content: Exclude<EntryContent, { kind: 'link' }>, members: ReadonlyMap<string, Described>): Promise<Uint8Array | Deflated> {
    if (content.kind === 'text') return Buffer.from(resolveText(content.text, this.#resolver(members)));
    const path = this.#pathOf(content);
    return statSync(path).size <= smallFile ? readFileSync(path) : deflated(this.#executor, path);
  }

  #pathOf(content: Exclude<EntryContent, { kind: 'text' | 'link' }>): string {
    if (content.kind === 'file') return join(this.#executor.project, content.path);
    const binary = this.#binaries.get(content.id);
    if (binary !== undefined) return binary.path;
    const artifact = this.written.get(content.id);
    if (artifact === undefined) throw new SlipwayError('INTERNAL', `a planned package holds artifact "${content.id}", which nobody made`);
    return join(this.#executor.dist, artifact.path);
  }

  #resolver(members: ReadonlyMap<string, Described>): Resolver {
    return {
      describe: (of) => (of.startsWith('entry:') ? members.get(of.slice('entry:'.length)) : (this.#binaries.get(of) ?? this.written.get(of))),
      read: (path) => readFileSync(join(this.#executor.project, path), 'utf8'),
    };
  }

  /** Everything that decides the bytes of a file, as one hash. */
  #key(file: PlannedFile): string {
    const json = JSON.stringify([layout, compressor, file.content], (_, value: unknown) => {
      if (!isReference(value)) return value;
      if (value.kind === 'artifact') return { ...value, sha256: (this.#binaries.get(value.id) ?? this.written.get(value.id))?.sha256 };
      if (value.kind === 'file') return { ...value, sha256: this.#fileDigest(value.path ?? value.of ?? '') };
      return value.of.startsWith('entry:') ? value : { ...value, sha256: (this.#binaries.get(value.of) ?? this.written.get(value.of))?.sha256 };
    });
    return createHash('sha256').update(json).digest('hex');
  }

  #fileDigest(path: string): string {
    const known = this.#described.get(path) ?? hashFile(join(this.#executor.project, path));
    this.#described.set(path, known);
    return known.sha256;
  }
}

type KeyReference =
  | { readonly kind: 'artifact'; readonly id: string }
  | { readonly kind: 'file'; readonly path?: string; readonly of?: string }
  | { readonly kind: 'digest' | 'size'; readonly of: string };

/** JSON.stringify revisits what a replacer returns; a digest beside the kind says it was done. */
function isReference(value: unknown): value is KeyReference {
  if (typeof value !== 'object' || value === null || !('kind' in value) || 'sha256' in value) return false;
  return ['artifact', 'file', 'digest', 'size'].includes(String(value.kind));
}

function describe(bytes: Uint8Array): Described {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Ids that a file's content refers to, other than its own members. */
function references(file: PlannedFile): readonly string[] {
  const ids: string[] = [];
  JSON.stringify(file.content, (_, value: unknown) => {
    if (isReference(value) && value.kind !== 'file') {
      const id = value.kind === 'artifact' ? value.id : value.of;
      if (!id.startsWith('entry:')) ids.push(id);
    }
    return value;
  });
  return ids;
}

/** Stable topological order; throws where files wait for each other or for something nobody plans. */
export function inOrder(files: readonly PlannedFile[], known: ReadonlySet<string>): readonly PlannedFile[] {
  const done = new Set(known);
  const ordered: PlannedFile[] = [];
  let waiting = files.map((file) => ({ file, needs: references(file) }));
  while (waiting.length > 0) {
    const ready = waiting.filter(({ needs }) => needs.every((id) => done.has(id)));
    if (ready.length === 0) {
      const [{ file, needs }] = waiting as [(typeof waiting)[number]];
      throw new SlipwayError('PLAN_CONFLICT', `${file.id} needs ${needs.filter((id) => !done.has(id)).join(', ')}, which is never written before it`);
    }
    for (const { file } of ready) {
      done.add(file.id);
      ordered.push(file);
    }
    waiting = waiting.filter(({ file }) => !done.has(file.id));
  }
  return ordered;
}
