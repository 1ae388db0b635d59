/** Check and fetch over real connections, files and gzip: no port is a stand-in here. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { updaterPorts } from '@slipway/platform';
import { mockRepository } from '../../testkit/src/mock-repository.ts';
import { check } from './check/check.ts';
import { fetchPayloads } from './fetch/fetch-payloads.ts';
import { planRoutes } from './route/plan-routes.ts';
import { noFloors } from './trust/floors.ts';

let server: Server | undefined;
const folder = mkdtempSync(join(tmpdir(), 'slipway-real-server-'));
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});

test('an update is found and fetched from a server that breaks off every connection', async () => {
  // Noise, so that the payload is as large.
  const program = Buffer.alloc(3_000_000);
  for (let at = 0, seed = 1; at < program.length; at += 4) program.writeUInt32LE((seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0), at);
  const repository = mockRepository({ date: Math.floor(Date.now() / 1000) });
  const component = repository.file('tool', program);
  repository.channel({ candidates: [repository.release({ version: '2.0.0', components: [component] })] });
  repository.publish();

  const ranges: number[] = [];
  const started = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const bytes = repository.files.get(name);
    if (bytes === undefined) return void response.writeHead(404).end();
    if (!name.startsWith('payloads/')) return void response.end(bytes);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    ranges.push(from);
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': bytes.length - from, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
    if (bytes.length - from <= 1_000_000) return void response.end(bytes.subarray(from));
    response.write(bytes.subarray(from, from + 1_000_000), () => setTimeout(() => response.destroy(), 100));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;

  const { outcome, floors } = await check(updaterPorts(), {
    descriptor: { product: 'tool', target: 'linux-x64', url, root: repository.root }, channel: 'stable', trustFolder: join(folder, 'trust'), floors: noFloors,
    installId: 'f'.repeat(32), current: { version: '1.0.0', record: 'a'.repeat(64) }, setAside: [], explicit: false,
  });
  if (outcome.outcome !== 'available') throw new Error(outcome.outcome);
  expect(floors).toMatchObject({ root: 1, timestamp: 2, snapshot: 2 });
  await fetchPayloads(updaterPorts(), { url, folder: join(folder, 'downloads'), payloads: planRoutes(outcome.record, []).payloads });
  expect(gunzipSync(readFileSync(join(folder, 'downloads', component.full.sha256))).equals(program)).toBe(true);
  expect(ranges.length).toBeGreaterThan(1);
  expect(ranges).toEqual([...ranges].sort((a, b) => a - b));
});
