/** The packages that `pack` plans, laid out as npm does, started for real by each runtime that people have. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileContent } from '@slipway/core';
import { plannedMembers, sampleRelease } from '@slipway/testkit';
import { npm } from './npm.ts';

interface Runtime {
  readonly title: string;
  readonly command: readonly string[];
  /** Replaces itself with the program, so that no parent stays. */
  readonly replaces: boolean;
  readonly missing?: string;
}

const require = createRequire(import.meta.url);
const shell = '/bin/sh';

let root: string;
let withoutExecve: string;

/** A Node on PATH that cannot replace itself. */
function oldNode(): Runtime {
  const candidates = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'node')).filter(existsSync);
  for (const command of candidates) {
    const [version, replaces] = JSON.parse(spawnSync(command, ['-p', 'JSON.stringify([process.version, typeof process.execve === "function"])'], { encoding: 'utf8' }).stdout || '[]');
    if (replaces === false) return { title: `Node ${version}`, command: [command], replaces: false };
  }
  return { title: 'an old Node', command: [], replaces: false, missing: 'no Node before 22.15 is on PATH' };
}

function bun(): Runtime {
  try {
    const command = require.resolve(`@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : 'x64'}/bin/bun`);
    return { title: 'Bun', command: [command], replaces: true };
  } catch {
    return { title: 'Bun', command: [], replaces: true, missing: 'it is not installed' };
  }
}

const runtimes: readonly Runtime[] = [
  { title: `Node ${process.version}`, command: [process.execPath], replaces: typeof process.execve === 'function' },
  { title: `Node ${process.version} without execve`, command: [process.execPath, '--require', 'WITHOUT_EXECVE'], replaces: false },
  oldNode(),
  bun(),
];

/** Not by the launcher's own way, which it would only confirm. */
function hostLibc(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

const host = { os: process.platform, cpu: process.arch, libc: hostLibc() };
const hostTarget = sampleRelease.builds.find(({ facts }) => facts.os === host.os && facts.arch === host.cpu && facts.libc === host.libc)?.target;
const packages = npm.pack(sampleRelease, npm.options.parse({})).files;

/** A project with the main package and those of `targets`. The host's executable is a shell, every other one a trap. */
function install(name: string, targets: readonly (string | undefined)[]): string {
  const project = join(root, name);
  const sources = {
    artifact: (id: string) => (id === `bin:${hostTarget}:tool` ? readFileSync(shell) : Buffer.from('#!/bin/sh\necho the wrong one\nexit 99\n')),
    file: (path: string) => Buffer.from(`${path}\n`),
  };
  for (const file of packages) {
    if (file.target !== undefined && !targets.includes(file.target)) continue;
    unpack(file.content, sources, project);
  }
  mkdirSync(join(project, 'node_modules', '.bin'));
  for (const command of ['tool', 'toold']) symlinkSync(`../tool/bin/${command}.cjs`, join(project, 'node_modules', '.bin', command));
  return project;
}

function unpack(content: FileContent, sources: Parameters<typeof plannedMembers>[1], project: string): void {
  const members = plannedMembers(content, sources);
  const { name } = JSON.parse(Buffer.from(members[0]?.bytes ?? []).toString('utf8'));
  for (const { path, mode, bytes } of members) {
    const to = join(project, 'node_modules', name, path.replace('package/', ''));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes, { mode });
  }
}

const words = (runtime: Runtime, project: string, command: string) =>
  [...runtime.command.map((word) => word.replace('WITHOUT_EXECVE', withoutExecve)), join(project, 'node_modules', '.bin', command)];

function run(runtime: Runtime, project: string, script: string, { command = 'tool', input = '', rest = [] as readonly string[] } = {}) {
  const [file = '', ...args] = words(runtime, project, command);
  const { stdout, stderr, status, signal } = spawnSync(file, [...args, '-c', script, ...rest], { input, encoding: 'utf8' });
  return { stdout, stderr, status, signal };
}

/** Start and wait for the first line of output. */
async function begin(runtime: Runtime, project: string, script: string): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const [file = '', ...args] = words(runtime, project, 'tool');
  const child = spawn(file, [...args, '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [data] = await once(child.stdout, 'data');
  return { child, line: String(data).split('\n')[0] ?? '' };
}

async function ended(child: ChildProcess): Promise<{ readonly status: number | null; readonly signal: string | null }> {
  const [status, signal] = child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [child.exitCode, child.signalCode];
  return { status, signal };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

let project: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'launcher-'));
  withoutExecve = join(root, 'without-execve.cjs');
  writeFileSync(withoutExecve, 'delete process.execve;\n');
  project = install('project', sampleRelease.builds.map(({ target }) => target));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(runtimes)('$title', (runtime) => {
  const check = runtime.missing === undefined ? test : test.skip;
  const skipped = runtime.missing === undefined ? '' : ` (skipped: ${runtime.missing})`;

  check.each([0, 3, 255])(`exit code %i is the program's own${skipped}`, (code) => {
    expect(run(runtime, project, `exit ${code}`)).toEqual({ stdout: '', stderr: '', status: code, signal: null });
  });

  check.each(['SEGV', 'ABRT', 'KILL', 'TERM', 'PIPE', 'USR1', 'XFSZ'])(`a program that dies by SIG%s makes the launcher die by it${skipped}`, (name) => {
    expect(run(runtime, project, `kill -${name} $$`)).toMatchObject({ status: null, signal: `SIG${name}` });
  });

  check(`a shell sees 139 for a crash${skipped}`, () => {
    const command = [...words(runtime, project, 'tool'), '-c', "'kill -SEGV $$'"].join(' ');
    expect(spawnSync('sh', ['-c', `${command}; echo $?`], { encoding: 'utf8' }).stdout).toBe('139\n');
  });

  check.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(`%s sent to the launcher ends the program, no orphan stays${skipped}`, async (signal) => {
    const { child, line } = await begin(runtime, project, 'echo $$; exec sleep 30');
    child.kill(signal);
    expect(await ended(child)).toEqual({ status: null, signal });
    expect(isAlive(Number(line))).toBe(false);
  });

  check(`a program that handles SIGTERM ends in its own way${skipped}`, async () => {
    const { child } = await begin(runtime, project, 'trap "exit 7" TERM; echo ready; while :; do sleep 0.02; done');
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual({ status: 7, signal: null });
  });

  check(`a reader that stops reading ends the program, as in \`| head\`${skipped}`, () => {
    const command = [...words(runtime, project, 'tool'), '-c', "'while :; do echo y; done'"].join(' ');
    const { stdout, stderr } = spawnSync('sh', ['-c', `{ ${command}; echo $? >&2; } | head -n 1`], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'y\n', stderr: '141\n' });
  });

  check(`standard input and arguments pass through unchanged${skipped}`, () => {
    const rest = ['name', 'a b', '', '*', "'", '--', 'é'];
    expect(run(runtime, project, 'cat; for a; do echo "[$a]"; done', { input: 'in\n', rest }).stdout).toBe("in\n[a b]\n[]\n[*]\n[']\n[--]\n[é]\n");
  });

  check(`${runtime.replaces ? 'the program takes the place of the launcher' : 'the launcher is the only process in between'}${skipped}`, async () => {
    const { child, line } = await begin(runtime, project, 'echo $$ $PPID; read x');
    const [pid, parent] = line.split(' ').map(Number);
    expect(runtime.replaces ? pid : parent).toBe(child.pid);
    await ended(child);
  });

  check(`the program is started under the command's name, and told which alias it is${skipped}`, () => {
    expect(run(runtime, project, 'echo $0,$SLIPWAY_RUN_AS').stdout).toBe('tool,\n');
    expect(run(runtime, project, 'echo $0,$SLIPWAY_RUN_AS', { command: 'toold' }).stdout).toBe('toold,toold\n');
  });

  check(`a missing platform package ends with 127 and names it${skipped}`, () => {
    const bare = join(root, `bare-${runtimes.indexOf(runtime)}`);
    install(`bare-${runtimes.indexOf(runtime)}`, []);
    const { status, stderr } = run(runtime, bare, 'exit 0');
    expect({ status, stderr }).toEqual({ status: 127, stderr: expect.stringContaining(`the package @tool/${hostTarget}@1.4.0`) });
    expect(stderr).toContain('--omit=optional');
  });
});

describe('the platform package', () => {
  const [runtime] = runtimes as [Runtime];
  const installed = (folder: string): string => join(folder, 'node_modules', '@tool', `${hostTarget}`);
  const move = (folder: string, to: string): void => {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(installed(folder), to);
  };

  test('of our own goes before one of another version beside us', () => {
    const folder = install('nested', [hostTarget]);
    move(folder, join(folder, 'node_modules', 'tool', 'node_modules', '@tool', `${hostTarget}`));
    cpSync(join(project, 'node_modules', '@tool', `${hostTarget}`), installed(folder), { recursive: true });
    writeFileSync(join(installed(folder), 'bin', 'tool'), '#!/bin/sh\nexit 99\n');
    expect(run(runtime, folder, 'exit 5').status).toBe(5);
  });

  test('may lie further up, as in a workspace', () => {
    const folder = install('workspace/packages/one', [hostTarget]);
    move(folder, join(root, 'workspace', 'node_modules', '@tool', `${hostTarget}`));
    expect(run(runtime, folder, 'exit 5').status).toBe(5);
  });

  test('is found beside the real file of a linked package, as pnpm lays it out', () => {
    const folder = install('pnpm', [hostTarget]);
    const real = join(folder, 'node_modules', '.pnpm', 'tool@1.4.0', 'node_modules');
    move(folder, join(real, '@tool', `${hostTarget}`));
    renameSync(join(folder, 'node_modules', 'tool'), join(real, 'tool'));
    symlinkSync(join('.pnpm', 'tool@1.4.0', 'node_modules', 'tool'), join(folder, 'node_modules', 'tool'));
    expect(run(runtime, folder, 'exit 5').status).toBe(5);
  });

  test('is not looked for in a folder whose name only resembles node_modules', () => {
    const folder = install('resembling', []);
    const copy = join(folder, 'my-node_modules');
    cpSync(join(folder, 'node_modules', 'tool'), join(copy, 'tool'), { recursive: true });
    cpSync(installed(project), join(copy, '@tool', `${hostTarget}`), { recursive: true });
    expect(spawnSync(process.execPath, [join(copy, 'tool', 'bin', 'tool.cjs'), '-c', 'exit 5']).status).toBe(127);
  });
});

describe('the error', () => {
  const [runtime] = runtimes as [Runtime];

  test('names the package of another platform that is there instead', () => {
    const other = host.os === 'darwin' ? 'windows-x64' : 'darwin-arm64';
    const { stderr } = run(runtime, install('moved', [other]), 'exit 0');
    expect(stderr).toContain(`Found instead: @tool/${other.replace('windows', 'win32')}`);
    expect(stderr).toContain('node_modules was made on another platform');
  });

  test('names the mode that a copy lost', () => {
    const folder = install('mode', [hostTarget]);
    const file = join(folder, 'node_modules', '@tool', `${hostTarget}`, 'bin', 'tool');
    chmodSync(file, 0o644);
    expect(run(runtime, folder, 'exit 0')).toMatchObject({ status: 127, stderr: expect.stringContaining(`chmod 755 ${file}`) });
  });

  test('names the file that something removed', () => {
    const folder = install('removed', [hostTarget]);
    rmSync(join(folder, 'node_modules', '@tool', `${hostTarget}`, 'bin', 'tool'));
    expect(run(runtime, folder, 'exit 0')).toMatchObject({ status: 127, stderr: expect.stringContaining(`@tool/${hostTarget} is installed, but `) });
  });
});
