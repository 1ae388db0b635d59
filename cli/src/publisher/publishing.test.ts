/** The publisher's commands as they really run, in processes of the pinned Bun, on what `slipway dist --fake` has built. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { channelRecordSchema, releaseRecordSchema, type ReleaseRecord } from '@slipway/core';
import { KeyFolder, KeyRing, initKeys } from '@slipway/release';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-publishing-')));
afterAll(() => rmSync(scratch, { recursive: true }));
const command = new URL('../../bin/slipway.js', import.meta.url).pathname;
const project = join(scratch, 'hello');
const site = join(scratch, 'site');
const passphrase = 'a phrase for tests';

interface Ran { readonly code: number | null; readonly stdout: string; readonly stderr: string }

function slipway(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd: project, encoding: 'utf8', env: { ...process.env, SLIPWAY_CACHE_DIR: join(scratch, 'cache'), SLIPWAY_PASSPHRASE: passphrase, CI: '1' } });
  return { code: status, stdout, stderr };
}

const json = (...args: readonly string[]): unknown => JSON.parse(slipway(...args, '--json').stdout);
const releaseTo = (folder: string, ...more: readonly string[]): readonly string[] => ['release', '--channel', 'stable', '--to', folder, ...more];
let released: unknown;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function records(): ReadonlyMap<string, ReleaseRecord> {
  const folder = join(site, 'records');
  return new Map(readdirSync(folder).map((name) => releaseRecordSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))).map((record) => [record.target, record]));
}

beforeAll(async () => {
  cpSync(new URL('../../../examples/hello', import.meta.url).pathname, project, { recursive: true, filter: (path) => !path.includes('dist') });
  const { code, stderr } = slipway('dist', '--fake');
  if (code !== 0) throw new Error(stderr);
  const places = { keys: join(project, 'slipway-keys'), rootFile: join(project, 'slipway.root.json') };
  const ring = new KeyRing(new KeyFolder(places.keys), { create: async () => passphrase, open: async () => passphrase }, 14); // the least that scrypt may cost
  await initKeys({ places, ring, now: Date.now() }, { channels: ['stable', 'beta'], rootKeys: 1, rootThreshold: 1 });
  released = json(...releaseTo(site));
});

test('a dry run says what would be released and makes no folder', () => {
  const folder = join(scratch, 'dry');
  expect(json(...releaseTo(folder, '--dry-run'))).toMatchObject({ outcome: 'released', version: '1.0.0', dryRun: true });
  expect(existsSync(folder)).toBe(false);
});

describe('a release', () => {
  test('holds for every target what its archive does, without the owner marker', () => {
    expect(released).toMatchObject({ outcome: 'released', channel: 'stable' });
    const list = (target: string): readonly string[] | undefined => records().get(target)?.components.map((one) => (one.kind === 'link' ? `${one.path} -> ${one.to}` : `${one.mode.toString(8)} ${one.path}`));
    expect(records().size).toBe(8);
    expect(list('linux-x64')).toEqual(['755 hello', 'hellod -> hello', '644 README.md']);
    expect(list('windows-arm64')).toEqual(['755 hello.exe', '755 hellod.exe', '644 README.md']);
  });

  test('has payloads that inflate to the files of dist/ and of the project', () => {
    const files = (records().get('darwin-arm64')?.components ?? []).flatMap((one) => (one.kind === 'file' ? [one] : []));
    for (const { full, size, sha256: expected } of files) {
      const payload = readFileSync(join(site, 'payloads', full.sha256));
      expect([payload.length, sha256(payload)]).toEqual([full.size, full.sha256]);
      const plain = gunzipSync(payload);
      expect([plain.length, sha256(plain)]).toEqual([size, expected]);
    }
    expect(files.map((one) => one.sha256)).toEqual([join(project, 'dist/bin/darwin-arm64/hello'), join(project, 'README.md')].map((path) => sha256(readFileSync(path))));
  });

  test('again is an outcome', () => {
    expect(json(...releaseTo(site))).toMatchObject({ outcome: 'alreadyReleased', targets: [], deflatedBytes: 0 });
  });

  test('of an executable that is not the recorded one is refused', () => {
    const changed = join(scratch, 'changed');
    cpSync(join(project, 'dist'), changed, { recursive: true });
    appendFileSync(join(changed, 'bin/linux-x64/hello'), 'more');
    const { code, stderr } = slipway(...releaseTo(site, '--dist', changed));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error\[VERIFY_FAILED\]: .*bin\/linux-x64\/hello is not the file that artifacts\.json lists: SHA-256 \w+, not \w+\nhint: /)]);
  });

  test('of a folder that nothing was built into is refused', () => {
    expect(slipway(...releaseTo(site, '--dist', project))).toMatchObject({ code: 2, stderr: expect.stringContaining('error[DIST_NOT_FOUND]') });
  });

  test('without archives says what is missing', () => {
    const dist = join(scratch, 'npm-only');
    expect(slipway('dist', '--fake', '--target', 'linux-x64', '--wrapper', 'npm', '--out', dist).code).toBe(0);
    expect(slipway(...releaseTo(join(scratch, 'without'), '--dist', dist))).toMatchObject({ code: 0, stderr: expect.stringContaining('warning: dist/ has no archive, so the release has no licence and no README') });
  });
});

test('promote, rollout, yank and unyank, one after the other', () => {
  const to = ['--to', site] as const;
  expect(json('promote', '1.0.0', '--from', 'stable', '--to-channel', 'beta', ...to)).toMatchObject({ outcome: 'changed', channel: 'beta' });
  expect(json('rollout', '1.0.0', '12.5', '--channel', 'stable', ...to)).toMatchObject({ outcome: 'changed' });
  expect(json('yank', '1.0.0', '--channel', 'beta', ...to)).toMatchObject({ outcome: 'changed' });
  expect(json('unyank', '1.0.0', '--channel', 'beta', ...to)).toMatchObject({ outcome: 'changed' });
  const newest = readdirSync(join(site, 'targets/stable')).filter((name) => name.endsWith('.linux-x64.json')).map((name) => channelRecordSchema.parse(JSON.parse(readFileSync(join(site, 'targets/stable', name), 'utf8')))).find(({ candidates }) => candidates[0]?.rollout !== undefined);
  expect(newest?.candidates.map(({ version, rollout }) => [version, rollout?.percent])).toEqual([['1.0.0', 12.5]]);
});

test('resign tells what expires only when something does', () => {
  expect(slipway('resign', '--to', site)).toMatchObject({ code: 0, stdout: 'Signed again: timestamp, snapshot\n' });
});

test.each<[string, readonly string[], number, string]>([
  ['a version that is not there', ['yank', '9.9.9', '--channel', 'stable', '--to', site], 2, 'VERSION_UNKNOWN'],
  ['a percentage that is none', ['rollout', '1.0.0', '101', '--channel', 'stable', '--to', site], 2, 'USAGE'],
  ['no repository', ['resign', '--to', join(scratch, 'nothing')], 2, 'REPOSITORY_NOT_FOUND'],
  ['keys that are there', ['keys', 'init'], 2, 'KEYS_EXIST'],
  ['more signatures than keys', ['keys', 'init', '--root-keys', '2', '--root-threshold', '3'], 2, 'USAGE'],
  ['a channel with the name of a role', ['keys', 'init', '--channel', 'snapshot'], 2, 'USAGE'],
  ['an option that is misspelt', ['release', '--chanel', 'stable', '--channel', 'stable', '--to', site], 2, 'USAGE'],
  ['a folder to serve that is not there', ['serve', join(scratch, 'nothing')], 2, 'FILE_MISSING'],
])('%s: exit code and one error', (_, args, code, name) => {
  const ran = slipway(...args);
  expect([ran.code, ran.stdout]).toEqual([code, '']);
  expect(ran.stderr).toMatch(new RegExp(`^error\\[${name}\\]: [^\\n]+\\nhint: [^\\n]+\\n$`));
});

test('a damaged repository is told by the file', () => {
  const damaged = join(scratch, 'damaged');
  cpSync(site, damaged, { recursive: true });
  const [name] = readdirSync(join(damaged, 'metadata')).filter((one) => one.endsWith('.snapshot.json')).sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
  appendFileSync(join(damaged, 'metadata', name ?? ''), ' ');
  expect(slipway('resign', '--to', damaged)).toMatchObject({ code: 65, stderr: expect.stringContaining(`${name} cannot be used: its bytes are not those that were signed`) });
});
