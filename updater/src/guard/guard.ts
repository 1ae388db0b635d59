/**
 * The first code of a program that updates itself. It decides which version this start runs: nearly always the
 * confirmed one, after one read of a small file. Everything is synchronous, nothing waits, and whatever goes wrong in
 * here, the program runs.
 */
import type { FsPort, LockPort, ProcessesPort, RandomPort, TargetId } from '@slipway/core';
import { isPresent, pointCurrent } from '../current.ts';
import { currentTarget, installedAt, versionFolder, type Installed, type Layout } from '../layout.ts';
import { randomHex } from '../state/temporary-name.ts';
import { readState } from '../state/state-file.ts';
import type { State } from '../state/state.ts';
import { settle } from '../trial/settle.ts';
import { openLetters, writeStart, type StartLetters } from '../trial/start-file.ts';

export interface GuardPorts {
  readonly fs: Pick<FsPort, 'read' | 'stat' | 'readLink' | 'create' | 'open' | 'symlink' | 'rename' | 'unlink' | 'syncFolder'>;
  readonly lock: LockPort;
  readonly processes: Pick<ProcessesPort, 'self' | 'isAlive' | 'uid' | 'become'>;
  readonly random: RandomPort;
}

/** The part of the update descriptor that the guard looks at. */
export interface GuardDescriptor {
  readonly product: string;
  readonly version: string;
  readonly target: TargetId;
  readonly topLevel: boolean;
}

export type Environment = Record<string, string | undefined>;

export interface Start {
  /** The executable's real path, every symbolic link resolved. */
  readonly executablePath: string;
  /** The name it was called by; another version is called by the same one. */
  readonly argv0: string;
  /** What was typed after it. */
  readonly args: readonly string[];
  /** The process's own: SLIPWAY_TRIAL is taken out of it, so that no child inherits it. */
  readonly environment: Environment;
  readonly descriptor: GuardDescriptor;
}

/** This process is a candidate's start on trial. */
export interface CandidateStart {
  readonly layout: Layout;
  readonly letters: StartLetters;
}

const trialVariable = 'SLIPWAY_TRIAL';

/**
 * Decide about this start. Returns undefined to let the program run as it is, or the candidate's start for
 * `watchCandidate`; or does not return, because the process has become another version. Never throws.
 */
export function guardStart(ports: GuardPorts, start: Start): CandidateStart | undefined {
  const trialId = start.environment[trialVariable];
  delete start.environment[trialVariable];
  try {
    const installed = installedAt(start.executablePath);
    if (installed === undefined) return undefined;
    if (trialId !== undefined) return candidateStart(ports, installed, trialId);
    const read = readState(ports.fs, installed.layout);
    if (read.kind !== 'state' || read.state.product !== start.descriptor.product) return undefined;
    if (read.state.confirmed.version !== installed.version) repairCurrent(ports, installed.layout, read.state);
    else if (read.state.trial !== undefined && !isUpdaterCommand(start)) handOver(ports, start, installed);
    return undefined;
  } catch {
    return undefined; // the program itself must run; doctor finds out why
  }
}

/** The updater's own commands are always those of the confirmed version. */
function isUpdaterCommand({ args: [command = ''], descriptor }: Start): boolean {
  return command === 'self' || (descriptor.topLevel && ['update', 'rollback', 'doctor'].includes(command));
}

/** The variable alone proves nothing: the start on record must be of this version and this very process. */
function candidateStart({ fs, processes }: GuardPorts, { layout, version }: Installed, id: string): CandidateStart | undefined {
  const self = processes.self();
  const letters = openLetters(fs, layout, ({ id: recorded, version: candidate, process }) =>
    recorded === id && candidate === version && process.pid === self.pid && process.started === self.started);
  return letters === undefined ? undefined : { layout, letters };
}

/** A crash between the two halves of a switch leaves `current` behind the state. */
function repairCurrent(ports: GuardPorts, layout: Layout, { confirmed }: State): void {
  if (ports.fs.readLink(layout.current) === currentTarget(confirmed.version)) return; // started by its own path
  locked(ports, layout, (state) => {
    if (isPresent(ports.fs, layout, state.confirmed.version)) pointCurrent(ports, layout, state.confirmed.version);
  });
}

interface Successor {
  readonly version: string;
  /** Undefined when it is confirmed and nobody watches it. */
  readonly trialId?: string;
}

function handOver(ports: GuardPorts, start: Start, { layout, version, name }: Installed): void {
  const successor = locked(ports, layout, (state) => chooseSuccessor(ports, layout, state, version));
  if (successor === undefined) return;
  const { trialId } = successor;
  const environment = Object.fromEntries(Object.entries({ ...start.environment, [trialVariable]: trialId }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  try {
    ports.processes.become(`${versionFolder(layout, successor.version)}/${name}`, [start.argv0, ...start.args], environment);
  } catch {
    // It could not even be started: a death, and this process goes on as what it is.
    if (trialId === undefined) return;
    const letters = openLetters(ports.fs, layout, ({ id }) => id === trialId);
    letters?.add('D');
    letters?.close();
  }
}

/** Settle the last start; then the version that this start becomes, its start being on record; undefined for none. */
function chooseSuccessor(ports: GuardPorts, layout: Layout, before: State, own: string): Successor | undefined {
  const { state, running } = settle(ports, layout, before);
  if (state.confirmed.version !== own) return { version: state.confirmed.version };
  if (running || state.trial === undefined) return undefined;
  const { version, record } = state.trial;
  const trialId = randomHex(ports.random);
  writeStart(ports, layout, { id: trialId, record, version, process: ports.processes.self() });
  return { version, trialId };
}

/**
 * Run `body` with the lock and the state as it is under it; undefined when somebody else holds the lock, or the
 * installation is not this user's (root's files in a user's installation would lock the user out).
 */
export function locked<Result>(ports: GuardPorts, layout: Layout, body: (state: State) => Result): Result | undefined {
  const uid = ports.processes.uid();
  if (uid !== undefined && ports.fs.stat(layout.root)?.uid !== uid) return undefined;
  const lock = ports.lock.tryLock(layout.lock);
  if (lock === undefined) return undefined;
  try {
    const read = readState(ports.fs, layout);
    return read.kind === 'state' ? body(read.state) : undefined;
  } finally {
    try {
      lock.release();
    } catch {
      // it is released with this process, at the latest
    }
  }
}
