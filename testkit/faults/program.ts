/**
 * The real program: `node cli/bin/slipway.js` of this checkout, in an environment that holds nothing of the tester's
 * and reaches no network unless a test gives it one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Project } from './project.ts';
import { checkout } from './suite.ts';
import { note } from './transcript.ts';

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the command: `strace …`, `setpriv …`. */
  readonly under?: readonly string[];
  /** Another program: its path, and words before the arguments. Default: Slipway of this checkout. */
  readonly program?: readonly string[];
  /** The Node that starts the program; default: the one that runs the tests. */
  readonly node?: string;
  /** Milliseconds after which the program counts as hanging. */
  readonly patience?: number;
  /** Called with each whole line of standard error, while the program runs. */
  readonly onLine?: (line: string, running: Running) => void;
}

export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
}

/** A port that refuses: whoever is not given a registry must not need one. */
const nowhere = 'http://127.0.0.1:9/';

/** Run to the end. Fails the test when the program hangs. */
export async function run(project: Project, args: readonly string[], options: StartOptions = {}): Promise<Ran> {
  return start(project, args, options).ended;
}

export function start(project: Project, args: readonly string[], options: StartOptions = {}): Running {
  const { under = [], node = process.execPath, program = [node, join(checkout, 'cli/bin/slipway.js')], patience = 120_000, onLine } = options;
  const command = [...under, ...program, ...args] as [string, ...string[]];
  const child = spawn(command[0], command.slice(1), {
    cwd: project.root,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: project.home,
      LANG: 'C.UTF-8',
      SLIPWAY_CACHE_DIR: project.cache,
      npm_config_registry: nowhere,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, as a terminal gives to a command
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  let stdout = '';
  let stderr = '';
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    killGroup(child, 'SIGKILL');
  }, patience);
  const ended = new Promise<Ran>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const seen = stderr.lastIndexOf('\n') + 1;
      stderr += text;
      for (const line of stderr.slice(seen, stderr.lastIndexOf('\n') + 1).split('\n').slice(0, -1)) onLine?.(line, running);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const ran = { code, signal, stdout, stderr };
      note(`$ ${Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value} `).join('')}${command.join(' ')}\n${show(ran)}`);
      if (hung) reject(new Error(`the program did not end within ${patience / 1000} s`));
      else resolve(ran);
    });
  });
  ended.catch(() => undefined); // whoever awaits it sees it
  const running: Running = { pid: child.pid ?? 0, child, ended, kill };
  return running;
}

/** What Ctrl-C in a terminal does: the signal reaches every process of the group. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function show({ code, signal, stdout, stderr }: Ran): string {
  return `--- stdout\n${shorten(stdout)}--- stderr\n${shorten(stderr)}--- ended with ${signal ?? code}\n`;
}

/** JSON events hold whole plans, which say nothing about a failure; errors stay as they are. */
function shorten(text: string): string {
  return text.split('\n').map((line) => (line.startsWith('{"event"') && line.length > 200 ? `${line.slice(0, 200)}… (${line.length} characters)` : line)).join('\n');
}
