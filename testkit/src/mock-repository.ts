/**
 * A signed release repository in memory: a map from path to bytes, as a static server would have them. It is made with
 * the reference models and node:crypto, so that it shares no code with the signing side. What the next `publish` signs
 * is plain data (versions, expiries, keys): a test spoils it and publishes, or keeps an earlier copy of `files` and puts
 * old bytes back.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { channelRecordPath, type Candidate, type ChannelRecord, type Component, type ReleaseRecord, type TargetId } from '@slipway/core';
import { Metadata, MetadataKind, Signature } from '@tufjs/models';

export interface MockKey {
  readonly id: string;
  /** Hex. */
  readonly public: string;
  readonly private: KeyObject;
}

export interface MockRepository {
  /** Path below the repository's address → bytes. */
  readonly files: Map<string, Uint8Array>;
  /** Text of the first root metadata: what a program carries. */
  readonly root: string;
  /** Version last published, by role and channel name. Set lower to roll back. */
  readonly versions: Record<string, number>;
  /** Expiry (`2027-01-01T00:00:00Z`) that the next publish writes, by role and channel name. */
  readonly expires: Record<string, string>;
  /** Key that the next publish signs with, by role and channel name. Replaced without `rotate`, signatures are wrong. */
  readonly keys: Record<string, MockKey>;
  /** Put a component's compressed bytes at `payloads/`, and say what a release record says of it. */
  file(path: string, bytes: Uint8Array, mode?: 0o755 | 0o644): Component & { readonly kind: 'file' };
  /** Put a release record at `records/`, and say what a channel record says of it. */
  release(record: Partial<ReleaseRecord> & Pick<ReleaseRecord, 'version' | 'components'>): Candidate;
  /** The record that the next publish signs; what is not given is empty. */
  channel(record: Partial<ChannelRecord>): void;
  /** Any other target file of a channel. */
  target(path: string, bytes: Uint8Array): void;
  /** Sign channels, targets, snapshot and timestamp one version up, and put them in place. */
  publish(): void;
  /** A new key for a role or channel, announced as it should be; publish afterwards. */
  rotate(role: string): void;
}

const topRoles: readonly string[] = ['root', 'targets', 'snapshot', 'timestamp'];

/** A signing key of its own. */
export function mockKey(): MockKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const hex = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const id = sha256(Buffer.from(hex));
  return { id, private: privateKey, public: hex };
}

/** An empty repository, published once. `date`, in seconds since 1970, is when records are signed; all expires a year later. */
export function mockRepository({ product = 'tool', channels = ['stable'], date = 1_767_225_600 } = {}): MockRepository {
  const files = new Map<string, Uint8Array>();
  const roles = [...topRoles, ...channels];
  const yearLater = new Date((date + 365 * 86_400) * 1000).toISOString().replace('.000Z', 'Z');
  const versions: Record<string, number> = Object.fromEntries(roles.map((role) => [role, 0]));
  const expires: Record<string, string> = Object.fromEntries(roles.map((role) => [role, yearLater]));
  const keys: Record<string, MockKey> = Object.fromEntries(roles.map((role) => [role, mockKey()]));
  /** What root and targets say whose signature counts. */
  const announced: Record<string, MockKey> = { ...keys };
  const targetFiles = new Map<string, { length: number; hashes: { sha256: string } }>();
  let delegationsChanged = true;

  writeRoot([]);
  publish();
  return {
    files, versions, expires, keys, file, release, channel, target, publish, rotate,
    root: new TextDecoder().decode(files.get('metadata/1.root.json')),
  };

  function file(path: string, bytes: Uint8Array, mode: 0o755 | 0o644 = 0o755): Component & { kind: 'file' } {
    const payload = gzipSync(bytes);
    files.set(`payloads/${sha256(payload)}`, payload);
    return { kind: 'file', path, mode, size: bytes.length, sha256: sha256(bytes), full: { coding: 'gzip', size: payload.length, sha256: sha256(payload) } };
  }

  function release(record: Partial<ReleaseRecord> & Pick<ReleaseRecord, 'version' | 'components'>): Candidate {
    const bytes = json({ format: 1, product, target: 'linux-x64', date, ...record });
    files.set(`records/${sha256(bytes)}.json`, bytes);
    return { version: record.version, record: { sha256: sha256(bytes), size: bytes.length } };
  }

  function channel(record: Partial<ChannelRecord>): void {
    const whole = { format: 1, product, channel: channels[0] as string, target: 'linux-x64' as TargetId, date, candidates: [], ...record };
    target(channelRecordPath(whole.channel, whole.target), json(whole));
  }

  function target(path: string, bytes: Uint8Array): void {
    const [folder, name] = path.split('/') as [string, string];
    files.set(`targets/${folder}/${sha256(bytes)}.${name}`, bytes);
    targetFiles.set(path, lengthAndHash(bytes));
  }

  function publish(): void {
    for (const name of channels) {
      const own = [...targetFiles].filter(([path]) => path.startsWith(`${name}/`));
      write(name, MetadataKind.Targets, { targets: Object.fromEntries(own) });
    }
    if (delegationsChanged) {
      const delegated = channels.map((name) => ({ name, ...role(name), terminating: true, paths: [`${name}/*`] }));
      write('targets', MetadataKind.Targets, { targets: {}, delegations: { keys: publicKeys(channels), roles: delegated } });
      delegationsChanged = false;
    }
    write('snapshot', MetadataKind.Snapshot, { meta: Object.fromEntries(['targets', ...channels].map(described)) });
    write('timestamp', MetadataKind.Timestamp, { meta: Object.fromEntries([described('snapshot')]) });
    const stamped = `metadata/${versions['timestamp']}.timestamp.json`;
    files.set('metadata/timestamp.json', files.get(stamped) as Uint8Array);
    files.delete(stamped);
  }

  function rotate(name: string): void {
    const before = keys['root'] as MockKey;
    announced[name] = keys[name] = mockKey();
    if (channels.includes(name)) delegationsChanged = true;
    else writeRoot([before]);
  }

  function writeRoot(alsoSignedBy: readonly MockKey[]): void {
    const roles = Object.fromEntries(topRoles.map((name) => [name, role(name)]));
    write('root', MetadataKind.Root, { keys: publicKeys(topRoles), roles, consistent_snapshot: true }, alsoSignedBy);
  }

  function publicKeys(names: readonly string[]): Record<string, object> {
    return Object.fromEntries(names.map((name) => [announced[name]?.id, { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: announced[name]?.public } }]));
  }

  function role(name: string): { keyids: string[]; threshold: number } {
    return { keyids: [(announced[name] as MockKey).id], threshold: 1 };
  }

  function described(name: string): [string, object] {
    const version = versions[name] as number;
    return [`${name}.json`, { version, ...lengthAndHash(files.get(`metadata/${version}.${name}.json`) as Uint8Array) }];
  }

  /** Sign with the keys of the moment, one version up. */
  function write(name: string, kind: MetadataKind, facts: object, alsoSignedBy: readonly MockKey[] = []): void {
    const version = (versions[name] ?? 0) + 1;
    versions[name] = version;
    const signed = { _type: kind, spec_version: '1.0.31', version, expires: expires[name], ...facts };
    const metadata = Metadata.fromJSON(kind as MetadataKind.Targets, JSON.parse(JSON.stringify({ signed, signatures: [] })));
    for (const key of [keys[name] as MockKey, ...alsoSignedBy]) {
      metadata.sign((bytes) => new Signature({ keyID: key.id, sig: sign(null, bytes, key.private).toString('hex') }));
    }
    files.set(`metadata/${version}.${name}.json`, json(metadata.toJSON()));
  }
}

function lengthAndHash(bytes: Uint8Array): { length: number; hashes: { sha256: string } } {
  return { length: bytes.length, hashes: { sha256: sha256(bytes) } };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
