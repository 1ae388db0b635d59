/** The launcher's own functions; wrappers/src/npm/launcher.test.ts starts it in whole packages. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let root: string;
beforeAll(() => { root = mkdtempSync(join(tmpdir(), 'launcher-')); });
afterAll(() => rmSync(root, { recursive: true, force: true }));

const source = (name: string) => new URL(name, import.meta.url).pathname;

/** What a function of a CommonJS file gives for JSON arguments, in a Node of its own. */
function call(file: string, name: string, ...args: readonly unknown[]): unknown {
  const script = `const [file, name, args] = JSON.parse(process.argv[1]); console.log(JSON.stringify({ value: require(file)[name](...args) }))`;
  const { npm_config_user_agent: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, JSON.stringify([file, name, args])], { encoding: 'utf8', env });
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { value?: unknown }).value;
}

/** The smallest ELF file with an interpreter (or with a note instead). */
function elf(interpreter: string | undefined, position = 120): Buffer {
  const bytes = Buffer.alloc(position + 64);
  bytes.writeUInt32BE(0x7f454c46, 0);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(interpreter === undefined ? 4 : 3, 64);
  bytes.writeBigUInt64LE(BigInt(position), 72);
  bytes.writeBigUInt64LE(BigInt((interpreter?.length ?? 0) + 1), 96);
  bytes.write(interpreter ?? '', position);
  return bytes;
}

describe('the C library a program was linked for', () => {
  test.each([
    ['/lib64/ld-linux-x86-64.so.2', elf('/lib64/ld-linux-x86-64.so.2'), 'glibc'],
    ['/lib/ld-musl-aarch64.so.1', elf('/lib/ld-musl-aarch64.so.1'), 'musl'],
    ['an interpreter far into the file', elf('/lib/ld-musl-x86_64.so.1', 9000), 'musl'],
    ['a static program', elf(undefined), undefined],
    ['a cut file', elf('/lib/ld-musl-x86_64.so.1').subarray(0, 80), undefined],
    ['a script', Buffer.from('#!/bin/sh\n'), undefined],
    ['an empty file', Buffer.alloc(0), undefined],
  ])('%s', (name, bytes, expected) => {
    const file = join(root, name.replaceAll('/', '_'));
    writeFileSync(file, bytes);
    expect(call(source('launcher.cjs'), 'libcOf', file)).toBe(expected);
  });

  test('is unknown where the program cannot be read', () => {
    expect(call(source('launcher.cjs'), 'libcOf', join(root, 'absent'))).toBeUndefined();
  });
});

describe('the repair command is that of the manager that installed the package', () => {
  test.each([
    ['npm', { 'p/package.json': '', 'p/package-lock.json': '' }, 'p/node_modules/tool', 'p'],
    ['pnpm', { 'p/pnpm-lock.yaml': '' }, 'p/node_modules/.pnpm/tool@1.4.0/node_modules/tool', 'p'],
    ['yarn', { 'p/yarn.lock': '' }, 'p/.yarn/cache/tool.zip/node_modules/tool', 'p'],
    ['bun', { 'p/bun.lock': '' }, 'p/node_modules/tool', 'p'],
    ['bun', { 'p/bun.lockb': '' }, 'p/node_modules/tool', 'p'],
    ['npm', { 'p/package.json': '' }, 'p/node_modules/tool', 'p'],
    ['npm', {}, 'prefix/lib/node_modules/tool', undefined],
    ['pnpm', {}, '.local/share/pnpm/global/5/node_modules/tool', undefined],
    ['bun', { '.bun/install/global/bun.lock': '' }, '.bun/install/global/node_modules/tool', undefined],
    ['yarn', { '.config/yarn/global/yarn.lock': '' }, '.config/yarn/global/node_modules/tool', undefined],
  ] as const)('%s, told by %j around %s', (manager, files, folder, project) => {
    const home = mkdtempSync(join(root, 'home-'));
    for (const [file, text] of Object.entries({ ...files, [`${folder}/package.json`]: '' })) {
      mkdirSync(join(home, file, '..'), { recursive: true });
      writeFileSync(join(home, file), text);
    }
    expect(call(source('missing.cjs'), 'installation', join(home, folder))).toEqual({ manager, ...(project === undefined ? {} : { project: join(home, project) }) });
  });

  test.each([
    ['npm', '', 'npm install --include=optional'],
    ['pnpm', '', 'pnpm install'],
    ['yarn', '# yarn lockfile v1\n', 'yarn install --check-files'],
    ['yarn', '__metadata:\n  version: 8\n', 'yarn install'],
    ['bun', '', 'bun install'],
  ])('%s with the yarn.lock %j is told %s in the project, and to add the package again outside', (manager, lockfile, expected) => {
    const project = mkdtempSync(join(root, 'project-'));
    writeFileSync(join(project, 'yarn.lock'), lockfile);
    const product = { package: 'tool', version: '1.4.0' };
    expect(call(source('missing.cjs'), 'repairOf', product, { manager, project })).toBe(`Repair it in ${project} with:\n  ${expected}`);
    expect(call(source('missing.cjs'), 'repairOf', product, { manager })).toContain(' tool@1.4.0');
  });

  test.each([
    ['a platform without a build', { problem: 'absent' }, 'has no build for'],
    ['a lost mode', { row: {}, problem: 'not executable', file: '/a b/tool' }, 'chmod 755 "/a b/tool"'],
    ['a removed file', { row: { package: '@tool/x' }, problem: 'file missing', file: '/x/tool' }, '@tool/x is installed, but /x/tool is not there'],
    ['an absent package', { row: { package: '@tool/x' }, problem: 'absent' }, 'the package @tool/x@1.4.0, which holds the program for'],
  ])('the explanation of %s says so', (_, found, expected) => {
    const product = { package: 'tool', version: '1.4.0', executable: 'tool', platforms: [{ os: 'linux', cpu: 'mips', package: '@tool/x' }] };
    expect(call(source('missing.cjs'), 'explain', product, found)).toContain(expected);
  });
});
