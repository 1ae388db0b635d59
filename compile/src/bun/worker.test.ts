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
    root, run: process.pid, work, base, target: here.id, bytecode: true, minify: true, external: [], define: { SLIPWAY_PRODUCT_VERSION: '"1.2.3"' },
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
    expect(compile(project('third'), { presentKey: answer.kind === 'failed' ? '' : answer.key })).toEqual({ kind: 'unchanged', key: elsewhere.kind === 'failed' ? '' : elsewhere.key, packages: [] });
  });

  test('holds no path of this machine', () => {
    expect(readFileSync(path).includes(scratch)).toBe(false);
  });
});

test('a program with one name is the main module, too', () => {
  const path = pathOf(compile(project('one'), { entries: [{ name: 'toold', source: 'src/toold.cjs' }] }));
  expect(start(path, ['x'])).toEqual({ name: 'toold', args: ['x'], runAs: null });
});

describe('a program with an update address', () => {
  const entry = `import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
const { argv, argv0, env, exitCode } = process;
console.log(JSON.stringify({ argv, keys: Object.keys(env).sort(), exitCode, main: import.meta.main, url: import.meta.url, self: fileURLToPath(import.meta.url) === argv[1], require: typeof createRequire(import.meta.url) }));
switch (argv[2]) {
  case 'throw': throw new TypeError('thrown while loading');
  case 'reject': await Promise.reject(new Error('rejected while loading'));
  case 'later': setTimeout(() => { throw new Error('thrown later'); }, 1); break;
  case 'exit': process.exit(7);
  case 'code': process.exitCode = 8; break;
  case 'signal': process.kill(process.pid, 'SIGTERM'); setTimeout(() => undefined, 10_000); break;
  case 'wait': await new Promise((resolve) => setTimeout(resolve, 20)); console.log('waited');
}
`;
  // What the guard and the commands really are is no business of the compiler: these say what they are told.
  const injected: NonNullable<CompileJob['injected']> = {
    guard: `export const begin = (descriptor) => {
      if (process.env.TELL !== undefined) console.error('begin', descriptor.product, process.env.SLIPWAY_RUN_AS ?? '', ...process.argv.slice(2));
      return process.env.TELL === 'trial' ? { loaded: () => console.error('loaded'), failed: () => console.error('failed') } : undefined;
    };
    export const isOwnCommand = ({ topLevel }) => process.argv[2] === 'self' || (topLevel && process.argv[2] === 'update');`,
    self: "import { sep } from 'node:path'; export const run = async (descriptor, args) => { console.log(sep, descriptor.version, ...args); return 3; };",
    descriptor: { product: 'tool', version: '1.2.3', target: here.id, names: ['tool', 'toold'], url: 'https://example.com/', channel: 'stable', root: '{}', topLevel: false, dataVersion: 0 },
  };
  const entries = [{ name: 'tool', source: 'src/entry.ts' }];
  let plain: string;
  let guarded: string;
  let two: string;
  beforeAll(() => {
    const root = project('guarded', { ...program, 'src/entry.ts': entry });
    // Programs are the same wherever they lie, so that what they print can be compared.
    plain = pathOf(compile(root, { entries }));
    guarded = pathOf(compile(root, { entries, injected }));
    two = pathOf(compile(root, { entries: [...entries, { name: 'toold', source: 'src/toold.cjs' }], injected: { ...injected, descriptor: { ...injected.descriptor, topLevel: true } } }));
  });
  const outcome = (path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, argv0 = 'tool') => {
    const { status, signal, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', env, argv0 });
    return { status, signal, stdout, stderr };
  };

  test.each(['nothing', 'throw', 'reject', 'later', 'exit', 'code', 'signal', 'wait'])('runs as it would without, to the last byte it prints: %s', (what) => {
    expect(outcome(guarded, [what, 'a b'])).toEqual(outcome(plain, [what, 'a b']));
    const { status, signal, stdout } = outcome(plain, [what]);
    expect([status, signal, stdout]).toEqual([{ throw: 1, reject: 1, later: 1, exit: 7, code: 8, signal: null }[what] ?? (what === 'signal' ? null : 0), what === 'signal' ? 'SIGTERM' : null, expect.stringContaining('"main":true,"url":"file:///$bunfs/root/tool","self":true')]);
  });

  test.each<[what: string, path: () => string, args: readonly string[], env: NodeJS.ProcessEnv, argv0: string, says: string]>([
    ['begins with the guard, by whatever name', () => two, ['x'], { TELL: '1', SLIPWAY_RUN_AS: 'toold' }, 'tool', 'begin tool toold x\n{"name":"toold","args":["x"],"runAs":null}\n'],
    ['leaves `self` of its own name to the commands', () => guarded, ['self', 'update', '--check'], { TELL: '1' }, 'tool', 'begin tool  self update --check\n/ 1.2.3 self update --check\n'],
    ['has `update` only where the publisher wants it', () => two, ['update'], {}, 'tool', '/ 1.2.3 update\n'],
    ['leaves `self` of its other names to the program', () => two, ['self'], {}, 'toold', '{"name":"toold","args":["self"],"runAs":null}\n'],
  ])('%s', (_, path, args, env, argv0, says) => {
    const { stdout, stderr } = outcome(path(), args, env, argv0);
    expect(stderr + stdout).toBe(says);
  });

  test('a command sets the exit code', () => {
    expect(outcome(guarded, ['self']).status).toBe(3);
  });

  test.each([['nothing', 'loaded'], ['throw', 'failed'], ['reject', 'failed'], ['later', 'loaded'], ['wait', 'loaded'], ['exit', undefined]])('on trial, it tells how its entry loaded: %s, %s', (what, told) => {
    const { stdout, stderr, status } = outcome(guarded, [what], { TELL: 'trial' });
    expect(/^(loaded|failed)$/m.exec(stderr)?.[1]).toBe(told);
    const { stdout: plainOut, stderr: plainErr, status: plainStatus } = outcome(plain, [what], { TELL: 'trial' });
    expect([stdout, stderr.replace(/^begin.*\n/, '').replace(/^(loaded|failed)\n/m, ''), status]).toEqual([plainOut, plainErr, plainStatus]);
  });
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

test('the packages that something of is bundled are told, compiled or not; what is found unused is not among them', () => {
  const root = project('with-packages', {
    'src/tool.ts': `import { used } from 'used';\nimport { unused } from 'unused';\nimport file from 'asset/data.bin' with { type: 'file' };\nimport text from 'text/some.txt' with { type: 'text' };\nimport json from 'json/some.json';\nconsole.log(used, file, text, json.answer);\n`,
    'node_modules/used/package.json': JSON.stringify({ name: 'used', version: '1.2.0', license: 'ISC', main: 'index.js' }),
    'node_modules/used/LICENSE': 'as you like',
    'node_modules/used/index.js': 'export { used } from "deep";',
    'node_modules/deep/package.json': JSON.stringify({ name: 'deep', version: '0.1.0', main: 'index.js' }),
    'node_modules/deep/index.js': 'export const used = process.argv.length;',
    'node_modules/asset/package.json': JSON.stringify({ name: 'asset', version: '1.0.0' }),
    'node_modules/asset/data.bin': 'data',
    'node_modules/text/package.json': JSON.stringify({ name: 'text', version: '1.0.0' }),
    'node_modules/text/some.txt': 'words',
    'node_modules/json/package.json': JSON.stringify({ name: 'json', version: '1.0.0' }),
    'node_modules/json/some.json': '{ "answer": 42 }',
    'node_modules/unused/package.json': JSON.stringify({ name: 'unused', version: '1.0.0', main: 'index.js', sideEffects: false }),
    'node_modules/unused/index.js': 'export const unused = 1;',
  });
  const first = compile(root, { entries: [{ name: 'tool', source: 'src/tool.ts' }] });
  if (first.kind !== 'compiled') throw new Error(JSON.stringify(first));
  expect(first.packages.map(({ name }) => name)).toEqual(['asset', 'deep', 'json', 'text']); // `used` only passes on what is another's
  const again = compile(root, { entries: [{ name: 'tool', source: 'src/tool.ts' }], presentKey: first.key });
  expect(again).toEqual({ kind: 'unchanged', key: first.key, packages: first.packages });
});
