import { expect, test } from '@jest/globals';
import { SlipwayError, type HttpPort, type HttpResponse } from '@slipway/core';
import { memoryMachine, mockKey, mockRepository, type MemoryMachine, type MockRepository } from '@slipway/testkit';
import { noFloors, type TrustFloors } from './floors.ts';
import { openTrust, type Trust } from './open-trust.ts';

const base = 'https://dl.example/tool/';
const path = 'stable/linux-x64.json';

/** A repository, an installation that has seen it once, and then what the row does to either. */
interface Scene {
  readonly repository: MockRepository;
  readonly machine: MemoryMachine;
  floors: TrustFloors;
  /** Headers of every answer. */
  readonly headers: Record<string, string>;
  /** Another server. */
  http?: HttpPort;
  /** What the server has before the row's change. */
  readonly before: Map<string, Uint8Array>;
}

async function scene(): Promise<Scene> {
  const repository = mockRepository();
  repository.channel({});
  repository.publish();
  const machine = memoryMachine();
  machine.files.makeFolder('/app', 0o755);
  const made: Scene = { repository, machine, floors: noFloors, headers: {}, before: new Map() };
  made.floors = (await refreshed(made)).floors;
  for (const [name, bytes] of repository.files) made.before.set(name, bytes);
  return made;
}

async function refreshed({ repository, machine, floors, headers, http: other }: Scene): Promise<Trust> {
  machine.served.clear();
  for (const [name, bytes] of repository.files) machine.served.set(base + name, bytes);
  const http: HttpPort = {
    async get(url, sent) {
      const response = await machine.ports.http.get(url, sent);
      return { ...response, header: (name) => headers[name] ?? response.header(name) };
    },
  };
  return await openTrust({ ...machine.ports, http: other ?? http }, { folder: '/app/trust', metadataUrl: `${base}metadata/`, targetsUrl: `${base}targets/`, embeddedRoot: repository.root, floors });
}

async function failure(at: Scene): Promise<string> {
  try {
    const trust = await refreshed(at);
    await trust.targetFile(path, 1000);
    return 'none';
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    expect(error.hint).not.toBe('');
    return `${error.code}: ${error.message}`;
  }
}

const kept = ({ machine }: Scene, role: string): string => new TextDecoder().decode(machine.files.read(`/app/trust/${role}.json`, 1e6));
const versionKept = (at: Scene, role: string): number => JSON.parse(kept(at, role)).signed.version;

test('what is signed comes through, and is kept role by role', async () => {
  const at = await scene();
  const trust = await refreshed(at);
  const file = await trust.targetFile(path, 1000);
  expect(JSON.parse(new TextDecoder().decode(file?.bytes))).toMatchObject({ product: 'tool', channel: 'stable' });
  expect(await trust.targetFile('stable/darwin-x64.json', 1000)).toBeUndefined();
  expect(await trust.targetFile('nightly/linux-x64.json', 1000)).toBeUndefined();
  expect(at.machine.files.paths().filter((name) => name.startsWith('/app/trust'))).toEqual(['/app/trust/', ...['root', 'snapshot', 'stable', 'targets', 'timestamp'].map((role) => `/app/trust/${role}.json`)]);
  expect(trust.floors).toEqual({ root: 1, timestamp: 2, snapshot: 2, date: 0, keys: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('what was verified is durable at once, in the order of its verification', async () => {
  const at = await scene();
  at.machine.files.syncFolder('/');
  at.repository.rotate('timestamp');
  at.repository.publish();
  at.repository.files.delete('metadata/3.snapshot.json');
  expect(await failure(at)).toMatch(/^SERVER_ANSWER_INVALID: .*3.snapshot.json was answered with status 404/);
  at.machine.crash('nothing');
  expect(['root', 'timestamp', 'snapshot', 'targets'].map((role) => versionKept(at, role))).toEqual([2, 3, 2, 1]);
});

test('a refresh that changes nothing asks for two files', async () => {
  const at = await scene();
  await (await refreshed(at)).targetFile(path, 1000);
  for (const name of ['2.snapshot.json', '1.targets.json', '2.stable.json', '1.root.json']) at.repository.files.delete(`metadata/${name}`);
  expect(await failure(at)).toBe('none');
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (at: Scene, name: string, content: Uint8Array): void => void at.repository.files.set(name, content);
const timestampFile = 'metadata/timestamp.json';

test.each<[what: string, change: (at: Scene) => void, says: RegExp]>([
  ['an expired timestamp', (at) => { at.repository.expires['timestamp'] = '2025-12-31T00:00:00Z'; at.repository.publish(); }, /^TRUST_EXPIRED: the update data \(timestamp.json\) expired on 2025-12-31; this computer's clock says 2026-01-01/],
  ['an expired snapshot', (at) => { at.repository.expires['snapshot'] = '2025-12-31T00:00:00Z'; at.repository.publish(); }, /^TRUST_EXPIRED: .*\(snapshot.json\)/],
  ['an expired channel', (at) => { at.repository.expires['stable'] = '2025-12-31T00:00:00Z'; at.repository.publish(); }, /^TRUST_EXPIRED: .*\(stable.json\)/],
  ['an expired root', (at) => { at.repository.expires['root'] = '2025-12-31T00:00:00Z'; at.repository.rotate('root'); at.repository.publish(); }, /^TRUST_EXPIRED: .*\(root.json\)/],
  ['what was current and has expired by now', (at) => { at.machine.now = Date.UTC(2027, 1, 1); }, /^TRUST_EXPIRED: .*\(root.json\) expired on 2027-01-01/],
  ['a clock set back to before something that was signed', (at) => { at.floors = { ...at.floors, date: Date.UTC(2028, 0, 1) / 1000 }; }, /^TRUST_EXPIRED: .*clock says 2026-01-01; the newest signed date seen is 2028-01-01/],
  ['a clock ten years ahead of the server\'s', (at) => { at.machine.now = Date.UTC(2036, 0, 1); at.headers['date'] = 'Thu, 01 Jan 2026 00:00:00 GMT'; }, /^CLOCK_WRONG: this computer's clock says 2036-01-01, the update server's says 2026-01-01, and signed update data \(root.json\) is good until 2027-01-01/],
  ['a timestamp signed by somebody else', (at) => { at.repository.keys['timestamp'] = mockKey(); at.repository.publish(); }, /^TRUST_REJECTED: .*timestamp.json\) is not signed by the keys/],
  ['a snapshot signed by somebody else', (at) => { at.repository.keys['snapshot'] = mockKey(); at.repository.publish(); }, /^TRUST_REJECTED: .*snapshot.json\) is not signed by the keys/],
  ['a channel signed by somebody else', (at) => { at.repository.keys['stable'] = mockKey(); at.repository.publish(); }, /^TRUST_REJECTED: .*stable.json\) is not signed by the keys/],
  ['a root signed by itself only', (at) => { at.repository.keys['root'] = mockKey(); at.repository.rotate('root'); }, /^TRUST_REJECTED: .*root.json\) is not signed/],
  ['a root that skips a version', (at) => { at.repository.versions['root'] = 2; at.repository.rotate('targets'); put(at, 'metadata/2.root.json', at.repository.files.get('metadata/3.root.json') as Uint8Array); }, /^TRUST_REJECTED: .*root.json\) does not fit the rest.*Expected version 2, got 3/],
  ['an older timestamp, put back', (at) => { at.repository.publish(); put(at, timestampFile, at.before.get(timestampFile) as Uint8Array); at.floors = { ...at.floors, timestamp: 3 }; }, /^TRUST_ROLLED_BACK: the server offers version 2 .*timestamp.json.*seen version 3/],
  ['a timestamp with a lower number', (at) => { at.repository.versions['timestamp'] = 0; at.repository.publish(); }, /^TRUST_ROLLED_BACK: .*timestamp.json\) is older.*version 1 is less than current version 2/],
  ['a snapshot with a lower number', (at) => { at.repository.versions['snapshot'] = 0; at.repository.publish(); }, /^TRUST_ROLLED_BACK: .*New snapshot version 1 is less/],
  ['a snapshot with an older channel in it', (at) => { at.repository.versions['stable'] = 0; at.repository.publish(); }, /^TRUST_ROLLED_BACK: .*New version 1 of stable.json is less/],
  ['an old snapshot under a new name', (at) => { at.repository.publish(); put(at, 'metadata/3.snapshot.json', at.before.get('metadata/2.snapshot.json') as Uint8Array); }, /^TRUST_REJECTED: .*snapshot.json\) is not the file that was announced/],
  ['an old channel under a new name', (at) => { at.repository.publish(); put(at, 'metadata/3.stable.json', at.before.get('metadata/2.stable.json') as Uint8Array); }, /^TRUST_REJECTED: .*stable.json\) is not the file that was announced/],
  ['a channel record that is another file', (at) => { for (const name of at.repository.files.keys()) if (name.startsWith('targets/')) put(at, name, bytes('{}')); }, /^TRUST_REJECTED: .*stable\/linux-x64.json.* is not the file that was announced/],
  ['a timestamp that is cut off', (at) => put(at, timestampFile, (at.repository.files.get(timestampFile) as Uint8Array).slice(0, 200)), /^SERVER_ANSWER_INVALID: https:\/\/dl.example\/tool\/metadata\/timestamp.json is cut off or damaged: 200 bytes/],
  ['a snapshot that is cut off', (at) => { at.repository.publish(); put(at, 'metadata/3.snapshot.json', (at.repository.files.get('metadata/3.snapshot.json') as Uint8Array).slice(0, -1)); }, /^SERVER_ANSWER_INVALID: .*3.snapshot.json is cut off/],
  ['a timestamp without end', (at) => put(at, timestampFile, new Uint8Array(20_000).fill(0x20)), /^SERVER_ANSWER_INVALID: .* is larger than the 16384 bytes/],
  ['a root without end', (at) => put(at, 'metadata/2.root.json', new Uint8Array(600_000).fill(0x20)), /^SERVER_ANSWER_INVALID: .* is larger than the 512000 bytes/],
  ['a snapshot longer than announced', (at) => { at.repository.publish(); put(at, 'metadata/3.snapshot.json', new Uint8Array(100_000).fill(0x20)); }, /^SERVER_ANSWER_INVALID: .* is larger than the \d+ bytes/],
  ['an HTML page for everything', (at) => { at.headers['content-type'] = 'text/html'; put(at, 'metadata/2.root.json', bytes('<!DOCTYPE html>\n<title>Sign in</title>')); }, /^SERVER_ANSWER_INVALID: .*2.root.json should be update data, but is text\/html, beginning with "<!DOCTYPE htm/],
  ['an HTML page longer than any timestamp', (at) => { at.headers['content-type'] = 'text/html'; put(at, timestampFile, bytes('<html>'.padEnd(20_000))); }, /^SERVER_ANSWER_INVALID: .*timestamp.json should be update data, but is text\/html, beginning with "<html>"/],
  ['an empty timestamp', (at) => put(at, timestampFile, new Uint8Array()), /^SERVER_ANSWER_INVALID: .*is something else, 0 bytes, beginning with ""/],
  ['JSON that is no metadata', (at) => put(at, timestampFile, bytes('{"error":"not found"}')), /^SERVER_ANSWER_INVALID: .*timestamp.json\) is not in the form of signed metadata/],
  ['a snapshot in the timestamp\'s place', (at) => put(at, timestampFile, at.before.get('metadata/2.snapshot.json') as Uint8Array), /^SERVER_ANSWER_INVALID: .*expected 'timestamp', got snapshot/],
  ['no timestamp', (at) => void at.repository.files.delete(timestampFile), /^SERVER_ANSWER_INVALID: .*timestamp.json was answered with status 404/],
])('%s is refused, and what was trusted stays', async (_, change, says) => {
  const at = await scene();
  await (await refreshed(at)).targetFile(path, 1000);
  const timestamp = versionKept(at, 'timestamp');
  change(at);
  expect(await failure(at)).toMatch(says);
  expect(versionKept(at, 'timestamp')).toBeGreaterThanOrEqual(timestamp);
});

test.each(['root', 'timestamp', 'snapshot', 'targets', 'stable'])('a damaged %s.json is built again from the embedded root', async (role) => {
  const at = await scene();
  await (await refreshed(at)).targetFile(path, 1000);
  const good = kept(at, role);
  for (const damage of ['', '{', '{"signed":1}', good.slice(0, -30), good.replace('"version":', '"version":1')]) {
    at.machine.files.unlink(`/app/trust/${role}.json`);
    const file = at.machine.files.create(`/app/trust/${role}.json`, 0o644);
    file.write(bytes(damage), 0);
    file.close();
    expect(await failure(at)).toBe('none');
    expect(kept(at, role)).toBe(good);
  }
});

test('what has expired meanwhile still keeps older data out', async () => {
  const at = await scene();
  at.repository.expires['timestamp'] = '2026-01-10T00:00:00Z';
  at.repository.publish();
  at.floors = { ...noFloors };
  await refreshed(at);
  at.machine.now = Date.UTC(2026, 0, 20);
  expect(await failure(at)).toMatch(/^TRUST_EXPIRED: .*timestamp.json\) expired on 2026-01-10/);
  at.repository.expires['timestamp'] = '2026-03-01T00:00:00Z';
  at.repository.versions['timestamp'] = 1;
  at.repository.publish();
  expect(await failure(at)).toMatch(/^TRUST_ROLLED_BACK: .*version 2 is less than current version 3/);
});

test('without the trust folder, the floors alone keep old data out', async () => {
  const at = await scene();
  at.repository.rotate('root');
  at.repository.publish();
  at.floors = (await refreshed(at)).floors;
  for (const role of ['root', 'timestamp', 'snapshot', 'targets']) at.machine.files.unlink(`/app/trust/${role}.json`);
  const newest = new Map(at.repository.files);
  put(at, timestampFile, at.before.get(timestampFile) as Uint8Array);
  expect(await failure(at)).toMatch(/^TRUST_ROLLED_BACK: .*version 2 .*seen version 3/);
  at.repository.files.delete('metadata/2.root.json');
  at.machine.files.unlink('/app/trust/root.json');
  expect(await failure(at)).toMatch(/^TRUST_ROLLED_BACK: .*version 1 .*\(root.json\).*seen version 2/);
  for (const [name, content] of newest) put(at, name, content);
  expect(await failure(at)).toBe('none');
});

test('rotated keys are followed, the old ones are believed no more', async () => {
  const at = await scene();
  for (const role of ['root', 'timestamp', 'snapshot', 'targets', 'stable', 'root']) {
    at.repository.rotate(role);
    at.repository.publish();
  }
  expect(await failure(at)).toBe('none');
  expect(versionKept(at, 'root')).toBe(6);
});

test.each([['kept', false], ['lost', true]])('after a fast-forward attack, a new timestamp key starts the numbers anew, with the trust folder %s', async (_, lost) => {
  const at = await scene();
  at.repository.versions['timestamp'] = 1_000_000_000;
  at.repository.versions['snapshot'] = 1_000_000_000;
  at.repository.publish();
  at.floors = (await refreshed(at)).floors;
  expect(at.floors.timestamp).toBe(1_000_000_001);
  at.repository.rotate('timestamp');
  at.repository.rotate('snapshot');
  at.repository.versions['timestamp'] = 2;
  at.repository.versions['snapshot'] = 2;
  at.repository.publish();
  if (lost) for (const role of ['root', 'timestamp', 'snapshot', 'targets']) at.machine.files.unlink(`/app/trust/${role}.json`);
  expect(await failure(at)).toBe('none');
  at.floors = (await refreshed(at)).floors;
  expect(at.floors).toMatchObject({ root: 3, timestamp: 3, snapshot: 3 });
});

test('a newer embedded root is begun with', async () => {
  const at = await scene();
  at.repository.rotate('root');
  at.repository.publish();
  const newer = new TextDecoder().decode(at.repository.files.get('metadata/2.root.json'));
  at.repository.files.delete('metadata/2.root.json');
  expect(await failure({ ...at, repository: { ...at.repository, root: newer } })).toBe('none');
});

test.each<[what: string, response: Omit<Partial<HttpResponse>, 'body'> & { readonly breaks?: true } | Error, says: RegExp]>([
  ['cannot be reached', Object.assign(new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })), /^SERVER_UNREACHABLE: cannot reach https:\/\/dl.example\/tool\/metadata\/2.root.json: fetch failed: connect \(ECONNREFUSED\)/],
  ['has a certificate of somebody else', new Error('unable to get local issuer certificate'), /^SERVER_UNREACHABLE: .*issuer certificate/],
  ['is out of order', { status: 503 }, /^SERVER_UNREACHABLE: .*2.root.json was answered with status 503/],
  ['is a proxy that wants a password', { status: 407 }, /^SERVER_UNREACHABLE: .*status 407/],
  ['says no', { status: 410 }, /^SERVER_ANSWER_INVALID: .*status 410/],
  ['breaks off each time', { breaks: true }, /^SERVER_UNREACHABLE: .*socket closed/],
])('a server that %s', async (_, response, says) => {
  const at = await scene();
  async function* body(breaks = false): AsyncGenerator<Uint8Array> {
    yield bytes('{');
    if (breaks) throw new Error('socket closed');
  }
  at.http = { get: () => (response instanceof Error ? Promise.reject(response) : Promise.resolve({ status: 200, header: () => undefined, discard: () => undefined, ...response, body: body(response.breaks) })) };
  expect(await failure(at)).toMatch(says);
});

test('a server that trickles is given up', async () => {
  const at = await scene();
  async function* trickle(): AsyncGenerator<Uint8Array> {
    for (;;) {
      at.machine.now += 30_000;
      yield bytes(' ');
    }
  }
  at.http = { get: () => Promise.resolve({ status: 200, header: () => undefined, discard: () => undefined, body: trickle() }) };
  expect(await failure(at)).toMatch(/^SERVER_UNREACHABLE: .*took longer than 120 s, after 5 bytes/);
});
