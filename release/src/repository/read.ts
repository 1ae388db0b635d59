/** Read a repository, believing nothing that is not signed by the keys of the root we know. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { channelRecordPath, channelRecordSchema, ioError, recordLimit, releaseRecordSchema, SlipwayError, targetIds, type Candidate, type ChannelRecord, type ReleaseRecord, type TargetId } from '@slipway/core';
import { followsFrom } from '../keys/documents.ts';
import type { MetaFile, Root, SignedFile, Snapshot, TargetFile, Targets, Timestamp, Document } from '../metadata/documents.ts';
import { isSignedBy, metadataLimit, readDocument } from '../metadata/signed-file.ts';
import { payloadPath, recordPath, rootPath, snapshotPath, targetFilePath, targetsPath, timestampPath } from './layout.ts';
import type { RepositoryFs } from './ports.ts';

export interface Channel {
  readonly metadata: SignedFile<Targets>;
  readonly records: ReadonlyMap<TargetId, ChannelRecord>;
}

export interface Repository {
  /** The newest. */
  readonly root: SignedFile<Root>;
  readonly targets: SignedFile<Targets>;
  readonly snapshot: SignedFile<Snapshot>;
  readonly timestamp: SignedFile<Timestamp>;
  readonly channels: ReadonlyMap<string, Channel>;
}

/** How many versions after ours a root is looked for, as clients do. */
const mostRotations = 256;

export class RepositoryReader {
  readonly #fs: RepositoryFs;
  readonly #folder: string;

  constructor(fs: RepositoryFs, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
  }

  /**
   * All of it; undefined when there is no repository yet. `roots` are those we know, oldest first. Expiry is no
   * obstacle: whoever publishes must be able to renew. Throws REPOSITORY_DAMAGED, REPOSITORY_FOREIGN, IO_FAILED.
   */
  read(roots: readonly SignedFile<Root>[]): Repository | undefined {
    if (this.#bytes(timestampPath) === undefined) return undefined;
    const root = this.#root(roots);
    const timestamp = this.#document<Timestamp>('timestamp', timestampPath);
    if (!isSignedBy(root, 'timestamp', timestamp)) throw this.#damaged(timestampPath, 'it is not signed by the timestamp key of the root');
    const snapshot = this.#listed<Snapshot>('snapshot', timestamp.signed.meta['snapshot.json'], snapshotPath, root, 'snapshot');
    const listed = (role: string): MetaFile | undefined => snapshot.signed.meta[`${role}.json`];
    const top = listed('targets');
    if (top === undefined) throw this.#damaged(snapshotPath(snapshot.signed.version), 'it names no targets.json');
    const targets = this.#listed<Targets>('targets', top, (version) => targetsPath('targets', version), root, 'targets');
    const channels = new Map<string, Channel>();
    for (const { name } of targets.signed.delegations?.roles ?? []) {
      const meta = listed(name);
      if (meta !== undefined) channels.set(name, this.#channel(name, this.#listed<Targets>('targets', meta, (version) => targetsPath(name, version), targets, name)));
    }
    return { root, targets, snapshot, timestamp, channels };
  }

  /** A release record, checked against its hash. Throws REPOSITORY_DAMAGED. */
  release({ record: { sha256, size } }: Candidate): ReleaseRecord {
    const bytes = this.#hashed(recordPath(sha256), { length: size, hashes: { sha256 } }, recordLimit);
    return this.#parsed(recordPath(sha256), () => releaseRecordSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))));
  }

  /** Whether every payload of a release is there in its full length. Throws REPOSITORY_DAMAGED. */
  checkPayloads(record: ReleaseRecord): void {
    for (const component of record.components) {
      if (component.kind === 'link') continue;
      const path = payloadPath(component.full.sha256);
      const size = this.#fs.stat(join(this.#folder, path))?.size;
      if (size !== component.full.size) throw this.#damaged(path, size === undefined ? `it is gone, and ${record.version} for ${record.target} needs it for ${component.path}` : `it has ${size} bytes instead of ${component.full.size}`);
    }
  }

  /** From the newest root that both know, by every version in between, to the repository's newest. */
  #root(known: readonly SignedFile<Root>[]): SignedFile<Root> {
    const shared = [...known].reverse().find((root) => this.#bytes(rootPath(root.signed.version)) !== undefined);
    if (shared === undefined) return this.#rootBefore(known);
    let root = this.#document<Root>('root', rootPath(shared.signed.version));
    if (Buffer.compare(root.bytes, shared.bytes) !== 0) throw foreign(this.#folder, `its root ${shared.signed.version} is another one`);
    for (let step = 0; step < mostRotations; step++) {
      const path = rootPath(root.signed.version + 1);
      if (this.#bytes(path) === undefined) return root;
      const next = this.#document<Root>('root', path);
      if (!followsFrom(root, next)) throw this.#damaged(path, `it is not signed by the keys of root ${root.signed.version}`);
      root = next;
    }
    throw this.#damaged(rootPath(root.signed.version), `more than ${mostRotations} roots follow the one known here`);
  }

  /** A root that is not published yet vouches for the one before it, whose keys have signed it. */
  #rootBefore(known: readonly SignedFile<Root>[]): SignedFile<Root> {
    const [first] = known;
    if (first === undefined) throw foreign(this.#folder, 'no root is known here');
    const path = rootPath(first.signed.version - 1);
    const before = this.#bytes(path) === undefined ? undefined : this.#document<Root>('root', path);
    if (before !== undefined && isSignedBy(before, 'root', before) && followsFrom(before, first)) return before;
    throw foreign(this.#folder, `it has none of the roots known here (${known.map(({ signed }) => signed.version).join(', ')}), and no root that they follow from`);
  }

  #channel(name: string, metadata: SignedFile<Targets>): Channel {
    const records = new Map<TargetId, ChannelRecord>();
    for (const target of targetIds) {
      const path = channelRecordPath(name, target);
      const listed = metadata.signed.targets[path];
      if (listed === undefined) continue;
      const where = targetFilePath(path, listed.hashes.sha256);
      const bytes = this.#hashed(where, listed, recordLimit);
      const record = this.#parsed(where, () => channelRecordSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))));
      if (record.channel !== name || record.target !== target) throw this.#damaged(where, `it is the record of ${record.channel}/${record.target}`);
      records.set(target, record);
    }
    return { metadata, records };
  }

  #listed<Signed extends Document>(kind: Signed['_type'], meta: MetaFile, pathOf: (version: number) => string, above: SignedFile<Root | Targets>, role: string): SignedFile<Signed> {
    const path = pathOf(meta.version);
    const file = this.#parsed(path, () => readDocument<Signed>(kind, this.#hashed(path, meta, metadataLimit), path));
    if (file.signed.version !== meta.version) throw this.#damaged(path, `it says it is version ${file.signed.version}`);
    if (!isSignedBy(above, role, file)) throw this.#damaged(path, `it is not signed by the key of ${role}`);
    return file;
  }

  #hashed(path: string, { length, hashes }: TargetFile, limit: number): Uint8Array {
    const bytes = this.#bytes(path, limit);
    if (bytes === undefined) throw this.#damaged(path, 'it is gone');
    if (bytes.length !== length || createHash('sha256').update(bytes).digest('hex') !== hashes.sha256) throw this.#damaged(path, 'its bytes are not those that were signed');
    return bytes;
  }

  #document<Signed extends Document>(kind: Signed['_type'], path: string): SignedFile<Signed> {
    const bytes = this.#bytes(path);
    if (bytes === undefined) throw this.#damaged(path, 'it is gone');
    return readDocument<Signed>(kind, bytes, join(this.#folder, path));
  }

  #parsed<Value>(path: string, read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (error instanceof SlipwayError) throw error;
      throw this.#damaged(path, error instanceof Error ? error.message : String(error));
    }
  }

  #bytes(path: string, limit = metadataLimit): Uint8Array | undefined {
    try {
      return this.#fs.read(join(this.#folder, path), limit);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EFBIG') throw this.#damaged(path, `it is larger than ${limit} bytes`);
      throw ioError(error, `read ${join(this.#folder, path)}`);
    }
  }

  #damaged(path: string, why: string): SlipwayError {
    return new SlipwayError('REPOSITORY_DAMAGED', `${join(this.#folder, path)} cannot be used: ${why}`);
  }
}

function foreign(folder: string, why: string): SlipwayError {
  return new SlipwayError('REPOSITORY_FOREIGN', `the repository in ${folder} belongs to other keys: ${why}`);
}
