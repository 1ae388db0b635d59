/** The metadata of a changed repository: what changed gets a new version, from the channels up to the timestamp. */
import { createHash } from 'node:crypto';
import { channelRecordPath, SlipwayError, targetOf, type TargetId } from '@slipway/core';
import type { Signer } from '../keys/key-file.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { signersOf } from '../keys/keys.ts';
import { daysLeft, expiry, lifetime, specVersion, type MetaFile, type Root, type SignedFile, type Snapshot, type TargetFile, type Targets, type Timestamp } from '../metadata/documents.ts';
import { isSignedBy, signDocument } from '../metadata/signed-file.ts';
import type { Draft } from './draft.ts';
import { installCandidate, installFile } from './install-file.ts';
import { installFileName, recordPath, rootPath, snapshotPath, targetFilePath, targetsPath, timestampPath } from './layout.ts';
import type { Repository } from './read.ts';
import type { Transaction } from './transaction.ts';

/** What is signed offline and published along: the roots that the repository lacks, oldest first, and the newest targets. */
export interface Trust {
  readonly root: SignedFile<Root>;
  readonly newRoots: readonly SignedFile<Root>[];
  readonly targets: SignedFile<Targets>;
}

export interface Signing {
  readonly ring: KeyRing;
  readonly trust: Trust;
  readonly repository: Repository | undefined;
  readonly draft: Draft;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Channels to be signed anew although nothing changed in them. */
  readonly renew: readonly string[];
}

/** Add everything that is new to the transaction. Throws KEY_MISSING, METADATA_EXPIRED and what opening keys throws. */
export async function signChange(signing: Signing, transaction: Transaction): Promise<void> {
  const { trust, repository, draft, now } = signing;
  refuseExpired(trust, now);
  for (const [sha256, { bytes }] of draft.newReleases) transaction.add(recordPath(sha256), bytes);
  for (const root of trust.newRoots) transaction.add(rootPath(root.signed.version), root.bytes);
  transaction.add(targetsPath('targets', trust.targets.signed.version), trust.targets.bytes);
  const channels = new Map<string, SignedFile<Targets>>();
  for (const role of trust.targets.signed.delegations?.roles ?? []) {
    const signed = await channelMetadata(signing, role.name, transaction);
    if (signed !== undefined) channels.set(role.name, signed);
  }
  const meta: Record<string, MetaFile> = { 'targets.json': metaFile(trust.targets) };
  for (const [name, file] of channels) meta[`${name}.json`] = metaFile(file);
  const snapshot: Snapshot = { _type: 'snapshot', spec_version: specVersion, version: next(repository?.snapshot), expires: expiry(now, lifetime.snapshot), meta };
  const snapshotFile = signDocument(snapshot, await onlineSigners(signing, 'snapshot'));
  transaction.add(snapshotPath(snapshot.version), snapshotFile.bytes);
  const timestamp: Timestamp = { _type: 'timestamp', spec_version: specVersion, version: next(repository?.timestamp), expires: expiry(now, lifetime.timestamp), meta: { 'snapshot.json': metaFile(snapshotFile) } };
  transaction.add(timestampPath, signDocument(timestamp, await onlineSigners(signing, 'timestamp')).bytes);
}

/** A channel's metadata: as it was, unless something changed in it, its key did, or it is to be renewed. */
async function channelMetadata({ ring, trust, repository, draft, now, renew }: Signing, channel: string, transaction: Transaction): Promise<SignedFile<Targets> | undefined> {
  const present = repository?.channels.get(channel)?.metadata;
  const touched = draft.touched.get(channel) ?? new Set();
  const valid = present !== undefined && isSignedBy(trust.targets, channel, present);
  const delegation = trust.targets.signed.delegations?.roles.find(({ name }) => name === channel);
  if (delegation === undefined) throw new SlipwayError('INTERNAL', `nobody signs for ${channel}`);
  // Some clients take a channel without metadata for a broken repository: where its key is here, an empty one is signed.
  const starts = repository === undefined && delegation.keyids.some((keyid) => ring.folder.find(keyid) !== undefined);
  if (touched.size === 0 && !starts && (present === undefined || (valid && !renew.includes(channel)))) return present;
  const targets: Record<string, TargetFile> = { ...present?.signed.targets };
  for (const target of touched) writeRecord(draft, channel, target, targets, transaction);
  const signed: Targets = { _type: 'targets', spec_version: specVersion, version: next(present), expires: expiry(now, lifetime.channel), targets };
  const file = signDocument(signed, await signersOf(ring, channel, delegation));
  transaction.add(targetsPath(channel, signed.version), file.bytes);
  return file;
}

/** The target files of one channel and target. */
function writeRecord(draft: Draft, channel: string, target: TargetId, targets: Record<string, TargetFile>, transaction: Transaction): void {
  const record = draft.records(channel).get(target);
  if (record === undefined) return;
  const put = (name: string, text: string): void => {
    const bytes = Buffer.from(text);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    targets[name] = { length: bytes.length, hashes: { sha256 } };
    transaction.add(targetFilePath(name, sha256), bytes);
  };
  put(channelRecordPath(channel, target), JSON.stringify(record));
  if (targetOf(target).os === 'windows') return; // no shell would read it there
  const candidate = installCandidate(record);
  if (candidate === undefined) delete targets[installFileName(channel, target)];
  else put(installFileName(channel, target), installFile(record.product, candidate, draft.release(candidate)));
}

/**
 * Signers for a role of the root. While a new root is being published there are clients that still know the one before:
 * its keys sign as well, where they are here, so that the repository is valid before and after that root appears.
 */
async function onlineSigners({ ring, trust, repository }: Signing, role: 'snapshot' | 'timestamp'): Promise<readonly Signer[]> {
  const signers = await signersOf(ring, role, trust.root.signed.roles[role]);
  const before = repository === undefined || trust.newRoots.length === 0 ? [] : repository.root.signed.roles[role].keyids;
  return [...signers, ...(await ring.signers(before))];
}

/** Clients refuse what has expired, so it must not be published; the keys that renew it may be far away. */
function refuseExpired({ root, targets }: Trust, now: number): void {
  for (const file of [root, targets]) {
    if (daysLeft(file, now) >= 0) continue;
    throw new SlipwayError('METADATA_EXPIRED', `${file.signed._type} ${file.signed.version} expired on ${file.signed.expires}: every client refuses it`);
  }
}

const next = (file: SignedFile<Snapshot | Timestamp | Targets> | undefined): number => (file?.signed.version ?? 0) + 1;

function metaFile({ signed, bytes }: SignedFile<Targets | Snapshot>): MetaFile {
  return { version: signed.version, length: bytes.length, hashes: { sha256: createHash('sha256').update(bytes).digest('hex') } };
}
