import { execa } from 'execa';
import { SlipwayError, type ProcessPort, type RunOptions, type RunResult } from '@slipway/core';

/** What a child may know of our environment: enough to find programs, a home and a way out; no secret of ours. */
const kept = /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TERM|TMPDIR|TEMP|TMP|SystemRoot|windir|ComSpec|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramFiles|(https?|no|all)_proxy)$/i;

export function scrubbedEnvironment(environment: Readonly<Record<string, string | undefined>> = process.env): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => kept.test(entry[0]) && entry[1] !== undefined));
}

/** Children through execa: no shell, a scrubbed environment, ended together with us. */
export const processPort: ProcessPort = {
  async run(command, args, options: RunOptions = {}): Promise<RunResult> {
    const result = await execa(command, [...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...scrubbedEnvironment(), ...options.env },
      extendEnv: false,
      input: options.input ?? '',
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.timeout === undefined ? {} : { timeout: options.timeout, forceKillAfterDelay: 1000 }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal as AbortSignal }),
    });
    if (result.exitCode === undefined && result.signal === undefined) {
      throw new SlipwayError('IO_FAILED', `${command} could not be started: ${result.shortMessage ?? 'unknown reason'}`, { cause: result });
    }
    return {
      code: result.exitCode,
      signal: result.signal,
      stdout: String(result.stdout ?? ''),
      stderr: String(result.stderr ?? ''),
      timedOut: result.timedOut,
    };
  },
};
