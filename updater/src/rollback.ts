/** Back to a version that is installed. Needs no network and no repository that still holds. */
import { SlipwayError, type CryptoPort, type FsPort } from '@slipway/core';
import { activate } from './activate.ts';
import { isPresent } from './current.ts';
import { withInstallation, type InstallationPorts } from './installation.ts';
import { versionFolder, type Layout } from './layout.ts';
import { writeState } from './state/state-file.ts';
import type { State, VersionRef } from './state/state.ts';
import { setAside, switchedTo } from './trial/changes.ts';
import { readRecord, verifyVersion } from './verify-version.ts';

export interface RollbackPorts extends InstallationPorts {
  readonly crypto: CryptoPort;
}

export type RolledBack =
  /** `to` runs from now on. `revoked`: its publisher has, as far as is known here; whoever goes there should know. */
  | { readonly kind: 'switched'; readonly from: string; readonly to: string; readonly revoked: boolean }
  /** `version` was on trial and is not any more; the confirmed one stays. */
  | { readonly kind: 'trial ended'; readonly version: string; readonly confirmed: string }
  | { readonly kind: 'already there'; readonly version: string };

/**
 * To an installed version. Without one: end the trial when there is one, else switch to the version that ran before. What is left is not
 * offered again automatically. Throws NOTHING_TO_ROLL_BACK, VERSION_NOT_INSTALLED, INSTALL_DAMAGED or DATA_TOO_NEW, and
 * has then changed nothing.
 */
export function rollback(ports: RollbackPorts, layout: Layout, version?: string): Promise<RolledBack> {
  return withInstallation(ports, layout, (state) => {
    if (state.trial !== undefined && (version === undefined || version === state.confirmed.version)) return endTrial(ports, layout, state);
    if (version === state.confirmed.version) return { kind: 'already there', version };
    const to = version === undefined ? wayBack(state) : chosen(ports, layout, state, version);
    checkTarget(ports, layout, state, to);
    activate(ports, layout, leaving(state, to));
    return { kind: 'switched', from: state.confirmed.version, to: to.version, revoked: (state.revoked ?? []).includes(to.version) };
  });
}

function endTrial(ports: RollbackPorts, layout: Layout, state: State): RolledBack {
  const { version } = state.trial as VersionRef;
  writeState(ports, layout, setAside(state, state.trial as VersionRef, 'rolled back while it was on trial'));
  return { kind: 'trial ended', version, confirmed: state.confirmed.version };
}

function leaving(state: State, to: VersionRef): State {
  const left = setAside(state.trial === undefined ? state : setAside(state, state.trial, 'rolled back while it was on trial'), state.confirmed, 'rolled back');
  const next = switchedTo(left, to);
  return { ...next, setAside: next.setAside.filter(({ record }) => record !== to.record) };
}

/** The version before; not one that was itself rolled back from: that would be forward. */
function wayBack({ confirmed, previous, setAside }: State): VersionRef {
  if (previous === undefined) throw new SlipwayError('NOTHING_TO_ROLL_BACK', `no version is known to have run before ${confirmed.version}`);
  const left = setAside.find(({ record }) => record === previous.record);
  if (left === undefined) return previous;
  throw new SlipwayError('NOTHING_TO_ROLL_BACK', `${confirmed.version} is what was rolled back to from ${previous.version}`, {
    hint: `\`rollback ${previous.version}\` returns to it, \`update\` gets the newest.`,
  });
}

function chosen({ fs }: RollbackPorts, layout: Layout, state: State, version: string): VersionRef {
  const known = livedVersions(fs, layout, state);
  const found = known.find((ref) => ref.version === version);
  if (found !== undefined) return found;
  const others = known.length === 0 ? 'there is no other' : `there is ${known.map((ref) => ref.version).join(', ')}`;
  throw new SlipwayError('VERSION_NOT_INSTALLED', `version ${version} is not installed, or has never lived here; ${others}`);
}

/**
 * The versions to which one can go back: installed, shown to live, and their release records known by hash, as
 * signed metadata named them.
 */
export function livedVersions(fs: Pick<FsPort, 'stat'>, layout: Layout, { previous, setAside }: State): readonly VersionRef[] {
  const refs = [...(previous === undefined ? [] : [previous]), ...setAside.filter(({ lived, record }) => lived === true && record !== previous?.record)];
  return refs.filter(({ version }) => isPresent(fs, layout, version)).map(({ version, record }) => ({ version, record }));
}

function checkTarget(ports: RollbackPorts, layout: Layout, { dataVersion }: State, { version, record: sha256 }: VersionRef): void {
  const folder = versionFolder(layout, version);
  const record = readRecord(ports, folder, sha256)?.record;
  if (record === undefined) throw damaged(version, 'its release record is missing or is not the signed one');
  const [damage] = verifyVersion(ports, folder, record);
  if (damage !== undefined) throw damaged(version, `${damage.component.path} ${damage.problem}`);
  if (record.dataVersion < dataVersion) {
    throw new SlipwayError('DATA_TOO_NEW', `the data has version ${dataVersion}, and ${version} understands ${record.dataVersion} at most`);
  }
}

function damaged(version: string, what: string): SlipwayError {
  return new SlipwayError('INSTALL_DAMAGED', `version ${version} cannot be switched to: ${what}`);
}
