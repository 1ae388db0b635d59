/**
 * What an installation has already seen, kept in its state, apart from the trust folder: when that is lost or damaged
 * and everything is rebuilt from the embedded root, nothing older is believed all the same.
 */
import { SlipwayError, type UpdaterPorts } from '@slipway/core';
import type { Root } from '@tufjs/models';

export interface TrustFloors {
  /** Largest version of each that was trusted. */
  readonly root: number;
  readonly timestamp: number;
  readonly snapshot: number;
  /** Largest signed date, seconds since 1970. */
  readonly date: number;
  /** Fingerprint of the keys that timestamp and snapshot were signed with. */
  readonly keys?: string;
}

export const noFloors: TrustFloors = { root: 0, timestamp: 0, snapshot: 0, date: 0 };

/**
 * The floors that hold under a root. Whoever stole a timestamp or snapshot key may have signed a huge version; when the
 * publisher then replaces the key, versions start anew (TUF specification 5.3.11, recovery from a fast-forward attack).
 */
export function floorsUnder(ports: Pick<UpdaterPorts, 'crypto'>, root: Root, floors: TrustFloors): TrustFloors {
  const keys = fingerprint(ports, root);
  const replaced = floors.keys !== undefined && floors.keys !== keys;
  return { ...floors, ...(replaced ? { timestamp: 0, snapshot: 0 } : {}), keys };
}

/** Throws TRUST_ROLLED_BACK for a version below the floor. */
export function checkFloor(role: string, version: number, floor: number): void {
  if (version >= floor) return;
  throw new SlipwayError('TRUST_ROLLED_BACK', `the server offers version ${version} of the update data (${role}.json), but this installation has already seen version ${floor}`);
}

function fingerprint({ crypto }: Pick<UpdaterPorts, 'crypto'>, root: Root): string {
  const signers = ['timestamp', 'snapshot'].map((name) => {
    const role = root.roles[name];
    return [role?.threshold, (role?.keyIDs ?? []).map((id) => [id, root.keys[id]?.keyVal['public']]).sort()];
  });
  const hasher = crypto.sha256();
  hasher.update(new TextEncoder().encode(JSON.stringify(signers)));
  return hasher.digest();
}
