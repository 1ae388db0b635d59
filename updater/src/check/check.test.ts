import { expect, test } from '@jest/globals';
import { SlipwayError, type ChannelRecord, type ReleaseRecord } from '@slipway/core';
import { memoryMachine, mockRepository, type MemoryMachine, type MockRepository } from '@slipway/testkit';
import { noFloors } from '../trust/floors.ts';
import { check, type Check, type CheckRequest } from './check.ts';

const url = 'https://dl.example/tool/';

interface Scene {
  readonly repository: MockRepository;
  readonly machine: MemoryMachine;
  readonly request: Partial<CheckRequest>;
}

function scene(request: Partial<CheckRequest> = {}): Scene {
  const machine = memoryMachine();
  machine.files.makeFolder('/app', 0o755);
  return { repository: mockRepository(), machine, request };
}

/** Offer releases, the newest first, and ask as somebody on 1.0.0. */
async function asked({ repository, machine, request }: Scene, releases: readonly Partial<ReleaseRecord>[], record: Partial<ChannelRecord> = {}): Promise<Check> {
  const components = [repository.file('tool', new TextEncoder().encode('program'))];
  repository.channel({ candidates: releases.map((release) => repository.release({ version: '2.0.0', components, ...release })), ...record });
  repository.publish();
  for (const [name, bytes] of repository.files) machine.served.set(url + name, bytes);
  return await check(machine.ports, {
    descriptor: { product: 'tool', target: 'linux-x64', url, root: repository.root }, channel: 'stable', trustFolder: '/app/trust', floors: noFloors,
    installId: 'f'.repeat(32), current: { version: '1.0.0', record: 'a'.repeat(64) }, setAside: [], explicit: false, ...request,
  });
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason);
  return error instanceof SlipwayError ? `${error.code}: ${error.message}` : String(error);
}

test('an available release comes with its record, and the floors rise to its date', async () => {
  const found = await asked(scene(), [{ notes: 'Faster' }], { date: 1_767_225_000 });
  expect(found.outcome).toMatchObject({ outcome: 'available', why: 'update', record: { version: '2.0.0', notes: 'Faster', severity: 'normal' } });
  expect(found.outcome.outcome === 'available' && JSON.parse(new TextDecoder().decode(found.outcome.bytes))).toMatchObject({ notes: 'Faster' });
  expect(found.floors).toMatchObject({ root: 1, timestamp: 2, snapshot: 2, date: 1_767_225_000 });
});

test('an older signed date does not lower the floor', async () => {
  const found = await asked(scene({ floors: { ...noFloors, date: 1_767_225_100 } }), [], { date: 1_767_225_000 });
  expect(found).toMatchObject({ outcome: { outcome: 'upToDate' }, floors: { date: 1_767_225_100 } });
});

test.each<[what: string, releases: Partial<ReleaseRecord>[], request: Partial<CheckRequest>, outcome: object | string]>([
  ['within reach', [{ minFrom: '1.0.0' }], {}, { outcome: 'available', record: { version: '2.0.0' } }],
  ['out of reach, with no way there', [{ minFrom: '1.5.0' }], {}, { outcome: 'held', why: 'minFrom', version: '2.0.0', minFrom: '1.5.0' }],
  ['out of reach, with a way that is not offered', [{ minFrom: '1.5.0', via: '1.5.0' }], {}, { outcome: 'held', why: 'minFrom' }],
  ['out of reach, with a way there', [{ minFrom: '1.5.0', via: '1.6.0' }, { version: '1.6.0' }], {}, { outcome: 'available', record: { version: '1.6.0' } }],
  ['two steps away', [{ minFrom: '1.5.0', via: '1.6.0' }, { version: '1.6.0', minFrom: '1.2.0', via: '1.3.0' }, { version: '1.3.0' }], {}, { outcome: 'available', record: { version: '1.3.0' } }],
  ['going in a circle', [{ minFrom: '1.5.0', via: '2.0.0' }], {}, 'RECORD_INVALID: the way from 1.0.0 to 2.0.0 goes through more than 8 versions'],
])('a release %s', async (_, releases, request, outcome) => {
  const at = scene(request);
  const found = typeof outcome === 'string' ? await failure(asked(at, releases)) : (await asked(at, releases)).outcome;
  if (typeof outcome === 'string') expect(found).toBe(outcome);
  else expect(found).toMatchObject(outcome);
});

test('a version on the way that died here holds the rest', async () => {
  const at = scene();
  const via = at.repository.release({ version: '1.6.0', components: [at.repository.file('tool', new TextEncoder().encode('program'))] });
  const releases = [{ minFrom: '1.5.0', via: '1.6.0' }, { version: '1.6.0' }];
  const held = { ...at, request: { setAside: [{ record: via.record.sha256 }] } };
  expect((await asked(held, releases)).outcome).toEqual({ outcome: 'held', why: 'setAside', version: '1.6.0' });
  expect((await asked({ ...held, request: { ...held.request, explicit: true } }, releases)).outcome).toMatchObject({ record: { version: '1.6.0' } });
});

test.each<[what: string, releases: Partial<ReleaseRecord>[], record: Partial<ChannelRecord>, says: RegExp]>([
  ['a channel record of another product', [], { product: 'other' }, /^RECORD_INVALID: the channel record stable\/linux-x64.json is about product other, not tool/],
  ['a channel record of a later format', [], { format: 2 as never }, /^RECORD_INVALID: .* has format 2, this program reads format 1/],
  ['a channel record out of form', [], { paused: 'yes' as never }, /^RECORD_INVALID: .*stable\/linux-x64.json does not hold: paused: /],
  ['a channel record with a version that is none', [], { yanked: ['latest'] }, /^RECORD_INVALID: .*"latest" is not a semantic version/],
  ['a release record of another target', [{ target: 'darwin-x64' }], {}, /^RECORD_INVALID: the release record of 2.0.0 is about target darwin-x64, not linux-x64/],
  ['a release record of another product', [{ product: 'other' }], {}, /^RECORD_INVALID: the release record of 2.0.0 is about product other/],
  ['a release record with a path outside', [{ components: [{ kind: 'link', path: '../tool', to: 'x' }] }], {}, /^RECORD_INVALID: the release record of 2.0.0 does not hold: components.0/],
  ['a channel signed in the future', [], { date: 1_767_225_600 + 3 * 86_400 }, /^CLOCK_WRONG: this computer's clock says 2026-01-01, but the release data of channel stable was signed on 2026-01-04/],
])('%s is refused', async (_, releases, record, says) => {
  expect(await failure(asked(scene(), releases, record))).toMatch(says);
});

test('a clock ten years behind is told from the signed date', async () => {
  const at = scene();
  at.machine.now = Date.UTC(2016, 0, 1);
  expect(await failure(asked(at, []))).toMatch(/^CLOCK_WRONG: this computer's clock says 2016-01-01, but .* was signed on 2026-01-01/);
});

test.each<[what: string, spoil: (bytes: Uint8Array) => Uint8Array | undefined, says: RegExp]>([
  ['missing', () => undefined, /^SERVER_ANSWER_INVALID: https:\/\/dl.example\/tool\/records\/[0-9a-f]{64}.json was answered with status 404/],
  ['cut off', (bytes) => bytes.slice(0, -1), /^SERVER_ANSWER_INVALID: .* is cut off or damaged/],
  ['longer', (bytes) => new Uint8Array([...bytes, 0x20]), /^SERVER_ANSWER_INVALID: .* is larger than/],
  ['another', (bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace('1767225600', '1767225601')), /^PAYLOAD_INVALID: the release record of 2.0.0 is not the one that was signed/],
  ['an HTML page', () => new TextEncoder().encode('<html>'), /^SERVER_ANSWER_INVALID: .*beginning with "<html>"/],
])('a release record that is %s is refused', async (_, spoil, says) => {
  const at = scene();
  const components = [at.repository.file('tool', new TextEncoder().encode('program'))];
  const { record } = at.repository.release({ version: '2.0.0', components });
  const name = `${url}records/${record.sha256}.json`;
  const spoiled = spoil(at.repository.files.get(`records/${record.sha256}.json`) as Uint8Array);
  const served = at.machine.served;
  const set = served.set.bind(served);
  served.set = (key, value) => (key === name ? (spoiled === undefined ? served : set(key, spoiled)) : set(key, value));
  expect(await failure(asked(at, [{}]))).toMatch(says);
});

test('a channel that the publisher does not have', async () => {
  expect(await failure(asked(scene({ channel: 'nightly' }), []))).toBe('VERSION_NOT_OFFERED: the publisher of tool has no releases in channel nightly for linux-x64');
});
