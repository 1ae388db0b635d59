import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scratchFolder } from '../sample.fixture.ts';
import { serveFolder, type Served } from './serve.ts';

const sha256 = 'ab'.repeat(32);
let served: Served;

beforeAll(async () => {
  const folder = scratchFolder();
  const site = join(folder, 'site');
  for (const path of ['metadata', 'payloads', 'targets/stable']) mkdirSync(join(site, path), { recursive: true });
  writeFileSync(join(folder, 'secret'), 'secret');
  writeFileSync(join(site, 'metadata/timestamp.json'), '{}');
  writeFileSync(join(site, 'metadata/1.root.json'), '{"a":1}');
  writeFileSync(join(site, 'payloads', sha256), '0123456789');
  writeFileSync(join(site, 'targets/stable', `${sha256}.linux-x64.install`), 'slipway-install 1\n');
  writeFileSync(join(site, 'install.sh'), 'exit 0\n');
  writeFileSync(join(site, '.lock'), '');
  symlinkSync('../../secret', join(site, 'payloads/out'));
  symlinkSync(sha256, join(site, 'payloads/inside'));
  served = await serveFolder(site, { host: '127.0.0.1', port: 0 });
});

afterAll(() => served.close());

interface Answer { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> }

/** As typed: fetch would tidy the path. */
function get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => void (body += text)).on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    }).on('error', reject).end();
  });
}

test.each([
  ['/metadata/timestamp.json', 'application/json; charset=utf-8', 'public, max-age=0'],
  ['/metadata/1.root.json', 'application/json; charset=utf-8', 'public, max-age=31536000, immutable'],
  [`/payloads/${sha256}`, 'application/octet-stream', 'public, max-age=31536000, immutable'],
  [`/targets/stable/${sha256}.linux-x64.install`, 'text/plain; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['/install.sh', 'text/x-shellscript; charset=utf-8', 'public, max-age=0'],
])('%s is %s, %s', async (path, type, cache) => {
  expect(await get(path)).toMatchObject({ status: 200, headers: { 'content-type': type, 'cache-control': cache } });
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=10-', 416, '416\n', 'bytes */10'],
])('the range %s is answered with %d %s', async (range, status, body, content) => {
  expect(await get(`/payloads/${sha256}`, { range })).toMatchObject({ status, body, headers: { 'content-range': content } });
});

test('a range goes on only where the file is still the same', async () => {
  const same = await get(`/payloads/${sha256}`, { range: 'bytes=5-', 'if-range': `"${sha256}"` });
  const other = await get(`/payloads/${sha256}`, { range: 'bytes=5-', 'if-range': '"other"' });
  expect([same.status, other.status]).toEqual([206, 200]);
});

test('who has it already is told so', async () => {
  const { headers } = await get('/metadata/timestamp.json');
  expect(await get('/metadata/timestamp.json', { 'if-none-match': String(headers['etag']) })).toMatchObject({ status: 304, body: '' });
  expect(await get('/metadata/timestamp.json', { 'if-modified-since': String(headers['last-modified']) })).toMatchObject({ status: 304 });
});

test.each(['/../secret', '/%2e%2e/secret', '/payloads/..%2f..%2fsecret', '/payloads/out', '/payloads/%00', '/%zz', '/.lock', '/', '/metadata', '/nothing', '/..\\secret', '//etc/passwd'])('%s is not there', async (path) => {
  const { status, body } = await get(path);
  expect([404, 400]).toContain(status);
  expect(body).not.toContain('secret');
});

test('a link that stays inside is followed', async () => {
  expect(await get('/payloads/inside')).toMatchObject({ status: 200, body: '0123456789' });
});

test('only reading is allowed', async () => {
  expect(await get('/metadata/timestamp.json', {}, 'PUT')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  expect(await get('/metadata/timestamp.json', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
});

test('a folder that is not there, and a port that is taken, are told', async () => {
  await expect(serveFolder('/nowhere/at/all', { host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'FILE_MISSING' });
  await expect(serveFolder('.', { host: '127.0.0.1', port: Number(new URL(served.url).port) })).rejects.toMatchObject({ code: 'IO_FAILED' });
});
