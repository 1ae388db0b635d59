/**
 * Start what was built, where this machine can: natively, or under qemu or wine when they are installed.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SlipwayError, type ExecutableFacts, type ProcessPort, type Target } from '@slipway/core';

export interface Runner {
  readonly kind: 'native' | 'qemu' | 'wine';
  /** Words before the executable's path. */
  readonly prefix: readonly string[];
}

/** How this machine runs an executable, or why it cannot. */
export function runnerFor(target: Target, facts: ExecutableFacts): Runner | { readonly skipped: string } {
  const here = process.platform === target.npm.os && process.arch === target.arch;
  if (here) {
    if (facts.interpreter === undefined || existsSync(facts.interpreter)) return { kind: 'native', prefix: [] };
    return { skipped: `there is no ${facts.interpreter} here` };
  }
  if (target.os === 'linux' && process.platform === 'linux') return qemu(target, facts);
  if (target.os === 'windows' && target.arch === process.arch) return wine();
  return { skipped: `${process.platform} on ${process.arch} runs no ${target.id} program` };
}

function qemu(target: Target, facts: ExecutableFacts): Runner | { readonly skipped: string } {
  const cpu = target.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const program = onPath(`qemu-${cpu}-static`) ?? onPath(`qemu-${cpu}`);
  if (program === undefined) return { skipped: `qemu-${cpu} is not installed` };
  if (facts.interpreter === undefined) return { kind: 'qemu', prefix: [program] };
  const root = ['/', `/usr/${cpu}-linux-gnu`, `/usr/${cpu}-linux-musl`].find((path) => existsSync(join(path, facts.interpreter ?? '')));
  return root === undefined ? { skipped: `qemu-${cpu} finds no ${facts.interpreter}` } : { kind: 'qemu', prefix: [program, '-L', root] };
}

function wine(): Runner | { readonly skipped: string } {
  const program = onPath('wine64') ?? onPath('wine') ?? ['/usr/lib/wine/wine64'].find((path) => existsSync(path));
  if (program === undefined) return { skipped: 'wine is not installed' };
  if (!existsSync(process.env['WINEPREFIX'] ?? join(homedir(), '.wine'))) return { skipped: 'wine has no prefix here yet' };
  return { kind: 'wine', prefix: [program] };
}

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Milliseconds. A program that runs this long has started. */
const patience = 20_000;

/**
 * Run the executable once. Undefined when it ran as it should; a note when it did something odd that proves nothing.
 * Throws SMOKE_FAILED when this machine should be able to run it and it cannot start, or when arguments were
 * configured and it does not exit with 0. An emulator's failure is a note: it may be the emulator's own.
 */
export async function smokeRun(port: ProcessPort, runner: Runner, path: string, configured: readonly string[] | undefined, cwd: string): Promise<string | undefined> {
  const [command, ...args] = [...runner.prefix, path, ...(configured ?? ['--version'])] as [string, ...string[]];
  const result = await port.run(command, args, { cwd, timeout: patience, env: runner.kind === 'wine' ? wineEnvironment() : {} });
  if (result.code === 0 || (result.timedOut && configured === undefined)) return undefined;
  const first = result.stderr.split('\n').find((line) => line.trim() !== '') ?? 'it wrote no message';
  const how = result.timedOut ? `did not end within ${patience / 1000} s` : result.signal === undefined ? `exited with ${result.code}` : `was ended by ${result.signal}`;
  const message = `${path} ${how} when run with ${JSON.stringify(configured ?? ['--version'])} (${runner.kind}): ${first}`;
  const fatal = runner.kind === 'native' && (configured !== undefined || result.signal !== undefined || result.code === 126 || result.code === 127);
  if (!fatal) return message;
  throw new SlipwayError('SMOKE_FAILED', message, { hint: 'Start it by hand to see more; build.smoke sets other arguments, or false.' });
}

function wineEnvironment(): Record<string, string> {
  const prefix = process.env['WINEPREFIX'];
  return { WINEDEBUG: '-all', ...(prefix === undefined ? {} : { WINEPREFIX: prefix }) };
}
