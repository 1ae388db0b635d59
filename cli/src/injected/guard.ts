/**
 * The first module of a program with an update address, on this machine's real ports. What it decides is in the
 * updater's guard; nothing else of the updater may get in here: every start of the program pays for it.
 */
import type { UpdateDescriptor } from '@slipway/core';
import { firstMapped, fsPort, lockPort, processesPort, randomPort } from '@slipway/platform';
import { answerProbe, guardStart, watchCandidate, type CandidateWatch, type ProcessEvents } from '@slipway/updater/guard';

/** Before the program's own code. Returns the watch of a version on trial; may not return at all. */
export function begin(descriptor: UpdateDescriptor): CandidateWatch | undefined {
  const answer = answerProbe(descriptor, process.env);
  if (answer !== undefined) {
    process.getBuiltinModule('node:fs').writeSync(1, answer);
    process.exit(0);
  }
  const ports = { fs: firstMapped(fsPort), lock: lockPort, processes: processesPort, random: randomPort };
  const candidate = guardStart(ports, { executablePath: process.execPath, argv0: process.argv0, args: process.argv.slice(2), environment: process.env, descriptor });
  return candidate === undefined ? undefined : watchCandidate(ports, candidate, events);
}

/** Whether this start is for the updater's commands rather than for the program. */
export function isOwnCommand({ topLevel }: UpdateDescriptor): boolean {
  const command = process.argv[2] ?? '';
  return command === 'self' || (topLevel && ['update', 'rollback', 'doctor'].includes(command));
}

const events: ProcessEvents = {
  onExit: (listener) => listen('exit', listener),
  onSignal: (signal, listener) => listen(signal, listener),
  onUncaught: (listener) => listen('uncaughtExceptionMonitor', listener),
  after(milliseconds, listener) {
    const timer = setTimeout(listener, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
  raise(signal) {
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  },
};

function listen(event: string, listener: () => void): () => void {
  const heard = (): void => listener();
  process.on(event, heard);
  return () => void process.off(event, heard);
}
