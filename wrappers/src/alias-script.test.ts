import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aliasScript } from './alias-script.ts';

const shells = [['sh'], ['dash'], ['bash'], ['bash', '--posix'], ['zsh'], ['ksh'], ['mksh'], ['busybox', 'ash']] as const;
const isInstalled = ([shell]: readonly [string, ...string[]]) => spawnSync(shell, ['-c', ':']).error === undefined;

let root: string;

/** `<root>/pack age/bin` holds the executable and its alias; links lead there from elsewhere. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'alias-'));
  const bin = join(root, 'pack age', 'bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(root, 'links'));
  writeFileSync(join(bin, 'tool'), '#!/bin/sh\necho "$SLIPWAY_RUN_AS|$#|$1|$2"\nexit 3\n', { mode: 0o755 });
  writeFileSync(join(bin, 'toold'), aliasScript('toold', 'tool'), { mode: 0o755 });
  symlinkSync('../pack age/bin/toold', join(root, 'links', 'relative'));
  symlinkSync(join(root, 'links', 'relative'), join(root, 'links', 'absolute'));
  symlinkSync('absolute', join(root, 'links', 'sibling'));
  symlinkSync('pack age', join(root, 'folder'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(shells)('%s %s', (...shell) => {
  const [name, ...options] = shell.filter((word) => word !== undefined) as [string, ...string[]];
  const check = isInstalled([name]) ? test : test.skip;
  const suffix = isInstalled([name]) ? '' : ' (skipped: this shell is not installed)';

  check.each([
    ['the script itself', '.', 'pack age/bin/toold'],
    ['its name alone', 'pack age/bin', 'toold'],
    ['a relative link', '.', 'links/relative'],
    ['a link to a link, absolute and beside it', 'links', './sibling'],
    ['a link in the current folder', 'links', 'sibling'],
    ['a linked folder', '.', 'folder/bin/toold'],
  ])(`starts the executable beside it through %s${suffix}`, (_, folder, script) => {
    const { stdout, stderr, status } = spawnSync(name, [...options, script, 'a b', ''], { cwd: join(root, folder), encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'toold|2|a b|\n', stderr: '', status: 3 });
  });
});

test('started through PATH, the kernel names the script in full', () => {
  const env = { ...process.env, PATH: `${join(root, 'links')}:${process.env['PATH']}` };
  expect(spawnSync('sibling', ['x'], { cwd: '/', env, encoding: 'utf8' }).stdout).toBe('toold|1|x|\n');
});
