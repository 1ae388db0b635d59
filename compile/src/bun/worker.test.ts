/**
 * The worker as it really runs: a process of the pinned Bun that compiles small programs, which are then started. The
 * base is the Bun that npm installed for this machine.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { targets } from '@slipway/core';
import { compileAnswerSchema, type CompileAnswer, type CompileJob } from './job.ts';

const require = createRequire(import.meta.url);
const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
const bun = join(dirname(require.resolve(`${here.bun.package}/package.json`)), 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
const base = { path: bun, sha256: createHash('sha256').update(readFileSync(bun)).digest('hex') };
const main = new URL('../../../cli/src/main.ts', import.meta.url).pathname;

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-worker-')));
afterAll(() => rmSync(scratch, { recursive: true }));

const program = {
  'src/tool.ts': `#!/usr/bin/env node
import data from './data.json' with { type: 'json' };
import file from './asset.txt' with { type: 'file' };
import text from './script.cjs' with { type: "text" };
import { readFileSync } from 'node:fs';
import where from './where.cjs';
if (import.meta.main) {
  const { lazy } = await import('./lazy.ts');
  console.log(JSON.stringify({ name: 'tool', args: process.argv.slice(2), zero: process.argv[1], data, asset: readFileSync(file, 'utf8'), text, where, lazy, runAs: process.env.SLIPWAY_RUN_AS ?? null, version: SLIPWAY_PRODUCT_VERSION }));
}
`,
  'src/toold.cjs': `if (require.main === module) console.log(JSON.stringify({ name: 'toold', args: process.argv.slice(2), runAs: process.env.SLIPWAY_RUN_AS ?? null }));\n`,
  'src/data.json': '{ "answer": 42 }',
  'src/asset.txt': 'an asset',
  'src/script.cjs': 'module.exports = __dirname;\n',
  'src/where.cjs': `'use strict';\nmodule.exports = [__dirname, __filename, (function () { return this === undefined; })()];\n`,
  'src/lazy.ts': 'export const lazy: string = process.platform;\n',
};

function project(name: string, files: Readonly<Record<string, string>> = program): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, name, path)), { recursive: true });
    writeFileSync(join(scratch, name, path), text);
  }
  return join(scratch, name);
}

let jobs = 0;
function compile(root: string, more: Partial<CompileJob> = {}): CompileAnswer {
  const work = join(scratch, `work-${jobs++}`);
  mkdirSync(work);
  const job: CompileJob = {
    root, work, base, target: here.id, bytecode: true, minify: true, external: [], define: { SLIPWAY_PRODUCT_VERSION: '"1.2.3"' },
    entries: [{ name: 'tool', source: 'src/tool.ts' }, { name: 'toold', source: 'src/toold.cjs' }],
    ...more,
  };
  const { stdout, stderr, status } = spawnSync(bun, ['--no-env-file', main, '__compile'], { cwd: work, input: JSON.stringify(job), encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  if (status !== 0) throw new Error(stderr);
  return compileAnswerSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
}

function pathOf(answer: CompileAnswer): string {
  if (answer.kind !== 'compiled') throw new Error(JSON.stringify(answer));
  return answer.path;
}

const start = (path: string, args: readonly string[], options: { readonly argv0?: string; readonly env?: NodeJS.ProcessEnv } = {}): unknown =>
  JSON.parse(spawnSync(path, args, { encoding: 'utf8', env: {}, ...options }).stdout);

describe('a program with two names', () => {
  let path: string;
  let answer: CompileAnswer;
  beforeAll(() => {
    answer = compile(project('two'));
    path = pathOf(answer);
  });

  test('runs its own entry, as the main module, with everything it brought along', () => {
    expect(start(path, ['a', 'b c'])).toEqual({
      name: 'tool', args: ['a', 'b c'], zero: '/$bunfs/root/tool', data: { answer: 42 }, asset: 'an asset', text: 'module.exports = __dirname;\n',
      where: ['/$bunfs/root/src', '/$bunfs/root/src/where.cjs', true], lazy: process.platform, runAs: null, version: '1.2.3',
    });
  });

  test.each<[what: string, call: () => unknown]>([
    ['a link', () => { symlinkSync(path, join(scratch, 'toold')); return start(join(scratch, 'toold'), ['x']); }],
    ['argv[0]', () => start(path, ['x'], { argv0: '/anywhere/TOOLD.EXE' })],
    ['SLIPWAY_RUN_AS, which the program does not see', () => start(path, ['x'], { env: { SLIPWAY_RUN_AS: 'toold' } })],
  ])('runs the other entry when it is started by %s', (_, call) => {
    expect(call()).toEqual({ name: 'toold', args: ['x'], runAs: null });
  });

  test('runs its own entry under any other name', () => {
    expect(start(path, [], { argv0: 'renamed' })).toMatchObject({ name: 'tool' });
  });

  test('is the same bytes from another folder, which are not compiled again where they are', () => {
    const elsewhere = compile(project('a longer path/to another folder'));
    expect(Buffer.compare(readFileSync(pathOf(elsewhere)), readFileSync(path))).toBe(0);
    expect(compile(project('third'), { presentKey: answer.kind === 'failed' ? '' : answer.key })).toEqual({ kind: 'unchanged', key: elsewhere.kind === 'failed' ? '' : elsewhere.key });
  });

  test('holds no path of this machine', () => {
    expect(readFileSync(path).includes(scratch)).toBe(false);
  });
});

test('a program with one name is the main module, too', () => {
  const path = pathOf(compile(project('one'), { entries: [{ name: 'toold', source: 'src/toold.cjs' }] }));
  expect(start(path, ['x'])).toEqual({ name: 'toold', args: ['x'], runAs: null });
});

test('an entry without a suffix is JavaScript', () => {
  const path = pathOf(compile(project('bare', { 'bin/tool': '#!/usr/bin/env node\n"use strict"\n\nrequire("../lib/main.js")\n', 'lib/main.js': 'console.log(JSON.stringify("main"));\n' }), { entries: [{ name: 'tool', source: 'bin/tool' }] }));
  expect(start(path, [])).toBe('main');
});

test.each<[what: string, files: Readonly<Record<string, string>>, failure: object]>([
  ['an error in the source, with file and line', { 'src/tool.ts': 'const x = 1;\nconst = 2;\n' }, { code: 'COMPILE_FAILED', message: expect.stringMatching(/tool\.ts:2:\d+: /) }],
  ['a module that is not there', { 'src/tool.ts': "import './nope.ts';\n" }, { code: 'COMPILE_FAILED', message: expect.stringContaining('nope.ts') }],
])('is told of %s', (what, files, failure) => {
  expect(compile(project(what, files), { entries: [{ name: 'tool', source: 'src/tool.ts' }] })).toMatchObject({ kind: 'failed', ...failure });
});

test('a path of the build folder in the program stops it', () => {
  const root = project('leak', { 'src/tool.ts': `console.log(${JSON.stringify(join(scratch, 'leak/data'))});\n` });
  expect(compile(root, { entries: [{ name: 'tool', source: 'src/tool.ts' }] })).toMatchObject({ kind: 'failed', code: 'BUILD_PATH_LEAKED', message: expect.stringContaining(root) });
});

test('a base that changed since it was checked is removed, and nothing is built on it', () => {
  const folder = join(scratch, 'base');
  mkdirSync(folder);
  writeFileSync(join(folder, 'bun'), 'damaged');
  const answer = compile(project('damaged'), { base: { path: join(folder, 'bun'), sha256: base.sha256 } });
  expect(answer).toMatchObject({ kind: 'failed', code: 'BASE_CHECK_FAILED' });
  expect(() => readFileSync(join(folder, 'bun'))).toThrow('ENOENT');
});
