/** Whether an installation is as it should be, and what would repair it: findings as data; nothing is changed here. */
import type { CryptoPort, FsPort } from '@slipway/core';
import { currentTarget, isVersionName, recordName, versionFolder, type Layout } from './layout.ts';
import { leftovers } from './recover.ts';
import { readState } from './state/state-file.ts';
import type { State, VersionRef } from './state/state.ts';
import { readRecord, verifyVersion } from './verify-version.ts';

export interface DoctorPorts {
  readonly fs: FsPort;
  readonly crypto: CryptoPort;
}

/** What is outside the root, as the receipt and the environment say. */
export interface Surroundings {
  /** Where the links to the program's names lie. */
  readonly binFolder: string;
  readonly names: readonly string[];
  /** The folders of PATH, in their order. */
  readonly searchPath: readonly string[];
}

export interface Finding {
  readonly check: 'state' | 'current' | 'files' | 'link' | 'path' | 'leftovers';
  readonly ok: boolean;
  /** One sentence. */
  readonly message: string;
  /** Absent where all is well. */
  readonly repair?: Repair;
}

export type Repair =
  /** Write the state anew, with this version as the confirmed one. */
  | { readonly kind: 'adopt'; readonly version: string }
  /** What every update does first: sweep, and let `current` follow the state. */
  | { readonly kind: 'recover' }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  /** These files must be fetched again, and the release record too when it is among them. */
  | { readonly kind: 'fetch'; readonly version: VersionRef; readonly paths: readonly string[] }
  | { readonly kind: 'by hand'; readonly hint: string };

/** All checks, in the order in which repairs have to be made. `running` is the version that asks. */
export function diagnose(ports: DoctorPorts, layout: Layout, running: string, surroundings: Surroundings): readonly Finding[] {
  const read = readState(ports.fs, layout);
  return [
    stateFinding(ports, layout, running, read),
    ...(read.kind === 'state' ? installed(ports, layout, read.state) : []),
    leftoversFinding(ports, layout),
    ...surroundings.names.flatMap((name) => [linkFinding(ports, layout, surroundings, name), pathFinding(ports, surroundings, name)]),
  ];
}

function stateFinding({ fs }: DoctorPorts, layout: Layout, running: string, read: ReturnType<typeof readState>): Finding {
  switch (read.kind) {
    case 'state': {
      const { confirmed, trial } = read.state;
      return fine('state', trial === undefined ? `version ${confirmed.version} is confirmed` : `version ${confirmed.version} is confirmed, ${trial.version} is on trial`);
    }
    case 'newer':
      return { check: 'state', ok: false, message: `${layout.state} was written by a newer version of the program`, repair: { kind: 'by hand', hint: 'Start the program as usual, not an old version by its path.' } };
    default:
      return { check: 'state', ok: false, message: `${layout.state} ${read.kind === 'none' ? 'is missing' : 'cannot be read'}`, repair: { kind: 'adopt', version: linkedVersion(fs, layout) ?? running } };
  }
}

/** The version that `current` points to. */
function linkedVersion(fs: FsPort, layout: Layout): string | undefined {
  const version = fs.readLink(layout.current)?.replace(/^versions\//, '');
  return version !== undefined && isVersionName(version) && fs.stat(versionFolder(layout, version)) !== undefined ? version : undefined;
}

function installed(ports: DoctorPorts, layout: Layout, state: State): readonly Finding[] {
  const refs = [state.confirmed, state.previous, state.trial].filter((ref) => ref !== undefined);
  return [currentFinding(ports, layout, state), ...refs.map((ref) => filesFinding(ports, layout, ref))];
}

function currentFinding({ fs }: DoctorPorts, layout: Layout, { confirmed }: State): Finding {
  const found = fs.readLink(layout.current);
  if (found === currentTarget(confirmed.version)) return fine('current', `${layout.current} points to version ${confirmed.version}`);
  const kind = fs.stat(layout.current)?.kind;
  const repair: Repair = kind === undefined || kind === 'link' ? { kind: 'recover' } : { kind: 'by hand', hint: `Move ${layout.current} away, then run \`doctor --repair\`.` };
  return { check: 'current', ok: false, message: `${layout.current} ${found === undefined ? 'is no link' : `points to ${found}`} instead of ${currentTarget(confirmed.version)}`, repair };
}

function filesFinding(ports: DoctorPorts, layout: Layout, { version, record: sha256 }: VersionRef): Finding {
  const folder = versionFolder(layout, version);
  const record = readRecord(ports, folder, sha256)?.record;
  const broken = (message: string, paths: readonly string[]): Finding =>
    ({ check: 'files', ok: false, message, repair: { kind: 'fetch', version: { version, record: sha256 }, paths } });
  if (record === undefined) return broken(`the release record of version ${version} is missing or is not the signed one`, [recordName]);
  const damages = verifyVersion(ports, folder, record);
  if (damages.length === 0) return fine('files', `all ${record.components.length} files of version ${version} are as they were signed`);
  return broken(`version ${version}: ${damages.map(({ component, problem }) => `${component.path} ${problem}`).join('; ')}`, damages.map(({ component }) => component.path));
}

function leftoversFinding({ fs }: DoctorPorts, layout: Layout): Finding {
  const found = leftovers(fs, layout);
  if (found.length === 0) return fine('leftovers', 'no interrupted run has left anything');
  return { check: 'leftovers', ok: false, message: `interrupted runs have left ${found.join(', ')}`, repair: { kind: 'recover' } };
}

function linkFinding({ fs }: DoctorPorts, layout: Layout, { binFolder }: Surroundings, name: string): Finding {
  const path = `${binFolder}/${name}`;
  const to = `${layout.current}/${name}`;
  const found = fs.readLink(path);
  if (found === to) return fine('link', `${path} runs the current version`);
  const kind = fs.stat(path)?.kind;
  const message = `${path} ${found === undefined ? (kind === undefined ? 'is missing' : `is a ${kind}`) : `points to ${found}`} instead of being a link to ${to}`;
  const repair: Repair = kind === undefined || kind === 'link' ? { kind: 'link', path, to } : { kind: 'by hand', hint: `Something else has this name: move ${path} away, then run \`doctor --repair\`.` };
  return { check: 'link', ok: false, message, repair };
}

/** Another program of the same name that comes first is what people run without knowing. */
function pathFinding({ fs }: DoctorPorts, { binFolder, searchPath }: Surroundings, name: string): Finding {
  const place = searchPath.indexOf(binFolder);
  if (place < 0) return { check: 'path', ok: false, message: `${binFolder} is not in PATH`, repair: { kind: 'by hand', hint: `Add ${binFolder} to PATH, or open a new terminal if the installer has just done so.` } };
  const shadow = searchPath.slice(0, place).find((folder) => folder !== '' && fs.stat(`${folder}/${name}`) !== undefined);
  if (shadow === undefined) return fine('path', `${name} is found in ${binFolder}`);
  return { check: 'path', ok: false, message: `${shadow}/${name} comes before ${binFolder}/${name} in PATH`, repair: { kind: 'by hand', hint: `Remove that copy, or put ${binFolder} first in PATH.` } };
}

function fine(check: Finding['check'], message: string): Finding {
  return { check, ok: true, message };
}
