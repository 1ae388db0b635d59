/** What the publisher's commands do to a repository, and how each refuses. */
import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { SlipwayError, type ChannelRecord } from '@slipway/core';
import { memoryMachine, type MemoryMachine } from '@slipway/testkit';
import { initKeys, listKeys, renewTrust, revokeKey, rotateKey } from '../keys/keys.ts';
import { changeRepository, type Publisher } from '../repository/change.ts';
import { payloadPath } from '../repository/layout.ts';
import { built, choices, file, folder, newPublisher, placesIn, releaseOf, ringOf, scratchFolder } from '../sample.fixture.ts';
import { promote, rollout, unyank, yank } from './offers.ts';
import { release } from './release.ts';
import { expiringSoon } from './resign.ts';

type Sample = Publisher & { readonly machine: MemoryMachine };
const day = 86_400_000;
const random = (count: number): Uint8Array => new Uint8Array(count).fill(1);

function record(publisher: Publisher, channel = 'stable'): Promise<ChannelRecord | undefined> {
  return changeRepository(publisher, { dryRun: true }, (draft) => draft.records(channel).get('linux-x64'));
}

const versions = async (publisher: Publisher, channel = 'stable'): Promise<readonly string[] | undefined> => (await record(publisher, channel))?.candidates.map(({ version }) => version);
const contents = ({ machine }: Sample): ReadonlyMap<string, string> => new Map(machine.files.paths().filter((path) => !path.endsWith('/') && !path.endsWith('.lock')).map((path) => [path, createHash('sha256').update(machine.files.read(path, 2 ** 24) ?? '').digest('hex')]));

function bytesAt({ machine }: Sample, path: string): Uint8Array {
  return machine.files.read(join(folder, path), 2 ** 24) ?? new Uint8Array();
}

describe('release', () => {
  test('writes payloads that inflate to the files, each once', async () => {
    const publisher = await newPublisher();
    const { payloadBytes } = await releaseOf(publisher, '1.0.0');
    const components = await changeRepository(publisher, { dryRun: true }, (draft) => [...draft.records('stable').values()].flatMap(({ candidates }) => candidates.flatMap((one) => draft.release(one).components)));
    const files = components.flatMap((one) => (one.kind === 'file' ? [one] : []));
    for (const one of files) expect(createHash('sha256').update(gunzipSync(bytesAt(publisher, payloadPath(one.full.sha256)))).digest('hex')).toBe(one.sha256);
    const distinct = new Map(files.map(({ full }) => [full.sha256, full.size]));
    expect(distinct.size).toBe(3); // two executables and one README
    expect(payloadBytes).toBe([...distinct.values()].reduce((a, b) => a + b));
  });

  test('again with the same files is an outcome, and touches nothing', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    const before = contents(publisher);
    expect(await releaseOf(publisher, '1.0.0')).toMatchObject({ outcome: 'alreadyReleased', targets: [] });
    expect(contents(publisher)).toEqual(before);
  });

  test('of another channel has the same record', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    publisher.machine.now += day;
    await releaseOf(publisher, '1.0.0', { channel: 'beta' });
    expect((await record(publisher, 'beta'))?.candidates).toEqual((await record(publisher))?.candidates);
  });

  test('of an older version comes after the newer ones', async () => {
    const publisher = await newPublisher();
    for (const version of ['1.2.0', '1.1.5', '1.10.0-beta.1', '1.10.0']) await releaseOf(publisher, version);
    expect(await versions(publisher)).toEqual(['1.10.0', '1.10.0-beta.1', '1.2.0', '1.1.5']);
  });

  test('adds targets that were built later', async () => {
    const publisher = await newPublisher();
    await changeRepository(publisher, { create: true }, (draft) => release(draft, built('1.0.0', ['linux-arm64']), choices()));
    expect(await releaseOf(publisher, '1.0.0')).toMatchObject({ outcome: 'released', targets: ['linux-x64'] });
  });

  test('is never dated before the last one, whatever the clock says', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    publisher.machine.now -= 5 * day;
    await releaseOf(publisher, '1.1.0');
    expect((await record(publisher))?.date).toBe((publisher.machine.now + 5 * day) / 1000);
  });

  test('reads nothing of what a reader of the manifest and the checksums could not', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0', { notes: 'First.' });
    const manifest = JSON.parse(Buffer.from(bytesAt(publisher, 'version-manifest.json')).toString('utf8')) as object;
    expect(manifest).toMatchObject({ product: 'tool', channels: { stable: { 'linux-x64': { version: '1.0.0' } } }, versions: { '1.0.0': { notes: 'First.' } } });
    expect(Buffer.from(bytesAt(publisher, 'releases/1.0.0/checksums.sha256')).toString('utf8').split('\n')).toHaveLength(5);
  });
});

describe('offers', () => {
  async function three(): Promise<Sample> {
    const publisher = await newPublisher();
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await releaseOf(publisher, version, { channel: 'beta' });
    await releaseOf(publisher, '1.0.0');
    return publisher;
  }

  test('a promotion signs pointers and writes no payload and no record', async () => {
    const publisher = await three();
    const before = contents(publisher);
    await changeRepository(publisher, {}, (draft) => promote(draft, '1.2.0', 'beta', 'stable'));
    const added = [...contents(publisher).keys()].filter((path) => !before.has(path));
    expect(added.filter((path) => /payloads|records/.test(path))).toEqual([]);
    expect(added.filter((path) => path.includes('/metadata/')).map((path) => path.replace(/.*\/\d+\./, '')).sort()).toEqual(['snapshot.json', 'stable.json']);
    expect(await versions(publisher)).toEqual(['1.2.0', '1.0.0']);
  });

  test('a rollout keeps its salt while it grows, and ends as no rollout', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0', { percent: 10 });
    const salt = (await record(publisher))?.candidates[0]?.rollout?.salt;
    await changeRepository(publisher, {}, (draft) => rollout(draft, '1.0.0', 50, 'stable', random));
    expect((await record(publisher))?.candidates[0]?.rollout).toEqual({ percent: 50, salt });
    await changeRepository(publisher, {}, (draft) => rollout(draft, '1.0.0', 100, 'stable', random));
    expect((await record(publisher))?.candidates[0]?.rollout).toBeUndefined();
    expect(await changeRepository(publisher, {}, (draft) => rollout(draft, '1.0.0', 100, 'stable', random))).toMatchObject({ outcome: 'unchanged' });
  });

  test('a yank with a recall, and back', async () => {
    const publisher = await three();
    await changeRepository(publisher, {}, (draft) => yank(draft, '1.2.0', 'beta', { revoke: false, recallTo: '1.1.0' }));
    expect(await record(publisher, 'beta')).toMatchObject({ yanked: ['1.2.0'], revoked: [], recallTo: { version: '1.1.0' } });
    await changeRepository(publisher, {}, (draft) => unyank(draft, '1.2.0', 'beta'));
    const after = await record(publisher, 'beta');
    expect(after).toMatchObject({ yanked: [], revoked: [] });
    expect(after?.recallTo).toBeUndefined();
  });

  test.each<[string, string | undefined, (publisher: Sample) => Promise<unknown>]>([
    ['nothing is yanked', '1.2.0', async () => undefined],
    ['the newest is yanked', '1.1.0', (publisher) => changeRepository(publisher, {}, (draft) => yank(draft, '1.2.0', 'beta', { revoke: true }))],
    ['the newest is for some', '1.1.0', (publisher) => changeRepository(publisher, {}, (draft) => rollout(draft, '1.2.0', 10, 'beta', random))],
    ['all are yanked', undefined, (publisher) => changeRepository(publisher, {}, (draft) => ['1.0.0', '1.1.0', '1.2.0'].map((version) => yank(draft, version, 'beta', { revoke: false })))],
  ])('a new installation when %s: %s', async (_, version, change) => {
    const publisher = await three();
    await change(publisher);
    const listed = await changeRepository(publisher, { dryRun: true }, (_draft, { repository }) => repository?.channels.get('beta')?.metadata.signed.targets['beta/linux-x64.install']);
    const text = listed === undefined ? '' : Buffer.from(bytesAt(publisher, `targets/beta/${listed.hashes.sha256}.linux-x64.install`)).toString('utf8');
    expect(/^version (.*)$/m.exec(text)?.[1]).toBe(version);
  });

  test('a renewal signs what it is told, and tells what will expire', async () => {
    const publisher = await three();
    publisher.machine.now += 70 * day;
    expect(await changeRepository(publisher, { renew: ['beta'] }, (_, view) => expiringSoon(view, ['beta'], publisher.machine.now))).toMatchObject([{ role: 'stable', days: 20 }]);
    expect(await changeRepository(publisher, { renew: ['stable'] }, (_, view) => expiringSoon(view, ['stable'], publisher.machine.now))).toEqual([]);
  });
});

describe('refusals, each with nothing changed', () => {
  const other = built('1.0.0', ['linux-x64', 'linux-arm64'], 'changed');
  test.each<[string, string, RegExp, (publisher: Sample) => Promise<unknown>]>([
    ['a version with other bytes', 'RELEASE_CONFLICT', /1\.0\.0 for linux-x64 is released already, with other files: README\.md is /, (publisher) => changeRepository(publisher, {}, (draft) => release(draft, other, choices()))],
    ['a version with other notes', 'RELEASE_CONFLICT', /with other notes/, (publisher) => releaseOf(publisher, '1.0.0', { notes: 'x' })],
    ['another product', 'REPOSITORY_FOREIGN', /is for tool, not for spanner/, (publisher) => changeRepository(publisher, {}, (draft) => release(draft, { ...other, product: 'spanner' }, choices()))],
    ['a channel that is none', 'CHANNEL_UNKNOWN', /no channel "stabel"/, (publisher) => releaseOf(publisher, '1.1.0', { channel: 'stabel' })],
    ['a version that is not there', 'VERSION_UNKNOWN', /stable has no 9\.9\.9/, (publisher) => changeRepository(publisher, {}, (draft) => yank(draft, '9.9.9', 'stable', { revoke: false }))],
    ['a recall to nothing', 'VERSION_UNKNOWN', /cannot recall to 0\.9\.0/, (publisher) => changeRepository(publisher, {}, (draft) => yank(draft, '1.0.0', 'stable', { revoke: false, recallTo: '0.9.0' }))],
    ['files that leave the release', 'USAGE', /components/, (publisher) => changeRepository(publisher, {}, (draft) => release(draft, { ...other, version: '2.0.0', targets: [{ target: 'linux-x64', components: [file('../tool', 'x')] }] }, choices()))],
    ['a wrong passphrase', 'PASSPHRASE_WRONG', /does not open stable-/, (publisher) => releaseOf({ ...publisher, ring: ringOf(publisher.places, 'wrong') }, '1.1.0')],
    ['a folder without keys', 'KEYS_NOT_FOUND', /no folder of keys/, (publisher) => releaseOf({ ...publisher, places: { ...publisher.places, keys: '/nowhere' }, ring: ringOf({ ...publisher.places, keys: '/nowhere' }) }, '1.1.0')],
    ['a machine that knows no root', 'REPOSITORY_FOREIGN', /no root is known here/, (publisher) => releaseOf({ ...publisher, places: placesIn('/nowhere') }, '1.1.0')],
    ['an expired root', 'METADATA_EXPIRED', /root 1 expired on 2027-01-01T00:00:00Z/, (publisher) => { publisher.machine.now += 366 * day; return releaseOf(publisher, '1.1.0'); }],
    ['a folder that is no repository', 'REPOSITORY_NOT_FOUND', /no release repository in \/elsewhere/, (publisher) => changeRepository({ ...publisher, folder: '/elsewhere' }, {}, () => undefined)],
  ])('%s: %s', async (_, code, message, change) => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    const before = contents(publisher);
    const error = await change(publisher).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SlipwayError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(contents(publisher)).toEqual(before);
  });

  test('a release of what was yanked, a promotion of it, and an end of a revocation', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    await changeRepository(publisher, {}, (draft) => yank(draft, '1.0.0', 'stable', { revoke: true }));
    const conflict = { code: 'RELEASE_CONFLICT' };
    await expect(releaseOf(publisher, '1.0.0')).rejects.toMatchObject(conflict);
    await expect(changeRepository(publisher, {}, (draft) => promote(draft, '1.0.0', 'stable', 'beta'))).rejects.toMatchObject(conflict);
    await expect(changeRepository(publisher, {}, (draft) => unyank(draft, '1.0.0', 'stable'))).rejects.toMatchObject(conflict);
  });

  test('the repository of somebody else', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    const stranger = await newPublisher(publisher.machine);
    await expect(releaseOf(stranger, '1.1.0')).rejects.toMatchObject({ code: 'REPOSITORY_FOREIGN', message: expect.stringContaining('its root 1 is another one') });
  });

  test('every file of the repository that is gone, cut off or changed, by its name', async () => {
    const publisher = await newPublisher(memoryMachine(), ['stable']);
    await releaseOf(publisher, '1.0.0');
    const signed = [...contents(publisher).keys()].filter((path) => /\/(metadata|targets|records|payloads)\//.test(path) && !path.endsWith('.install') && !path.endsWith('timestamp.json'));
    expect(signed).toHaveLength(4 + 2 + 2 + 3);
    for (const path of signed) {
      const bytes = publisher.machine.files.read(path, 2 ** 24) ?? new Uint8Array();
      for (const damaged of [undefined, bytes.subarray(0, -1), Buffer.concat([bytes.subarray(0, -2), Buffer.from('??')])]) {
        if (path.includes('/payloads/') && damaged?.length === bytes.length) continue; // their bytes are read by whoever relies on them
        put(publisher, path, damaged);
        const reading = changeRepository(publisher, { dryRun: true }, (draft, { reader }) => {
          for (const one of draft.records('stable').values()) for (const candidate of one.candidates) reader.checkPayloads(draft.release(candidate));
        });
        await expect(reading).rejects.toMatchObject({ code: path.includes('root.json') ? expect.stringMatching(/REPOSITORY_(DAMAGED|FOREIGN)/) : 'REPOSITORY_DAMAGED', message: expect.stringContaining(path.includes('root.json') ? folder : path) });
        put(publisher, path, bytes);
      }
    }
  });

  test('a payload that is there with other bytes, when a new release needs it', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    const readme = await changeRepository(publisher, { dryRun: true }, (draft) => [...draft.records('stable').values()].flatMap(({ candidates }) => candidates.flatMap((one) => draft.release(one).components)).find(({ path }) => path === 'README.md'));
    const path = join(folder, payloadPath(readme?.kind === 'file' ? readme.full.sha256 : ''));
    const bytes = Buffer.from(publisher.machine.files.read(path, 2 ** 20) ?? []);
    put(publisher, path, Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]));
    await expect(releaseOf(publisher, '1.1.0')).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED', message: expect.stringContaining(path) });
  });
});

describe('keys', () => {
  const context = ({ places, ring, machine }: Sample): Parameters<typeof rotateKey>[0] => ({ places, ring, now: machine.now });

  test('are never replaced by init', async () => {
    const publisher = await newPublisher();
    await expect(initKeys(context(publisher), { channels: ['stable'], rootKeys: 1, rootThreshold: 1 })).rejects.toMatchObject({ code: 'KEYS_EXIST' });
  });

  test('are for their owner alone, and git does not see them', async () => {
    const { ring } = await newPublisher();
    expect(ring.folder.exposed()).toEqual([]);
    expect(ring.folder.keys()).toHaveLength(3 + 1 + 2 + 1 + 1);
  });

  test('a root key is named among several, and a lost one is replaced by the others', async () => {
    const publisher = await newPublisher();
    await expect(rotateKey(context(publisher), 'root')).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('root has 3 keys') });
    const lost = listKeys(publisher).find(({ role }) => role === 'root');
    publisher.ring.folder.setAside(lost?.keyid ?? '');
    await revokeKey(context(publisher), lost?.name ?? '');
    expect(listKeys(publisher).filter(({ role, trusted }) => role === 'root' && trusted).map(({ here }) => here)).toEqual([true, true, true]);
  });

  test('fewer root keys than the threshold change nothing', async () => {
    const publisher = await newPublisher();
    for (const { keyid } of listKeys(publisher).filter(({ role }) => role === 'root').slice(1)) publisher.ring.folder.setAside(keyid);
    const before = publisher.ring.folder.keys().length;
    await expect(rotateKey(context(publisher), 'timestamp')).rejects.toMatchObject({ code: 'KEY_MISSING', message: expect.stringMatching(/root metadata must be signed with 2 of its 3 keys, of which 1 are here: root-\w+, root-\w+ are not in/) });
    expect(publisher.ring.folder.keys()).toHaveLength(before);
  });

  test('a channel whose key is elsewhere cannot be signed, the others can', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    publisher.ring.folder.setAside(listKeys(publisher).find(({ role }) => role === 'stable')?.keyid ?? '');
    await expect(releaseOf(publisher, '1.1.0')).rejects.toMatchObject({ code: 'KEY_MISSING', message: expect.stringContaining('stable metadata must be signed with its key: stable-') });
    await releaseOf(publisher, '1.1.0', { channel: 'beta' });
    expect(await versions(publisher)).toEqual(['1.0.0']);
  });

  test('an expired root is renewed, and the repository goes on', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    publisher.machine.now += 400 * day;
    await renewTrust(context(publisher));
    await releaseOf(publisher, '1.1.0');
    expect(await versions(publisher)).toEqual(['1.1.0', '1.0.0']);
  });

  /** A checkout: the newest root is in version control, the folder of keys was brought without `signed/`. */
  function checkout(publisher: Sample): Publisher {
    const places = placesIn(scratchFolder());
    copyFileSync(publisher.places.rootFile, places.rootFile);
    return { ...publisher, places };
  }

  test('the newest root alone is enough to publish it', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    await rotateKey(context(publisher), 'snapshot');
    await releaseOf(checkout(publisher), '1.1.0');
    expect(await versions(publisher)).toEqual(['1.1.0', '1.0.0']);
  });

  test('a root between two that is missing is missed', async () => {
    const publisher = await newPublisher();
    await releaseOf(publisher, '1.0.0');
    await rotateKey(context(publisher), 'snapshot');
    await rotateKey(context(publisher), 'timestamp');
    await expect(releaseOf(checkout(publisher), '1.1.0')).rejects.toMatchObject({ code: 'REPOSITORY_FOREIGN', message: expect.stringContaining('none of the roots known here (3), and no root that they follow from') });
  });
});

function put({ machine }: Sample, path: string, bytes: Uint8Array | undefined): void {
  if (machine.files.stat(path) !== undefined) machine.files.unlink(path);
  if (bytes === undefined) return;
  const written = machine.files.create(path, 0o644);
  written.write(bytes, 0);
  written.close();
}
