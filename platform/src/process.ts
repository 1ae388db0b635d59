import { spawn } from 'node:child_process';
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
  try {
    return start();
  } catch (error) {
    throw new SlipwayError('IO_FAILED', `${command} could not be started`, { cause: startError(command) ?? error });
  }
}

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
