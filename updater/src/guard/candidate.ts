/** The candidate's side of a trial: write down what happens to this start, and confirm the version once it has lived. */
import { settle } from '../trial/settle.ts';
import type { Letter } from '../trial/start-file.ts';
import { locked, type CandidateStart, type GuardPorts } from './guard.ts';

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What happens to this process. Registering returns the function that ends it. */
export interface ProcessEvents {
  /** The process ends in an ordinary way, with whatever exit code. */
  onExit(listener: () => void): () => void;
  onSignal(signal: InterruptSignal, listener: () => void): () => void;
  /** An error that nobody caught; whoever handles such errors still does. */
  onUncaught(listener: () => void): () => void;
  /** Keeps no process from ending. */
  after(milliseconds: number, listener: () => void): () => void;
  /** End by this signal, unless somebody else listens to it. */
  raise(signal: InterruptSignal): void;
}

export interface CandidateWatch {
  /** The program's own entry has loaded. */
  loaded(): void;
  /** Importing it has thrown. */
  failed(): void;
}

/** Milliseconds after which a program that runs has lived. */
const lifeTime = 10_000;

/** Milliseconds after which a runtime has told its listeners of a signal. */
const signalTime = 100;

/** Watch this process, the candidate, from before its entry is loaded. Nothing in here throws. */
export function watchCandidate(ports: GuardPorts, { layout, letters }: CandidateStart, events: ProcessEvents): CandidateWatch {
  let phase: 'loading' | 'loaded' | 'over' = 'loading';
  const signals: (() => void)[] = [];
  const whileLoading: (() => void)[] = [];
  const whileWatched: (() => void)[] = [];
  const stop = (listeners: (() => void)[]): void => listeners.splice(0).forEach((end) => end());

  const note = (letter: Letter): void => {
    try {
      letters.add(letter);
    } catch {
      // a letter that cannot be written has not been seen
    }
  };
  const loaded = (): void => {
    if (phase !== 'loading') return;
    phase = 'loaded';
    stop(whileLoading);
    note('L');
    // A signal that came just before is still on its way to its listener, and would be lost without one.
    whileWatched.push(events.after(signalTime, () => stop(signals)));
    whileWatched.push(events.after(lifeTime, lived));
  };
  const over = (letter: Letter): void => {
    phase = 'over';
    stop(signals);
    stop(whileLoading);
    stop(whileWatched);
    note(letter);
    try {
      letters.close();
    } catch {
      // as above
    }
  };
  const lived = (): void => {
    if (phase === 'over') return;
    over('A');
    try {
      locked(ports, layout, (state) => settle(ports, layout, state));
    } catch {
      // the next start does it
    }
  };
  const failed = (): void => {
    if (phase === 'loading') over('D');
  };
  const interrupted = (signal: InterruptSignal): void => {
    stop(signals);
    if (phase === 'loading') note('I');
    events.raise(signal);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) signals.push(events.onSignal(signal, () => interrupted(signal)));
  whileLoading.push(events.onUncaught(failed));
  // A program may live in its entry's top-level await: its import then never settles, and it has loaded all the same.
  whileLoading.push(events.after(lifeTime, loaded));
  whileWatched.push(events.onExit(lived));
  return { loaded, failed };
}
