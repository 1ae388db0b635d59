import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { SlipwayError, type HttpPort } from '@slipway/core';
import { memoryMachine, type MemoryMachine } from '@slipway/testkit';
import { fetchPayloads } from './fetch-payloads.ts';

const content = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) % 251);
const sha256 = createHash('sha256').update(content).digest('hex');
const file = `/app/downloads/${sha256}`;
const other = (length: number): Uint8Array => new Uint8Array(length).fill(0xee);

/** An answer: status, body, then whether the connection breaks after it; 206 is of the range that was asked for. */
interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly breaks?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds between two parts. */
  readonly slow?: number;
}
type Server = (from: number, request: number) => Answer;

/** A host that knows ranges, with its own copy. */
const host = (has: Uint8Array, cut = Infinity): Server => (from) => {
  if (from >= has.length && from > 0) return { status: 416, body: new Uint8Array() };
  const body = has.subarray(from, Math.min(has.length, from + cut));
  const headers = { 'content-range': `bytes ${from}-${has.length - 1}/${has.length}` };
  return { status: from === 0 ? 200 : 206, body, headers, breaks: from + cut < has.length };
};
/** One that does not. */
const plain = (has: Uint8Array, cut: (request: number) => number = () => Infinity): Server => (_, request) =>
  ({ status: 200, body: has.subarray(0, cut(request)), breaks: cut(request) < has.length });

interface Run {
  readonly machine: MemoryMachine;
  /** Ranges that were asked for. */
  readonly asked: number[];
  readonly http: HttpPort;
}

function runOf(server: Server, left?: Uint8Array): Run {
  const machine = memoryMachine();
  machine.files.makeFolder('/app', 0o755);
  machine.files.syncFolder('/');
  if (left !== undefined) {
    machine.files.makeFolder('/app/downloads', 0o700);
    const partial = machine.files.create(file, 0o600);
    partial.write(left, 0);
    partial.close();
    machine.files.syncFolder('/app');
  }
  const asked: number[] = [];
  return {
    machine, asked,
    http: {
      get: (url, headers = {}) => {
        expect(url).toBe(`https://dl.example/tool/payloads/${sha256}`);
        expect(headers['accept-encoding']).toBe('identity');
        const from = Number(/^bytes=(\d+)-$/.exec(headers['range'] ?? 'bytes=0-')?.[1]);
        const answer = server(from, asked.push(from) - 1);
        return Promise.resolve({ status: answer.status, header: (name) => answer.headers?.[name], body: bodyOf(machine, answer), discard: () => undefined });
      },
    },
  };
}

async function* bodyOf(machine: MemoryMachine, { body, breaks = false, slow = 0 }: Answer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += 100) {
    machine.now += slow;
    yield body.subarray(at, at + 100);
  }
  if (breaks) throw new Error('the connection broke');
}

async function fetched({ machine, http }: Run): Promise<string> {
  try {
    await fetchPayloads({ ...machine.ports, http }, { url: 'https://dl.example/tool/', folder: '/app/downloads', payloads: [{ sha256, size: content.length }] });
    return 'whole';
  } catch (error) {
    return error instanceof SlipwayError ? `${error.code}: ${error.message}` : String(error);
  }
}

test.each<[what: string, server: Server, left: Uint8Array | undefined, asked: number[]]>([
  ['in one go', host(content), undefined, [0]],
  ['from where an earlier run was stopped', host(content), content.slice(0, 300), [300]],
  ['not at all when it is there', host(content), content, []],
  ['over a connection that breaks', host(content, 400), undefined, [0, 400, 800]],
  ['anew from a server without ranges', plain(content), content.slice(0, 300), [300]],
  ['from a server without ranges, over a connection that breaks', plain(content, (request) => [300, 200, 900, 1000][request] as number), undefined, [0, 300, 200, 900]],
  ['anew after other bytes were left', host(content), other(300), [300, 0]],
  ['anew after a whole file of other bytes was left', host(content), other(1000), [0]],
  ['anew after more bytes than it has were left', host(content), other(2000), [0]],
  ['from a server whose length is not told', (from) => ({ status: 206, body: content.subarray(from), headers: { 'content-range': `bytes ${from}-999/*` } }), content.slice(0, 10), [10]],
  ['after empty answers', (from, request) => (request < 3 ? { status: 200, body: new Uint8Array() } : host(content)(from, request)), undefined, [0, 0, 0, 0]],
])('a payload comes %s', async (_, server, left, asked) => {
  const run = runOf(server, left);
  expect(await fetched(run)).toBe('whole');
  expect(run.asked).toEqual(asked);
  expect(Buffer.from(run.machine.files.read(file, 1000) as Uint8Array).equals(content)).toBe(true);
  run.machine.crash('nothing'); // power goes the moment it is called whole
  expect(Buffer.from(run.machine.files.read(file, 1000) as Uint8Array).equals(content)).toBe(true);
});

test.each<[what: string, server: Server, left: Uint8Array | undefined, says: RegExp, stays: number | undefined]>([
  ['other bytes', host(other(1000)), undefined, /^PAYLOAD_INVALID: https:\/\/dl.example\/tool\/payloads\/[0-9a-f]{64} is not what was signed: 1000 bytes came, but other ones/, undefined],
  ['other bytes, resumed', host(other(1000)), content.slice(0, 300), /^PAYLOAD_INVALID: .* other ones/, undefined],
  ['a shorter file', host(content.slice(0, 600)), undefined, /^PAYLOAD_INVALID: .* only 600 of 1000 bytes are there/, undefined],
  ['a shorter file, without ranges', plain(content.slice(0, 600)), undefined, /^PAYLOAD_INVALID: .* only 600 of 1000/, undefined],
  ['a shorter file than was left', host(content.slice(0, 200)), content.slice(0, 300), /^PAYLOAD_INVALID: .* only 300 of 1000/, undefined],
  ['nothing', host(new Uint8Array()), undefined, /^PAYLOAD_INVALID: .* only 0 of 1000/, undefined],
  ['a longer file', host(new Uint8Array([...content, 1])), undefined, /^PAYLOAD_INVALID: .* longer than its 1000 bytes/, undefined],
  ['a longer file, resumed', host(new Uint8Array([...content, 1])), content.slice(0, 300), /^PAYLOAD_INVALID: .* has 1001 bytes instead of 1000/, undefined],
  ['an HTML page', () => ({ status: 200, body: new TextEncoder().encode('<!DOCTYPE html>'), headers: { 'content-type': 'text/html; charset=utf-8' } }), undefined, /^SERVER_ANSWER_INVALID: .* should be update data, but is text\/html; charset=utf-8, beginning with "<!DOCTYPE html>"/, 0],
  ['another range', () => ({ status: 206, body: content, headers: { 'content-range': 'bytes 0-999/1000' } }), content.slice(0, 300), /^SERVER_ANSWER_INVALID: .* asked for from byte 300 on, and what came is bytes 0-999\/1000/, 300],
  ['a part that was not asked for', () => ({ status: 206, body: content }), undefined, /^SERVER_ANSWER_INVALID: .* status 206/, 0],
  ['no such file', () => ({ status: 404, body: new Uint8Array() }), content.slice(0, 300), /^SERVER_ANSWER_INVALID: .* status 404/, 300],
  ['that it is out of order', () => ({ status: 503, body: new Uint8Array() }), content.slice(0, 300), /^SERVER_UNREACHABLE: .* status 503/, 300],
  ['one byte now and then', (from) => ({ ...host(content)(from, 0), slow: 100_000 }), undefined, /^SERVER_UNREACHABLE: .* is too slow: 100 of 1000 bytes so far/, 100],
  ['nothing but broken connections', (from, request) => (request === 0 ? { status: 200, body: content.subarray(0, 500), breaks: true } : { status: 206, body: new Uint8Array(), breaks: true, headers: { 'content-range': `bytes ${from}-999/1000` } }), undefined, /^SERVER_UNREACHABLE: .*the connection broke/, 500],
])('a server that answers %s is refused', async (_, server, left, says, stays) => {
  const run = runOf(server, left);
  expect(await fetched(run)).toMatch(says);
  expect(run.machine.files.read(file, 1000)?.length).toBe(stays);
});

test('what an earlier run left is used, and what came before a failure is left for the next', async () => {
  const first = runOf((from) => (from === 0 ? host(content, 600)(0, 0) : { status: 503, body: new Uint8Array() }));
  expect(await fetched(first)).toMatch(/^SERVER_UNREACHABLE/);
  const left = first.machine.files.read(file, 1000) as Uint8Array;
  const second = runOf(host(content), left);
  expect([await fetched(second), second.asked]).toEqual(['whole', [600]]);
});

test('a full disk is found out before anything is fetched', async () => {
  const run = runOf(host(content));
  run.machine.files.free = 999;
  expect(await fetched(run)).toMatch(/^DISK_FULL: 1000 bytes have to be downloaded to \/app\/downloads, and 999 are free/);
  expect(run.asked).toEqual([]);
  run.machine.files.free = 1000;
  expect(await fetched(run)).toBe('whole');
});

test('a disk that fills up meanwhile leaves what there is', async () => {
  const run = runOf((from, request) => {
    run.machine.files.free = 450;
    return host(content)(from, request);
  });
  expect(await fetched(run)).toMatch(/^DISK_FULL: cannot write \/app\/downloads/);
  expect(run.machine.files.read(file, 1000)?.length).toBe(400);
});

test('several payloads come one after the other, and the progress is of all together', async () => {
  const machine = memoryMachine();
  machine.files.makeFolder('/app', 0o755);
  const payloads = [content, other(50), content.slice(1)].map((bytes) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    machine.served.set(`https://dl.example/payloads/${hash}`, bytes);
    return { sha256: hash, size: bytes.length };
  });
  const seen: number[] = [];
  await fetchPayloads(machine.ports, { url: 'https://dl.example/', folder: '/app/downloads', payloads, progress: (done, total) => { expect(total).toBe(2049); seen.push(done); } });
  expect(machine.files.list('/app/downloads')).toEqual(payloads.map((payload) => payload.sha256).sort());
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect([seen[0], seen.at(-1)]).toEqual([0, 2049]);
});
