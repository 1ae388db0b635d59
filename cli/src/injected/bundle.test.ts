/** What goes into other people's programs, as the pinned Bun bundles it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { targets } from '@slipway/core';
import type { InjectedSource } from './bundle.ts';

const require = createRequire(import.meta.url);
const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
const bun = join(dirname(require.resolve(`${here.bun.package}/package.json`)), 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
const root = dirname(dirname(dirname(import.meta.dirname)));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-injected-')));
afterAll(() => rmSync(scratch, { recursive: true }));

function bundleIn(checkout: string): InjectedSource {
  const script = `import { bundleInjected } from ${JSON.stringify(join(checkout, 'cli/src/injected/bundle.ts'))}; process.stdout.write(JSON.stringify(await bundleInjected()));`;
  const { status, stdout, stderr } = spawnSync(bun, ['-e', script], { cwd: scratch, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as InjectedSource;
}

let source: InjectedSource;
beforeAll(() => { source = bundleIn(root); });
/** Everything that is imported or required by name. */
const imports = (text: string): readonly string[] => [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport|\brequire\()\s*"([a-z][a-z0-9:/_-]*)"/g)].map(([, name]) => name as string);

test('the guard is small, and importing it loads no module', () => {
  expect([source.guard.length < 30_000, imports(source.guard)]).toEqual([true, []]);
});

test('the commands need nothing but what is built into the runtime', () => {
  expect(imports(source.self).filter((name) => !isBuiltin(name))).toEqual([]);
});

test('neither speaks of Slipway to the end user of another program', () => {
  const said = [...`${source.guard}${source.self}`.matchAll(/(?:error|hint|text|message):\s*[`"][^`"]*\bslipway\b[^`"]*[`"]/gi)].map(([text]) => text);
  expect(said).toEqual([]);
});

test('they tell whose code they hold: Slipway as one, and every package with its licence', () => {
  const names = source.packages.map(({ name }) => name);
  expect(names[0]).toBe('slipway');
  expect(names).toEqual(expect.arrayContaining(['tuf-js', 'zod']));
  expect(names.filter((name) => name.startsWith('@slipway/'))).toEqual([]);
  expect(source.packages.filter(({ license, texts }) => license === undefined || texts.length === 0)).toEqual([]);
});

test('both are the same bytes in a checkout elsewhere', () => {
  const elsewhere = join(scratch, 'another checkout');
  const modules = join(elsewhere, 'node_modules');
  const packages = ['core', 'platform', 'updater', 'compile', 'cli'];
  mkdirSync(join(modules, '@slipway'), { recursive: true });
  for (const name of packages) cpSync(join(root, name), join(elsewhere, name), { recursive: true, verbatimSymlinks: true });
  cpSync(join(root, 'LICENSE'), join(elsewhere, 'LICENSE'));
  for (const name of packages) symlinkSync(join(elsewhere, name), join(modules, '@slipway', name));
  for (const name of readdirSync(join(root, 'node_modules'))) if (name !== '@slipway') symlinkSync(join(root, 'node_modules', name), join(modules, name));
  expect(bundleIn(elsewhere)).toEqual(source);
});
