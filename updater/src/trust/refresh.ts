/**
 * The client workflow of the TUF specification (1.0.33, section 5), step by step. The rules are those of tuf-js'
 * trusted set; loading, limits and persistence are here, over ports, so that each call can be made to fail. Each file is
 * kept as soon as it is verified, in that order, so a refresh that is cut off leaves a state that was true.
 */
import { SlipwayError } from '@slipway/core';
import type { Metadata, Targets } from '@tufjs/models';
import { EqualVersionError } from 'tuf-js/dist/error.js';
import { checkFloor, floorsUnder, type TrustFloors } from './floors.ts';
import { believed, checkExpiry, fetchMetadata, requireMetadata, verify, type LibraryBytes, type Session } from './session.ts';

/** Bytes, where metadata does not say itself how long the next file is. */
const limits = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 };
/** Root versions followed in one refresh. */
const rotations = 256;

/** Bring everything but delegated roles up to date; the floors to remember. */
export async function refresh(session: Session): Promise<TrustFloors> {
  await updateRoot(session);
  const root = session.store.root.signed;
  checkFloor('root', root.version, session.place.floors.root);
  const floors = floorsUnder(session.ports, root, session.place.floors);
  await updateTimestamp(session, floors);
  await updateSnapshot(session);
  await loadTargets(session, 'targets', 'root');
  const { timestamp, snapshot } = session.store;
  return { ...floors, root: root.version, timestamp: timestamp?.signed.version ?? 0, snapshot: snapshot?.signed.version ?? 0 };
}

/** 5.3: every root from the trusted one on, each signed by the one before it. */
async function updateRoot(session: Session): Promise<void> {
  const { store, folder } = session;
  for (let followed = 0; followed < rotations; followed += 1) {
    const file = await fetchMetadata(session, `${store.root.signed.version + 1}.root.json`, limits.root);
    if (file === undefined) break;
    verify(session, 'root', file.bytes, (bytes) => store.updateRoot(bytes));
    folder.write('root', file.bytes);
  }
  checkExpiry(session, 'root', store.root.signed.expires);
}

/** 5.4: the one file that is asked for each time. */
async function updateTimestamp(session: Session, floors: TrustFloors): Promise<void> {
  const { store, folder } = session;
  believed(session, 'timestamp', (bytes) => store.updateTimestamp(bytes)); // for the comparison; may have expired
  const file = await requireMetadata(session, 'timestamp.json', limits.timestamp);
  let isNew = true;
  verify(session, 'timestamp', file.bytes, (bytes) => {
    try {
      store.updateTimestamp(bytes);
    } catch (error) {
      if (!(error instanceof EqualVersionError)) throw error;
      isNew = false; // the one that is kept stays
    }
  });
  const { signed } = store.timestamp ?? missing('timestamp');
  checkFloor('timestamp', signed.version, floors.timestamp);
  checkFloor('snapshot', signed.snapshotMeta.version, floors.snapshot);
  if (isNew) folder.write('timestamp', file.bytes);
  checkExpiry(session, 'timestamp', signed.expires);
}

/** 5.5: which version of every other file is the current one. */
async function updateSnapshot(session: Session): Promise<void> {
  const { store, folder } = session;
  if (believed(session, 'snapshot', (bytes) => store.updateSnapshot(bytes, true))) return;
  const { version, length } = (store.timestamp ?? missing('timestamp')).signed.snapshotMeta;
  const file = await requireMetadata(session, versioned(session, version, 'snapshot'), Math.min(length ?? limits.snapshot, limits.snapshot));
  verify(session, 'snapshot', file.bytes, (bytes) => store.updateSnapshot(bytes));
  folder.write('snapshot', file.bytes);
}

/** 5.6: the targets role, or one that it delegates to, believed because `parent` says whose signature counts. */
export async function loadTargets(session: Session, role: string, parent: string): Promise<Metadata<Targets>> {
  const { store, folder } = session;
  const known = store.getRole(role);
  if (known !== undefined) {
    verify(session, role, new Uint8Array(), () => store.getRole(parent)?.verifyDelegate(role, known));
    return known;
  }
  const load = (bytes: LibraryBytes): void => store.updateDelegatedTargets(bytes, role, parent);
  if (!believed(session, role, load)) {
    const meta = store.snapshot?.signed.meta[`${role}.json`] ?? missing(role);
    const file = await requireMetadata(session, versioned(session, meta.version, role), Math.min(meta.length ?? limits.targets, limits.targets));
    verify(session, role, file.bytes, load);
    folder.write(role, file.bytes);
  }
  return store.getRole(role) ?? missing(role);
}

function versioned({ store }: Session, version: number, role: string): string {
  const name = `${encodeURIComponent(role)}.json`;
  return store.root.signed.consistentSnapshot ? `${version}.${name}` : name;
}

function missing(role: string): never {
  throw new SlipwayError('TRUST_REJECTED', `the server's update data does not say which version of ${role}.json is the current one`);
}
