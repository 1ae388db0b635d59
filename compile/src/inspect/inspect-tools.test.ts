/** The same questions put to the system's own tools, on real executables and on the fakes. */
import { targetIds, targetOf } from '@slipway/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeExecutable } from '../fake/fake-executable.ts';
import { openFileSource } from './file-source.ts';
import { inspectExecutable } from './inspect.ts';

const systemFiles = ['/bin/ls', '/bin/sh', '/usr/bin/env', process.execPath].filter((path) => existsSync(path));
const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const run = (tool: string, ...args: readonly string[]): string => spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] as string);

function inspectFile(path: string) {
  const source = openFileSource(path);
  try {
    return inspectExecutable(source);
  } finally {
    source.close();
  }
}

/** From versions as readelf prints them, each as one number: 2.2.5 asks for more than 2.2, so for 2.3. */
function newest(versions: readonly string[]): string | undefined {
  const ranked = versions.map((text) => text.split('.').map(Number)).map(([x = 0, y = 0, z = 0]) => x * 1000 + y + (z > 0 ? 1 : 0));
  return ranked.length === 0 ? undefined : `${Math.floor(Math.max(...ranked) / 1000)}.${Math.max(...ranked) % 1000}`;
}

const readelfTest = process.platform === 'linux' && has('readelf') ? test : test.skip;
describe('on the files of this system (skipped where there is no readelf)', () => {
  readelfTest.each(systemFiles)('%s has the interpreter, libraries and glibc floor that readelf prints', (path) => {
    const facts = inspectFile(path);
    expect(facts.interpreter).toBe(all(run('readelf', '-lW', path), /interpreter: (\S+)\]/g)[0]);
    expect(facts.needed).toEqual(all(run('readelf', '-dW', path), /\(NEEDED\).*\[(.+)\]/g));
    expect(facts.glibcFloor).toBe(newest(all(run('readelf', '-VW', path), /Name: GLIBC_(\d[\d.]*)/g)));
    expect(facts.arch).toBe(run('readelf', '-hW', path).includes('X86-64') ? 'x64' : 'arm64');
  });
});

const llvm = ['llvm-readobj', 'llvm-readobj-14'].find(has);
const llvmTest = llvm === undefined ? test.skip : test;
describe('on the fakes (skipped where there is no llvm-readobj)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inspect-tools-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  llvmTest.each(targetIds)('%s has the CPU and libraries that llvm-readobj prints', (id) => {
    const path = join(folder, id);
    writeFileSync(path, fakeExecutable(targetOf(id), 'tools'));
    const facts = inspectFile(path);
    const printed = run(llvm as string, '--file-headers', '--needed-libs', '--coff-imports', path);
    expect(all(printed, /^Arch: (\w+)$/gm)).toEqual([facts.arch === 'x64' ? 'x86_64' : 'aarch64']);
    const libraries = facts.format === 'pe' ? all(printed, /^Import \{\n {2}Name: (.+)$/gm) : all(printed, /^ {2}(\S*lib\S+)$/gm);
    expect(libraries).toEqual(facts.needed);
  });
});
