/**
 * What became of the last start on trial, and what follows from it: confirmed, counted, set aside or nothing. Done by
 * whoever comes next and holds the lock; doing it twice changes nothing.
 */
import type { FsPort, ProcessesPort } from '@slipway/core';
import { activate, type ActivatePorts } from '../activate.ts';
import { isPresent } from '../current.ts';
import type { Layout } from '../layout.ts';
import { writeState } from '../state/state-file.ts';
import { deathLimit, type State, type Trial } from '../state/state.ts';
import { confirmed, setAside } from './changes.ts';
import { readStart, type RecordedStart } from './start-file.ts';

export interface SettlePorts extends ActivatePorts {
  readonly fs: ActivatePorts['fs'] & Pick<FsPort, 'stat'>;
  readonly processes: Pick<ProcessesPort, 'isAlive'>;
}

export type Verdict = 'lived' | 'died' | 'running' | 'not counted';

/** What the letters say. `alive` is asked only where they do not decide. */
export function verdictOf({ letters }: RecordedStart, alive: () => boolean): Verdict {
  if (letters.includes('A')) return 'lived';
  if (letters.includes('D')) return 'died';
  if (alive()) return 'running';
  // Interrupted by its user, or killed when it had long shown that it can start: nobody's fault, no evidence either way.
  if (letters.includes('I') || letters.includes('L')) return 'not counted';
  return 'died';
}

export interface Settled {
  readonly state: State;
  /** Whether a start on trial is under way; there is one at a time. */
  readonly running: boolean;
}

/** Settle the last start. The lock is held and `state` was read under it. */
export function settle(ports: SettlePorts, layout: Layout, state: State): Settled {
  const { trial } = state;
  const recorded = trial === undefined ? undefined : readStart(ports.fs, layout);
  if (trial === undefined || recorded?.start.record !== trial.record || recorded.start.id === trial.settled) return { state, running: false };
  const verdict = verdictOf(recorded, () => ports.processes.isAlive(recorded.start.process));
  if (verdict === 'running' || verdict === 'not counted') return { state, running: verdict === 'running' };
  if (verdict === 'lived' && isPresent(ports.fs, layout, trial.version)) return { state: activate(ports, layout, confirmed(state, trial)), running: false };
  return { state: countDeath(ports, layout, state, trial, recorded.start.id), running: false };
}

function countDeath(ports: SettlePorts, layout: Layout, state: State, trial: Trial, start: string): State {
  const deaths = trial.deaths + 1;
  const next = deaths < deathLimit
    ? { ...state, trial: { ...trial, deaths, settled: start } }
    : setAside(state, trial, `it died ${deaths} times before it had started`);
  writeState(ports, layout, next);
  return next;
}
