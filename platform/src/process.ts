import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { execa } from 'execa';
import { SlipwayError, type ProcessPort, type RunOptions, type RunResult } from '@slipway/core';

/** What a child may know of our environment: enough to find programs, a home and a way out; no secret of ours. */
const kept = /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TERM|TMPDIR|TEMP|TMP|SystemRoot|windir|ComSpec|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramFiles|(https?|no|all)_proxy)$/i;

export function scrubbedEnvironment(environment: Readonly<Record<string, string | undefined>> = process.env): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => kept.test(entry[0]) && entry[1] !== undefined));
}

/** Where there are process groups, a child leads one, so that ending it ends what it started, too. */
const groups = process.platform !== 'win32';
/** Milliseconds between the polite signal and the other one. */
const grace = 1000;

/** Children through execa: no shell, a scrubbed environment, ended together with us. */
export const processPort: ProcessPort = {
  async run(command, args, options: RunOptions = {}): Promise<RunResult> {
    const child = started(command, () => execa(command, [...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...scrubbedEnvironment(), ...options.env },
      extendEnv: false,
      input: options.input ?? '',
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 64 * 1024 * 1024,
      detached: groups,
    }));
    const end = (signal: NodeJS.Signals): void => void (groups && child.pid !== undefined ? killGroup(child.pid, signal) : child.kill(signal));
    const atExit = (): void => end('SIGKILL');
    process.on('exit', atExit);
    let timedOut = false;
    const timers = options.timeout === undefined ? [] : [
      setTimeout(() => { timedOut = true; end('SIGTERM'); }, options.timeout),
      setTimeout(() => end('SIGKILL'), options.timeout + grace),
    ];
    try {
      const result = await child;
      if (result.exitCode === undefined && result.signal === undefined) {
        throw new SlipwayError('IO_FAILED', `${command} could not be started: ${result.shortMessage ?? 'unknown reason'}`, { cause: result });
      }
      return { code: result.exitCode, signal: result.signal, stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? ''), timedOut };
    } finally {
      timers.forEach(clearTimeout);
      process.off('exit', atExit);
    }
  },
};

/**
 * What Bun throws at once (ENOEXEC, for one), execa cannot pass on: it fails over Bun's own ChildProcess instead. Asked
 * directly, the system says again why it does not start the program.
 */
function started<Child>(command: string, start: () => Child): Child {
  if (groups && typeof Bun === 'undefined' && command.includes('/')) refuseText(command);
  try {
    return start();
  } catch (error) {
    throw new SlipwayError('IO_FAILED', `${command} could not be started`, { cause: startError(command) ?? error });
  }
}

/**
 * Node starts programs by execvp(3), which hands whatever the system does not take to a shell, line by line. Nobody wants
 * that of a damaged program: what is neither a script nor begins as programs do is refused, as Bun does.
 */
function refuseText(path: string): void {
  const start = Buffer.alloc(4);
  let length: number;
  try {
    const file = openSync(path, 'r');
    length = readSync(file, start, 0, start.length, 0);
    closeSync(file);
  } catch {
    return; // a program that may be run and not read; or it is missing, which the system says better
  }
  if (start.subarray(0, 2).toString('latin1') === '#!' || programStarts.includes(start.subarray(0, length).toString('hex'))) return;
  throw new SlipwayError('IO_FAILED', `${path} could not be started: it is no program`, { cause: Object.assign(new Error('ENOEXEC: exec format error'), { code: 'ENOEXEC' }) });
}

/** ELF; Mach-O of 64 bits, and for several processors. */
const programStarts = ['7f454c46', 'cffaedfe', 'cafebabe'];

function startError(command: string): unknown {
  try {
    spawn(command, { stdio: 'ignore', env: {} }).on('error', () => undefined).kill('SIGKILL');
    return undefined;
  } catch (error) {
    return error;
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself just now
  }
}
