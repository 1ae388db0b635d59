/**
 * python-tuf, the reference implementation, reads what we sign: from the first root, through rotations of every key,
 * with the trust of an earlier visit and without any.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { clockPort, fsPort, lockPort, randomPort } from '@slipway/platform';
import { channelRecordSchema } from '@slipway/core';
import { promote, yank } from './changes/offers.ts';
import { initKeys, renewTrust, revokeKey, rotateKey } from './keys/keys.ts';
import { changeRepository, type Publisher } from './repository/change.ts';
import { placesIn, releaseOf, ringOf, scratchFolder } from './sample.fixture.ts';

const python = process.env['PYTHON'] ?? 'python3';
const script = new URL('reference-client.py', import.meta.url).pathname;

interface Found {
  readonly root: number;
  readonly timestamp: number;
  readonly snapshot: number;
  readonly targets: Readonly<Record<string, string | null>>;
}

let folder: string;
let publisher: Publisher;
let firstRoot: string;

/** One visit of a client that keeps its trust in `state`. */
function visit(state: string, ...names: readonly string[]): Found {
  return JSON.parse(execFileSync(python, [script, publisher.folder, join(folder, state), firstRoot, ...names], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })) as Found;
}

function versionsIn(hex: string | null | undefined): readonly string[] {
  const record = channelRecordSchema.parse(JSON.parse(Buffer.from(hex ?? '', 'hex').toString('utf8')));
  return record.candidates.map(({ version }) => version);
}

const keys = (): Parameters<typeof rotateKey>[0] => ({ places: publisher.places, ring: publisher.ring, now: clockPort.now() });

beforeAll(async () => {
  execFileSync(python, ['-c', 'import tuf, cryptography']); // fails with the reason where the reference is not installed: `make test` installs it
  folder = scratchFolder();
  const places = placesIn(folder);
  publisher = { places, ring: ringOf(places), folder: join(folder, 'site'), ports: { fs: fsPort, clock: clockPort, random: randomPort, lock: lockPort } };
  await initKeys(keys(), { channels: ['stable', 'beta'], rootKeys: 3, rootThreshold: 2 });
  firstRoot = join(folder, 'first.root.json');
  copyFileSync(places.rootFile, firstRoot);
  await releaseOf(publisher, '1.0.0');
});

describe('the reference client', () => {
  test('finds the records of a release, and the text for the install script', () => {
    const found = visit('visitor', 'stable/linux-x64.json', 'stable/linux-x64.install', 'stable/windows-x64.json', 'beta/linux-x64.json');
    expect(found).toMatchObject({ root: 1, timestamp: 1, snapshot: 1, targets: { 'stable/windows-x64.json': null, 'beta/linux-x64.json': null } });
    expect(versionsIn(found.targets['stable/linux-x64.json'])).toEqual(['1.0.0']);
    expect(Buffer.from(found.targets['stable/linux-x64.install'] ?? '', 'hex').toString('utf8')).toMatch(/^slipway-install 1\nproduct tool\nversion 1\.0\.0\nrecord [0-9a-f]{64} \d+\nfile 755 .* tool\nlink tool toold\n/);
  });

  test.each(['timestamp', 'snapshot', 'targets', 'stable', 'root'])('follows when the %s key is rotated', async (role) => {
    const before = visit('visitor');
    const row = publisher.ring.folder.keys().find(({ file }) => file.role === role);
    await rotateKey(keys(), role, row?.file.keyid);
    await changeRepository(publisher, { renew: [] }, () => undefined);
    const newRoots = role === 'stable' ? 0 : 1;
    expect(visit('visitor', 'stable/linux-x64.json')).toMatchObject({ root: before.root + newRoots, timestamp: before.timestamp + 1 });
    expect(visit(`newcomer-${role}`, 'stable/linux-x64.json')).toMatchObject({ root: before.root + newRoots });
  });

  test('follows two roots that are published at once', async () => {
    const before = visit('visitor');
    await renewTrust(keys());
    await revokeKey(keys(), publisher.ring.folder.keys().find(({ file }) => file.role === 'timestamp' && file.created > 0 && isTrusted(file.keyid))?.file.keyid ?? '');
    await releaseOf(publisher, '1.1.0');
    const found = visit('visitor', 'stable/linux-x64.json');
    expect(found.root).toBe(before.root + 2);
    expect(versionsIn(found.targets['stable/linux-x64.json'])).toEqual(['1.1.0', '1.0.0']);
  });

  test('sees a promotion and a yank', async () => {
    await changeRepository(publisher, {}, (draft) => promote(draft, '1.1.0', 'stable', 'beta'));
    await changeRepository(publisher, {}, (draft) => yank(draft, '1.1.0', 'stable', { revoke: false, recallTo: '1.0.0' }));
    const found = visit('visitor', 'beta/linux-arm64.json', 'stable/linux-x64.install');
    expect(versionsIn(found.targets['beta/linux-arm64.json'])).toEqual(['1.1.0']);
    expect(Buffer.from(found.targets['stable/linux-x64.install'] ?? '', 'hex').toString('utf8')).toContain('\nversion 1.0.0\n');
  });

  test('refuses a repository whose timestamp another key signed', async () => {
    const before = visit('visitor');
    const other = placesIn(join(folder, 'other'));
    await initKeys({ places: other, ring: ringOf(other), now: clockPort.now() }, { channels: ['stable'], rootKeys: 1, rootThreshold: 1 });
    const foreign: Publisher = { ...publisher, places: other, ring: ringOf(other), folder: join(folder, 'foreign') };
    await releaseOf(foreign, '6.6.6');
    copyFileSync(join(foreign.folder, 'metadata/timestamp.json'), join(publisher.folder, 'metadata/timestamp.json'));
    expect(() => visit('visitor')).toThrow(/timestamp was signed by 0\/1 keys/);
    expect(before.root).toBeGreaterThan(1);
  });
});

function isTrusted(keyid: string): boolean {
  return readFileSync(publisher.places.rootFile, 'utf8').includes(keyid);
}
