/**
 * This process and others. On Linux /proc tells a process from a later one with the same number, and what each runs.
 * Elsewhere, for now, a process is only its number, and nobody is seen to run from a folder: a version in use is then
 * kept only because the confirmed and the previous one always are.
 */
import type { ProcessesPort, ProcessIdentity } from '@slipway/core';
import { fs } from './on-demand.ts';
import { quietly } from './quietly.ts';

const linux = process.platform === 'linux';

export const processesPort: ProcessesPort = {
  self: () => ({ pid: process.pid, started: startOf(process.pid) ?? '' }),
  isAlive: ({ pid, started }: ProcessIdentity) => (linux ? started !== '' && startOf(pid) === started : answers(pid)),
  uid: () => process.geteuid?.(),
  runningFrom(folder) {
    if (!linux) return [];
    const prefix = `${attempt(() => fs().realpathSync(folder)) ?? folder}/`;
    // A replaced file's name ends in " (deleted)", which is no matter here. Others' processes cannot be read.
    return fs().readdirSync('/proc').filter((name) => /^\d+$/.test(name) && attempt(() => fs().readlinkSync(`/proc/${name}/exe`))?.startsWith(prefix)).map(Number);
  },
  become(executable, argv, environment) {
    const { execve } = process;
    if (execve === undefined) throw Object.assign(new Error(`this system cannot replace a process by ${executable}`), { code: 'ENOSYS' });
    // Bun and current Node throw when it fails; Node 22 aborts. What Slipway ships runs on Bun.
    quietly(() => execve.call(process, executable, argv, environment));
    throw Object.assign(new Error(`${executable} did not start, and no reason was given`), { code: 'EIO' });
  },
};

/** The boot's id and the tick at which the process started; undefined when it has ended, reaped or not. */
function startOf(pid: number): string | undefined {
  if (!linux) return undefined;
  const stat = attempt(() => fs().readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses, and may hold any character: fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, tick] = [fields[0], fields[19]]; // proc_pid_stat(5): fields 3 and 22
  return state === 'Z' || state === 'X' || tick === undefined ? undefined : `${bootId()}/${tick}`;
}

let boot: string | undefined;
function bootId(): string {
  return (boot ??= fs().readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined; // it ended meanwhile, or is another user's
  }
}
