/**
 * How long programs take to start and end: ours, compiled, beside an empty program that Bun compiled as it comes; and
 * the npm package's launcher beside an empty program of Node's.
 *
 * Starts are interleaved: each round starts every program once, each time another one first.
 */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { targetIds } from '@slipway/core';
import { mustRun } from '../child.ts';
import { bun, node, systemNode } from '../places.ts';
import { row, type Row } from '../result.ts';
import { slipway } from '../slipway.ts';
import type { Rounds, Subject } from '../subject.ts';

type Programs = Readonly<Record<string, readonly string[]>>;

export async function measureStartUp(subjects: readonly Subject[], folder: string, rounds: Rounds): Promise<readonly Row[]> {
  mkdirSync(folder, { recursive: true });
  const compiled = await compiledPrograms(subjects, folder);
  rounds.progress(`start-up of ${Object.keys(compiled).length} compiled programs, ${rounds.short} rounds`);
  const times = timeStarts(compiled, rounds.short);
  const rows = subjects.map(({ product: { name } }) => row('start / empty Bun program', name, ratios(times, name, 'empty'), `${name} --version, compiled, wall clock`, 1.2));
  const launchers = await launcherPrograms(subjects, folder);
  rounds.progress(`start-up of npm launchers, ${rounds.short} rounds`);
  const launcherTimes = timeStarts(launchers, rounds.short);
  return [
    ...rows,
    row('npm launcher / empty Node program', 'hello', ratios(launcherTimes, 'launcher', 'empty'), 'pinned Node, which becomes the program', 1.15),
    row('npm launcher / empty, older Node', 'hello', ratios(launcherTimes, 'older launcher', 'older empty'), 'system Node: before 22.15 it starts the program and waits'),
  ];
}

/** The executables of this machine's own target. */
async function compiledPrograms(subjects: readonly Subject[], folder: string): Promise<Programs> {
  const source = join(folder, 'empty.js');
  const empty = join(folder, 'empty');
  writeFileSync(source, "console.log('0.1.0');\n");
  await mustRun([bun, 'build', '--compile', '--minify', '--bytecode', source, '--outfile', empty], { cwd: folder });
  const own = targetIds.indexOf('linux-x64');
  return { empty: [empty], ...Object.fromEntries(subjects.map(({ product: { name }, executables }) => [name, [executables[own] ?? '', '--version']])) };
}

/** hello's main npm package, with a platform package whose executable does nothing. */
async function launcherPrograms(subjects: readonly Subject[], folder: string): Promise<Programs> {
  const hello = subjects.find(({ product }) => product.name === 'hello');
  if (hello === undefined) throw new Error('the launcher is measured with hello');
  const out = join(folder, 'dist');
  const { program, product: { project }, registry } = hello;
  await slipway({ program, project, registry, cache: join(folder, 'cache') }, 'dist', '--fake', '--wrapper', 'npm', '--target', 'linux-x64', '--out', out);
  const modules = join(folder, 'node_modules');
  for (const file of readdirSync(join(out, 'npm'))) await unpack(join(out, 'npm', file), modules);
  const executable = Bun.resolveSync('@hello/linux-x64/bin/hello', folder);
  rmSync(executable);
  copyFileSync('/bin/true', executable);
  chmodSync(executable, 0o755);
  const launcher = join(modules, 'hello/bin/hello.cjs');
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  return { 'empty': [node, empty], 'launcher': [node, launcher], 'older empty': [systemNode, empty], 'older launcher': [systemNode, launcher] };
}

/** Put a package where npm would install it. */
async function unpack(tarball: string, modules: string): Promise<void> {
  const fresh = join(modules, '.fresh');
  mkdirSync(fresh, { recursive: true });
  await mustRun(['tar', 'xzf', tarball, '--strip-components=1', '-C', fresh]);
  const { name } = JSON.parse(readFileSync(join(fresh, 'package.json'), 'utf8')) as { name: string };
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  renameSync(fresh, join(modules, name));
}

/** Milliseconds of each start of each program, by round. */
function timeStarts(programs: Programs, rounds: number): ReadonlyMap<string, readonly number[]> {
  const names = Object.keys(programs);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round + warmUp) % names.length] ?? '';
      const started = performance.now();
      const { exitCode } = Bun.spawnSync([...(programs[name] ?? [])], { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' });
      const time = performance.now() - started;
      if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}`);
      if (round >= 0) times.get(name)?.push(time);
    }
  }
  return times;
}

/** Rounds that only bring the files into memory. */
const warmUp = 5;

/** Of each round: `name` against `base`. */
function ratios(times: ReadonlyMap<string, readonly number[]>, name: string, base: string): readonly number[] {
  const bases = times.get(base) ?? [];
  return (times.get(name) ?? []).map((time, round) => time / (bases[round] ?? Number.NaN));
}
