/**
 * What every installed copy must do, however it came here: one list for all package managers.
 *
 * The signal rows are those that launchers in the wild get wrong: a crash turned into exit code 1, or a program that
 * goes on without its parent.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type Environment, failure, mustRun, type Outcome, run, start } from './command.ts';
import { copyOfHello, type World } from './world.ts';

export type Command = 'slipway' | 'slipwayd' | 'hello' | 'hellod';

/** Both products as one package manager has installed them. */
export interface Copy {
  /** The words that start a command, with nothing of the package manager in between. */
  readonly words: (command: Command) => readonly string[];
  /** The package manager's own ways to start a command, such as npx. */
  readonly through: readonly Through[];
  /** Who the owner marker must name. */
  readonly owner: 'npm' | 'pip' | 'homebrew' | 'archive';
  readonly cwd: string;
  readonly env: Environment;
  /** A folder to write to. */
  readonly folder: string;
  /** Set where something stays in between: a launcher on a Node that cannot become another program, or the manager itself. */
  readonly parentStays?: true;
  /** Set where the package manager stays in between and reports a death by signal n as exit code 128 + n, as shells do. */
  readonly deathsAsCodes?: true;
}

export interface Through {
  readonly name: string;
  readonly words: (command: Command) => readonly string[];
  /** Set where standard output holds more than the program's own. */
  readonly chatty?: true;
}

/** Signals that end a program from inside, and those that somebody sends it. */
const deaths = ['SIGSEGV', 'SIGABRT', 'SIGKILL', 'SIGTERM'] as const;
const requests = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Register the tests of one copy. It is installed when they run. */
export function drive(world: World, copy: () => Copy): void {
  const setting = () => ({ cwd: copy().cwd, env: copy().env, limit: 60_000 });
  const expectDeath = (outcome: Outcome, signal: NodeJS.Signals): void => {
    if (copy().deathsAsCodes === true) expectEnd(outcome, 128 + constants.signals[signal], null);
    else expectEnd(outcome, null, signal);
  };
  const call = async (command: Command, ...args: readonly string[]): Promise<Outcome> => run([...copy().words(command), ...args], setting());

  test('each of the four commands says its version', async () => {
    const said = await Promise.all((['slipway', 'slipwayd', 'hello', 'hellod'] as const).map(async (command) => text(await call(command, '--version'))));
    expect(said).toEqual([world.slipway.version, world.slipway.version, world.hello.version, `hellod ${world.hello.version}`]);
  });

  test('the manager’s own ways to start a command work, and pass its exit code on', async () => {
    for (const way of copy().through) {
      const version = await run([...way.words('slipwayd'), '--version'], setting());
      expectOutput(version, way, world.slipway.version);
      for (const code of [0, 3, 255]) expectEnd(await run([...way.words('hello'), '--exit', String(code)], setting()), code, null);
    }
  });

  test.each([0, 3, 255])('exit code %i comes through', async (code) => {
    expectEnd(await call('hello', '--exit', String(code)), code, null);
  });

  test.each(deaths)('a program that dies by %s has died by it for whoever started it', async (signal) => {
    expectDeath(await call('hello', '--signal', signal), signal);
  });

  test('a shell sees 139 after a crash', async () => {
    const outcome = await mustRun(['/bin/sh', '-c', '"$@"; echo "status $?"', 'sh', ...copy().words('hello'), '--signal', 'SIGSEGV'], setting());
    expect(text(outcome)).toBe('status 139');
  });

  test.each(requests)('%s ends the program too, and leaves no process behind', async (signal) => {
    const running = start([...copy().words('hello'), '--wait'], setting());
    const program = Number(await running.firstLine);
    process.kill(running.pid, signal);
    expectDeath(await running.ended, signal);
    await gone(program);
  });

  test('what was started becomes the program, where it can', async () => {
    const running = start([...copy().words('hello'), '--wait'], setting());
    const program = Number(await running.firstLine);
    process.kill(running.pid, 'SIGTERM');
    await running.ended;
    expect(program === running.pid).toBe(copy().parentStays !== true);
  });

  test('Ctrl-C, which a terminal sends to all of them, ends it by SIGINT', async () => {
    const running = start([...copy().words('hello'), '--wait'], setting());
    const program = Number(await running.firstLine);
    process.kill(-running.pid, 'SIGINT');
    expectDeath(await running.ended, 'SIGINT');
    await gone(program);
  });

  test('endless output ends when nobody reads it any more', async () => {
    const outcome = await mustRun(['/bin/sh', '-c', '"$@" | head -n 1', 'sh', ...copy().words('hello'), '--lines'], setting());
    expect(text(outcome)).toBe('line');
  });

  test('standard input arrives unchanged', async () => {
    const input = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * index) >> 7);
    const outcome = await run([...copy().words('hello'), '--cat'], { ...setting(), input });
    expectEnd(outcome, 0, null);
    expect(outcome.stdout.equals(input)).toBe(true);
  });

  test.each(['two words', '', '$HOME "*" \\'])('the argument %j arrives unchanged', async (argument) => {
    expect((await call('hello', argument)).stdout.toString()).toBe(`Hello, ${argument}!\n`);
  });

  test('the daemon runs under its own name, and ends well when it is asked to', async () => {
    const running = start(copy().words('slipwayd'), setting());
    const { event, pid } = JSON.parse(await running.firstLine) as { event: string; pid: number };
    expect(event).toBe('started');
    process.kill(running.pid, 'SIGTERM');
    const outcome = await running.ended;
    expectEnd(outcome, 0, null);
    expect(outcome.stderr.toString()).toContain('"event":"stopped","signal":"SIGTERM"');
    await gone(pid);
  });

  test('it knows who owns it', async () => {
    const outcome = await call('slipway', 'self', 'owner', '--json');
    expectEnd(outcome, 0, null);
    expect(JSON.parse(text(outcome))).toMatchObject({ format: 1, owner: copy().owner, name: 'slipway', version: world.slipway.version, package: 'slipway' });
  });

  test('it builds and verifies examples/hello, to the same bytes as the checkout', async () => {
    expect(await checksumsOfHello(copy())).toBe(world.checksums);
  });
}

/** checksums.txt of examples/hello for linux-x64, built and verified by a copy. */
async function checksumsOfHello({ words, env, folder }: Copy): Promise<string> {
  const project = join(folder, 'built hello');
  rmSync(project, { recursive: true, force: true });
  copyOfHello(project);
  const out = join(folder, 'out');
  mkdirSync(out, { recursive: true });
  try {
    const outcome = await mustRun([...words('slipway'), 'dist', '--target', 'linux-x64', '--out', out], { cwd: project, env });
    if (!existsSync(join(out, 'checksums.txt'))) throw failure(outcome, `it wrote no checksums.txt into ${out}`);
    await mustRun([...words('slipway'), 'verify', out], { cwd: project, env });
    return readFileSync(join(out, 'checksums.txt'), 'utf8');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function text({ stdout }: Outcome): string {
  return stdout.toString().trimEnd();
}

function expectEnd(outcome: Outcome, code: number | null, signal: NodeJS.Signals | null): void {
  if (outcome.code !== code || outcome.signal !== signal) throw failure(outcome, `expected ${signal === null ? `exit code ${code}` : `death by ${signal}`}`);
}

function expectOutput(outcome: Outcome, { name, chatty }: Through, line: string): void {
  expectEnd(outcome, 0, null);
  const lines = text(outcome).split('\n');
  if (chatty === true ? !lines.includes(line) : lines.length !== 1 || lines[0] !== line) throw failure(outcome, `${name}: expected ${line}`);
}

/** Wait until a process has ended. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (!isRunning(pid)) return;
    await sleep(20);
  }
  throw new Error(`process ${pid} is still there:\n${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`);
}

/** A process that has ended and that nobody has waited for yet is none that runs. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
