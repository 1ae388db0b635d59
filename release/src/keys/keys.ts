/**
 * The root of trust: made once, and changed by versions that the keys before have signed. Nothing here touches a
 * repository; the next command that changes one publishes what was signed.
 */
import { existsSync } from 'node:fs';
import { SlipwayError } from '@slipway/core';
import { expiry, lifetime, specVersion, type Delegation, type Root, type SignedFile, type Targets } from '../metadata/documents.ts';
import { signDocument } from '../metadata/signed-file.ts';
import { readLocalTrust, writeRoot, writeTargets, type TrustPlaces } from './documents.ts';
import type { Signer } from './key-file.ts';
import { keyName } from './key-folder.ts';
import type { KeyRing } from './key-ring.ts';
import type { PublicKey } from './public-key.ts';
import { topRoles, type TopRole } from './role.ts';

export interface KeyContext {
  readonly places: TrustPlaces;
  readonly ring: KeyRing;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface NewKeys {
  readonly channels: readonly string[];
  readonly rootKeys: number;
  readonly rootThreshold: number;
}

export interface KeyRow {
  /** `stable-1a2b3c4d`. */
  readonly name: string;
  readonly role: string;
  readonly keyid: string;
  /** Trusted by the newest root or targets; a key that is not has been rotated out. */
  readonly trusted: boolean;
  /** Whether its private half is in the folder. */
  readonly here: boolean;
  /** Seconds since 1970; absent when the file is not here. */
  readonly created?: number;
}

/** Make every key, the first root and the first delegations. Throws KEYS_EXIST rather than replace anything. */
export async function initKeys({ places, ring, now }: KeyContext, { channels, rootKeys, rootThreshold }: NewKeys): Promise<readonly KeyRow[]> {
  if (existsSync(places.rootFile)) throw exists(places.rootFile);
  if (ring.folder.exists()) throw exists(places.keys);
  const created = Math.floor(now / 1000);
  const make = async (role: string): Promise<{ readonly file: Parameters<typeof ring.folder.add>[0]; readonly signer: Signer }> => ring.generate(role, created);
  const all: Awaited<ReturnType<typeof make>>[] = [];
  const owners = new Map<string, Signer[]>();
  for (const role of [...Array.from({ length: rootKeys }, () => 'root'), 'targets', ...channels, 'snapshot', 'timestamp']) {
    const made = await make(role);
    all.push(made);
    owners.set(role, [...(owners.get(role) ?? []), made.signer]);
  }
  const of = (role: string): readonly Signer[] => owners.get(role) ?? [];
  const root: Root = {
    _type: 'root', spec_version: specVersion, version: 1, expires: expiry(now, lifetime.root), consistent_snapshot: true,
    keys: keysOf(topRoles.flatMap(of)),
    roles: { root: { keyids: idsOf(of('root')), threshold: rootThreshold }, targets: one(of('targets')), snapshot: one(of('snapshot')), timestamp: one(of('timestamp')) },
  };
  const targets: Targets = {
    _type: 'targets', spec_version: specVersion, version: 1, expires: expiry(now, lifetime.targets), targets: {},
    delegations: { keys: keysOf(channels.flatMap(of)), roles: channels.map((name) => ({ name, ...one(of(name)), paths: [`${name}/*`], terminating: true })) },
  };
  ring.folder.create();
  for (const { file } of all) ring.folder.add(file);
  writeTargets(places, signDocument(targets, of('targets')));
  writeRoot(places, signDocument(root, of('root')));
  return listKeys({ places, ring });
}

/** Every key that is trusted or here. */
export function listKeys({ places, ring }: Pick<KeyContext, 'places' | 'ring'>): readonly KeyRow[] {
  const { root, targets } = newest(places);
  const trusted = [
    ...topRoles.flatMap((role) => root.signed.roles[role].keyids.map((keyid) => ({ role: role as string, keyid }))),
    ...(targets.signed.delegations?.roles ?? []).flatMap(({ name, keyids }) => keyids.map((keyid) => ({ role: name, keyid }))),
  ];
  const stored = ring.folder.keys();
  const rows = trusted.map(({ role, keyid }): KeyRow => {
    const file = stored.find((one) => one.file.keyid === keyid)?.file;
    return { name: keyName({ role, keyid }), role, keyid, trusted: true, here: file !== undefined, ...(file === undefined ? {} : { created: file.created }) };
  });
  const retired = stored.filter(({ file }) => !trusted.some(({ keyid }) => keyid === file.keyid));
  return [...rows, ...retired.map(({ file }): KeyRow => ({ name: keyName(file), role: file.role, keyid: file.keyid, trusted: false, here: true, created: file.created }))];
}

/** A new key in the place of one. `key` is a name or the start of an id; it may be left out where the role has one key. */
export async function rotateKey(context: KeyContext, role: string, key?: string): Promise<KeyRow> {
  const rows = listKeys(context).filter((row) => row.trusted && row.role === role);
  if (rows.length === 0) throw unknownRole(context.places, role);
  const chosen = key === undefined ? rows : rows.filter(({ name, keyid }) => name === key || keyid.startsWith(key));
  const [old, ...others] = chosen;
  if (old === undefined) throw new SlipwayError('KEY_MISSING', `${role} has no key ${key}`, { hint: `Its keys are ${rows.map(({ name }) => name).join(', ')}.` });
  if (others.length > 0) throw new SlipwayError('USAGE', `${role} has ${chosen.length} keys: ${chosen.map(({ name }) => name).join(', ')}`, { hint: `Name one: slipway keys rotate ${role} --key ${old.name}` });
  return replace(context, old);
}

/** A new key in the place of one that leaked or is lost. The old one signs nothing any more, not even the change itself. */
export async function revokeKey(context: KeyContext, key: string): Promise<KeyRow> {
  const rows = listKeys(context).filter((row) => row.trusted && (row.name === key || row.keyid.startsWith(key)));
  const [old, ...others] = rows;
  if (old === undefined || others.length > 0) throw new SlipwayError('KEY_MISSING', old === undefined ? `no trusted key is called ${key}` : `${rows.length} keys start with ${key}`, { hint: 'See `slipway keys list`.' });
  context.ring.folder.setAside(old.keyid);
  return replace(context, old);
}

/** Sign the newest root and targets again for another year. */
export async function renewTrust(context: KeyContext): Promise<void> {
  const { root, targets } = newest(context.places);
  await writeNextTargets(context, root, root, targets.signed);
  await writeNextRoot(context, root, root.signed);
}

async function replace(context: KeyContext, old: KeyRow): Promise<KeyRow> {
  const { places, ring, now } = context;
  const { root, targets } = newest(places);
  const { file, signer } = await prepare(context, root, old);
  const swap = (keyids: readonly string[]): readonly string[] => keyids.map((keyid) => (keyid === old.keyid ? signer.keyid : keyid));
  if (isTopRole(old.role)) {
    const roles = { ...root.signed.roles, [old.role]: { ...root.signed.roles[old.role], keyids: swap(root.signed.roles[old.role].keyids) } };
    const signed: Root = { ...root.signed, keys: { ...without(root.signed.keys, old.keyid), [signer.keyid]: signer.key }, roles };
    ring.folder.add(file);
    if (old.role === 'targets') await writeNextTargets(context, root, { signed }, targets.signed);
    await writeNextRoot(context, root, signed);
  } else {
    const delegations = targets.signed.delegations as NonNullable<Targets['delegations']>;
    const roles = delegations.roles.map((one): Delegation => (one.name === old.role ? { ...one, keyids: swap(one.keyids) } : one));
    ring.folder.add(file);
    await writeNextTargets(context, root, root, { ...targets.signed, delegations: { keys: { ...without(delegations.keys, old.keyid), [signer.keyid]: signer.key }, roles } });
  }
  return { name: keyName(file), role: old.role, keyid: signer.keyid, trusted: true, here: true, created: Math.floor(now / 1000) };
}

/** The new key, once it is sure that those who must sign the change are here: nothing is written otherwise. */
async function prepare({ ring, now }: KeyContext, root: SignedFile<Root>, { role }: KeyRow): Promise<Awaited<ReturnType<KeyRing['generate']>>> {
  const signing: TopRole = isTopRole(role) ? 'root' : 'targets';
  await signersOf(ring, signing, root.signed.roles[signing]);
  return ring.generate(role, Math.floor(now / 1000));
}

async function writeNextRoot({ places, ring, now }: KeyContext, before: SignedFile<Root>, signed: Root): Promise<void> {
  const next: Root = { ...signed, version: before.signed.version + 1, expires: expiry(now, lifetime.root) };
  const signers = [...(await signersOf(ring, 'root', before.signed.roles.root)), ...(await signersOf(ring, 'root', next.roles.root))];
  writeRoot(places, signDocument(next, signers));
}

/** Signed by the targets keys of the root before as well, where they are here: the root of some clients is still that one. */
async function writeNextTargets({ places, ring, now }: KeyContext, before: SignedFile<Root>, after: { readonly signed: Root }, signed: Targets): Promise<void> {
  const next: Targets = { ...signed, version: signed.version + 1, expires: expiry(now, lifetime.targets) };
  const signers = [...(await ring.signers(before.signed.roles.targets.keyids)), ...(await signersOf(ring, 'targets', after.signed.roles.targets))];
  writeTargets(places, signDocument(next, signers));
}

/** Signers for a role, as many as are here and at least its threshold. Throws KEY_MISSING. */
export async function signersOf(ring: KeyRing, role: string, { keyids, threshold }: { readonly keyids: readonly string[]; readonly threshold: number }): Promise<readonly Signer[]> {
  const here = keyids.filter((keyid) => ring.folder.find(keyid) !== undefined);
  if (here.length < threshold) {
    const names = keyids.filter((keyid) => !here.includes(keyid)).map((keyid) => keyName({ role, keyid }));
    const many = threshold === 1 ? 'its key' : `${threshold} of its ${keyids.length} keys, of which ${here.length} are here`;
    throw new SlipwayError('KEY_MISSING', `${role} metadata must be signed with ${many}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not in ${ring.folder.path}`);
  }
  return ring.signers(here.slice(0, threshold));
}

function newest(places: TrustPlaces): { readonly root: SignedFile<Root>; readonly targets: SignedFile<Targets> } {
  const trust = readLocalTrust(places);
  const root = trust.roots.at(-1);
  const targets = trust.targets.at(-1);
  if (root === undefined || targets === undefined) throw new SlipwayError('KEYS_NOT_FOUND', `there is no ${root === undefined ? places.rootFile : `${places.keys}/signed/*.targets.json`}`);
  return { root, targets };
}

function unknownRole(places: TrustPlaces, role: string): SlipwayError {
  const { targets } = newest(places);
  const channels = (targets.signed.delegations?.roles ?? []).map(({ name }) => name);
  return new SlipwayError('CHANNEL_UNKNOWN', `there is no role and no channel "${role}"`, { hint: `There are ${[...topRoles, ...channels].join(', ')}.` });
}

const isTopRole = (role: string): role is TopRole => (topRoles as readonly string[]).includes(role);
const idsOf = (signers: readonly Signer[]): readonly string[] => signers.map(({ keyid }) => keyid);
const one = (signers: readonly Signer[]): { readonly keyids: readonly string[]; readonly threshold: 1 } => ({ keyids: idsOf(signers), threshold: 1 });
const keysOf = (signers: readonly Signer[]): Readonly<Record<string, PublicKey>> => Object.fromEntries(signers.map(({ keyid, key }) => [keyid, key]));
const without = (keys: Readonly<Record<string, PublicKey>>, keyid: string): Readonly<Record<string, PublicKey>> => Object.fromEntries(Object.entries(keys).filter(([id]) => id !== keyid));
const exists = (path: string): SlipwayError => new SlipwayError('KEYS_EXIST', `there is a ${path} already`);
