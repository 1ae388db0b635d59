/** The scripts as they are run: by every shell that this machine has, from a server, into a home of their own. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { targets } from '@slipway/core';
import { installerFiles } from './installer.ts';
import { staticRepository, type StaticRepository } from './repository.fixture.ts';

const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
const has = (command: string): boolean => (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
const shells: Readonly<Record<string, readonly string[]>> = { sh: ['sh'], dash: ['dash'], bash: ['bash'], 'busybox ash': ['busybox', 'ash'], zsh: ['zsh'] };

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-installer-')));
let repository: StaticRepository;
beforeAll(async () => { repository = await staticRepository(here.id, ['1.2.0', '1.1.0', '1.0.0'], ['1.0.0']); });
afterAll(() => {
  repository.close();
  rmSync(scratch, { recursive: true });
});

let home: string;
let untouched: ReadonlyMap<string, Uint8Array>;
beforeEach(() => {
  home = mkdtempSync(join(scratch, 'a home '));
  untouched = new Map(repository.files);
});

const scripts = (): ReturnType<typeof installerFiles> => installerFiles({ product: 'tool', names: ['tool', 'toold'], url: repository.url, channel: 'stable' });

interface Ended { readonly code: number | null; readonly stderr: string }

/** Not spawnSync: the server lives in this process. */
function run(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, shell: readonly string[] = ['sh']): Promise<Ended> {
  const [command = '', ...rest] = shell;
  const child = spawn(command, [...rest, '-s', '--', ...args], { env: { PATH: process.env['PATH'], HOME: home, SHELL: '/bin/sh', ...env }, cwd: home, stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  child.stdin.on('error', () => undefined);
  child.stdin.end(script);
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, stderr })); });
}

const install = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, shell?: readonly string[]): Promise<Ended> => run(scripts()['install.sh'], args, env, shell);
const uninstall = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, shell?: readonly string[]): Promise<Ended> => run(scripts()['uninstall.sh'], args, env, shell);
const tool = (...args: string[]): string => spawnSync(join(home, '.local/bin/tool'), args, { encoding: 'utf8' }).stdout;
const everything = (): readonly string[] => (readdirSync(home, { recursive: true }) as string[]).toSorted();

describe.each(Object.keys(shells))('%s', (name) => {
  const shell = shells[name] as readonly string[];
  const testHere = has(shell[0] as string) ? test : test.skip; // named by the title where this machine lacks it

  testHere('installs, is run again without harm, and removes what it did', async () => {
    writeFileSync(join(home, '.profile'), '# mine', { mode: 0o600 });
    expect(await install([], {}, shell)).toEqual({ code: 0, stderr: expect.stringContaining('tool 1.2.0 is installed in') });
    const root = join(home, '.local/share/tool');
    expect([tool('a', 'b c'), readlinkSync(join(root, 'current')), readlinkSync(join(root, 'versions/1.2.0/toold')), readlinkSync(join(home, '.local/bin/toold'))])
      .toEqual(['tool 1.2.0 a b c\n', 'versions/1.2.0', 'tool', join(root, 'current/toold')]);
    expect(readdirSync(root).toSorted()).toEqual(['current', 'receipt.json', 'staging', 'versions']);
    expect([statSync(join(root, 'versions/1.2.0/tool')).mode & 0o777, statSync(join(root, 'versions/1.2.0/docs/read me.md')).mode & 0o777, statSync(join(root, 'staging')).mode & 0o777, readdirSync(join(root, 'staging'))]).toEqual([0o755, 0o644, 0o700, []]);
    expect(JSON.parse(readFileSync(join(root, 'versions/1.2.0/.record.json'), 'utf8'))).toMatchObject({ version: '1.2.0' });
    expect(JSON.parse(readFileSync(join(root, 'receipt.json'), 'utf8'))).toMatchObject({ format: 1, product: 'tool', url: repository.url, channel: 'stable', bin: join(home, '.local/bin'), names: ['tool', 'toold'], profiles: [join(home, '.profile')] });
    const profile = readFileSync(join(home, '.profile'), 'utf8');
    expect(spawnSync('sh', ['-c', '. ./.profile; . ./.profile; tool'], { cwd: home, env: { HOME: home, PATH: '/usr/bin:/bin' }, encoding: 'utf8' }).stdout).toBe('tool 1.2.0 \n');

    expect((await install([], {}, shell)).code).toBe(0);
    expect([readFileSync(join(home, '.profile'), 'utf8'), tool()]).toEqual([profile, 'tool 1.2.0 \n']);

    expect(await uninstall([], {}, shell)).toEqual({ code: 0, stderr: 'tool is removed.\n' });
    expect(everything()).toEqual(['.local', '.local/bin', '.local/share', '.profile']);
    expect([readFileSync(join(home, '.profile'), 'utf8'), statSync(join(home, '.profile')).mode & 0o777]).toEqual(['# mine\n', 0o600]);
  });

  testHere('installs a version that is chosen', async () => {
    expect(await install(['--version', '1.1.0', '--root=r', '--bin', 'b', '--no-modify-path'], {}, shell)).toEqual({ code: 0, stderr: expect.stringContaining('tool 1.1.0 is installed in') });
    expect([spawnSync(join(home, 'b/tool'), { encoding: 'utf8' }).stdout, readlinkSync(join(home, 'r/current')), readFileSync(join(home, 'r/versions/1.1.0/docs/read me.md'), 'utf8'), existsSync(join(home, '.profile'))])
      .toEqual(['tool 1.1.0 \n', 'versions/1.1.0', 'About {version} "1.1.0"\n', false]);
  });
});

describe('refuses, with one error, and leaves nothing', () => {
  const payloads = (): readonly string[] => [...repository.files.keys()].filter((path) => path.startsWith('payloads/'));
  const spoil = (path: string, change: (bytes: Uint8Array) => Uint8Array): void => void repository.files.set(path, change(repository.files.get(path) as Uint8Array));
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === bytes.length - 9 ? byte ^ 1 : byte));

  test.each<[what: string, prepare: () => void, args: readonly string[], env: NodeJS.ProcessEnv, says: RegExp]>([
    ['a payload with one bit changed', () => payloads().forEach((path) => spoil(path, flip)), [], {}, /payloads\/[0-9a-f]{64} is not what the repository says/],
    ['a payload that is cut off', () => payloads().forEach((path) => spoil(path, (bytes) => bytes.subarray(0, -3))), [], {}, /is not what the repository says/],
    ['a payload that is missing', () => payloads().forEach((path) => repository.files.delete(path)), [], {}, /cannot be downloaded/],
    ['a snapshot that is not the announced one', () => spoil('metadata/5.snapshot.json', flip), [], {}, /5\.snapshot\.json is not what/],
    ['a sign-in page in place of the timestamp', () => spoil('metadata/timestamp.json', () => Buffer.from('<html>Sign in</html>')), [], {}, /timestamp\.json cannot be understood/],
    ['a channel that is not there', () => undefined, ['--channel', 'beta'], {}, /there is no channel beta/],
    ['a version that is not there', () => undefined, ['--version', '9.9.9'], {}, /has no version 9\.9\.9\nhint: It has: 1\.2\.0 1\.1\.0 1\.0\.0/],
    ['a version that was revoked', () => undefined, ['--version', '1.0.0'], {}, /1\.0\.0 was withdrawn/],
    ['a channel that is a path', () => undefined, ['--channel', '../x'], {}, /cannot be a channel/],
    ['an unknown option', () => undefined, ['--chanel', 'x'], {}, /no option --chanel/],
    ['an empty option', () => undefined, ['--root', ''], {}, /--root is empty/],
    ['no HOME', () => undefined, [], { HOME: undefined }, /HOME is not set/],
  ])('%s', async (_, prepare, args, env, says) => {
    prepare();
    try {
      const { code, stderr } = await install(args, env);
      expect([code, stderr, stderr.match(/^error: /gm)?.length]).toEqual([expect.any(Number), expect.stringMatching(says), 1]);
      expect(code).toBeGreaterThan(0);
      expect(everything().filter((path) => !['.local', '.local/bin', '.local/share'].includes(path))).toEqual([]);
    } finally {
      repository.files.clear();
      for (const [path, bytes] of untouched) repository.files.set(path, bytes);
    }
  });

  test.each<[what: string, prepare: (home: string) => void, says: RegExp]>([
    ['a file of somebody else under its name', (folder) => { mkdirSync(join(folder, '.local/bin'), { recursive: true }); writeFileSync(join(folder, '.local/bin/toold'), 'theirs'); }, /toold is there already, and is not ours/],
    ['a link of somebody else under its name', (folder) => { mkdirSync(join(folder, '.local/bin'), { recursive: true }); symlinkSync('/bin/true', join(folder, '.local/bin/tool')); }, /points to \/bin\/true/],
    ['a folder of somebody else in its place', (folder) => { mkdirSync(join(folder, '.local/share/tool/pictures'), { recursive: true }); }, /holds something else/],
    ['a file in its place', (folder) => { mkdirSync(join(folder, '.local/share'), { recursive: true }); writeFileSync(join(folder, '.local/share/tool'), ''); }, /is not a folder/],
  ])('%s', async (_, prepare, says) => {
    prepare(home);
    const before = everything();
    const { code, stderr } = await install();
    expect([code, stderr]).toEqual([1, expect.stringMatching(says)]);
    expect(everything()).toEqual(before);
  });

  test('a machine where nothing can compute a hash', async () => {
    const tools = join(home, 'tools');
    mkdirSync(tools);
    for (const name of ['sh', 'curl', 'gzip', 'uname', 'id', 'ls', 'sed', 'cat', 'rm', 'mkdir']) {
      const found = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
      if (found !== undefined) symlinkSync(found, join(tools, name));
    }
    const { code, stderr } = await install([], { PATH: tools }, ['/bin/sh']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no sha256sum, shasum or openssl here, so nothing that is downloaded could be checked/)]);
  });

  test('a place that cannot be written', async () => {
    const { code, stderr } = await install(['--root', '/proc/tool']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/cannot be (written|made)/)]);
  });
});

test('a damaged version is replaced, a sound one stays the same file', async () => {
  await install();
  const file = join(home, '.local/share/tool/versions/1.2.0/tool');
  const { ino } = statSync(file);
  await install();
  expect(statSync(file).ino).toBe(ino);
  writeFileSync(join(home, '.local/share/tool/versions/1.2.0/docs/read me.md'), 'scribbled');
  chmodSync(file, 0o644);
  expect((await install()).code).toBe(0);
  expect([readFileSync(join(home, '.local/share/tool/versions/1.2.0/docs/read me.md'), 'utf8'), tool()]).toEqual(['About {version} "1.2.0"\n', 'tool 1.2.0 \n']);
});

test('a script that is cut off on its way does nothing', async () => {
  const script = scripts()['install.sh'];
  for (const part of [0.3, 0.6, 0.9, 0.999]) await run(script.slice(0, Math.floor(script.length * part)));
  expect(everything()).toEqual([]);
});

test('the environment stands for the options', async () => {
  expect((await install([], { TOOL_INSTALL_ROOT: join(home, 'r'), TOOL_INSTALL_BIN: join(home, 'b'), TOOL_INSTALL_VERSION: '1.1.0', TOOL_INSTALL_NO_MODIFY_PATH: '1' })).code).toBe(0);
  expect([readlinkSync(join(home, 'r/current')), existsSync(join(home, '.profile'))]).toEqual(['versions/1.1.0', false]);
});

test.each<[shell: string, profiles: readonly string[]]>([
  ['/bin/zsh', ['.zshrc']],
  ['/bin/bash', ['.bashrc', '.profile']],
  ['/usr/bin/fish', ['.config/fish/conf.d/tool.fish']],
])('with %s as the shell, PATH is set in %j, and no more after the removal', async (shell, profiles) => {
  await install([], { SHELL: shell });
  for (const profile of profiles) expect(readFileSync(join(home, profile), 'utf8')).toContain(join(home, '.local/bin'));
  await uninstall();
  for (const profile of profiles) expect(existsSync(join(home, profile)) ? readFileSync(join(home, profile), 'utf8') : '').toBe('');
});

test('what is not ours is not removed', async () => {
  mkdirSync(join(home, 'precious'));
  writeFileSync(join(home, 'precious/file'), '');
  expect(await uninstall(['--root', 'precious'])).toEqual({ code: 1, stderr: expect.stringContaining('no receipt of tool') });
  expect(lstatSync(join(home, 'precious/file')).isFile()).toBe(true);
});

(has('shellcheck') ? test : test.skip)('shellcheck has nothing to say', () => {
  for (const [name, text] of Object.entries(scripts())) {
    expect([name, spawnSync('shellcheck', ['--shell=sh', '-'], { input: text, encoding: 'utf8' }).stdout]).toEqual([name, '']);
  }
});
