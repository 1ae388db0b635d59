/**
 * Run a command as the suite runs all of them: in an environment of its own, in a process group of its own, within a
 * time, and with everything it said kept for the message of a failure.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export type Environment = Readonly<Record<string, string>>;

export interface Setting {
  readonly cwd: string;
  /** All of it: nothing is inherited. */
  readonly env: Environment;
  /** For standard input, which is empty otherwise. */
  readonly input?: Uint8Array;
  /** Milliseconds, then the whole group is killed. Default: 5 minutes. */
  readonly limit?: number;
}

export interface Outcome {
  readonly words: readonly string[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface Running {
  /** Of what was started, which also leads the process group. */
  readonly pid: number;
  /** The first line it says, on either output. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Outcome>;
}

const defaultLimit = 300_000;
/** Milliseconds that output may stay open after the end of what was started: whoever holds it then is left behind. */
const orphanLimit = 10_000;

/** Start and leave running. Whoever starts it awaits `ended`. */
export function start(words: readonly string[], { cwd, env, input = new Uint8Array(), limit = defaultLimit }: Setting): Running {
  const [command, ...args] = words;
  if (command === undefined) throw new RangeError('no command');
  const child = spawn(command, args, { cwd, env, stdio: 'pipe', detached: true });
  child.stdin.on('error', () => undefined); // it need not read what it is given
  child.stdin.end(input);
  const ended = collect(words, child, limit);
  const silent = ended.then((outcome): never => {
    throw failure(outcome, 'it ended before it said anything');
  });
  const firstLine = Promise.race([firstLineOf(child.stdout), firstLineOf(child.stderr), silent]);
  for (const promise of [ended, firstLine]) promise.catch(() => undefined); // not everybody waits for both
  return { pid: child.pid ?? 0, firstLine, ended };
}

/** Run to the end, however it ends. */
export async function run(words: readonly string[], setting: Setting): Promise<Outcome> {
  return start(words, setting).ended;
}

/** Run, and fail with everything it said when it does not exit with 0. */
export async function mustRun(words: readonly string[], setting: Setting): Promise<Outcome> {
  const outcome = await run(words, setting);
  if (outcome.code !== 0) throw failure(outcome, `it ${ending(outcome)}`);
  return outcome;
}

/** What a failed check says: the command, and all its output. */
export function failure(outcome: Outcome, what: string): Error {
  const { words, stdout, stderr } = outcome;
  return new Error(`${what}\n$ ${words.join(' ')}\n-- standard output\n${stdout}\n-- standard error\n${stderr}\n-- it ${ending(outcome)}`);
}

function ending({ code, signal }: Outcome): string {
  return signal === null ? `exited with ${code}` : `was ended by ${signal}`;
}

async function collect(words: readonly string[], child: ChildProcessByStdio<Writable, Readable, Readable>, limit: number): Promise<Outcome> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  let broken: string | undefined;
  const endGroup = (why: string) => (): void => {
    broken = why;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timers = [setTimeout(endGroup(`it had not ended after ${limit / 1000} s`), limit)];
  child.once('exit', () => timers.push(setTimeout(endGroup('it ended, and something that it had started went on'), orphanLimit)));
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const outcome = { words, code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
    if (broken !== undefined) throw failure(outcome, broken);
    return outcome;
  } finally {
    timers.forEach(clearTimeout);
  }
}

async function firstLineOf(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
}
