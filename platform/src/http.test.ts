import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { httpPort, httpWith } from './http.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}

async function text(url: string): Promise<string> {
  const { status, body } = await httpPort.get(url, { 'x-token': 't' });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return `${status} ${Buffer.concat(chunks).toString()}`;
}

test.each<[what: string, listener: RequestListener, answer: string]>([
  ['an answer', (request, response) => void response.end(`token ${request.headers['x-token']}`), '200 token t'],
  ['an empty answer', (_, response) => void response.end(), '200 '],
  ['a refusal', (_, response) => void response.writeHead(404).end('no'), '404 no'],
  ['a redirect', (request, response) => void (request.url === '/' ? response.writeHead(302, { location: '/there' }).end() : response.end('there')), '200 there'],
])('%s comes as it is', async (_, listener, answer) => {
  expect(await text(await serve(listener))).toBe(answer);
});

test.each<[what: string, listener: RequestListener]>([
  ['breaks off', (_, response) => { response.writeHead(200, { 'content-length': '100' }); response.write('some'); setTimeout(() => response.destroy(), 20); }],
  ['redirects for ever', (_, response) => void response.writeHead(302, { location: '/' }).end()],
])('a server that %s is a failure', async (_, listener) => {
  await expect(text(await serve(listener))).rejects.toThrow();
});

test('nobody listening is a failure', async () => {
  await expect(text('http://127.0.0.1:9/')).rejects.toThrow();
});

test.each<[when: string, listener: RequestListener]>([
  ['before it answers', () => undefined],
  ['in the middle of its answer', (_, response) => { response.writeHead(200, { 'content-length': '100' }); response.write('some'); }],
])('a server that goes silent %s is a failure', async (_, listener) => {
  const url = await serve(listener);
  const read = async (): Promise<void> => {
    const { body } = await httpWith(300).get(url);
    for await (const chunk of body) expect(chunk.length).toBe(4);
  };
  await expect(read()).rejects.toThrow('the server sent nothing for 0.3 s');
});

test('a part of a file comes with the range it is', async () => {
  const url = await serve((request, response) => void response.writeHead(206, { 'content-range': 'bytes 3-9/10' }).end(request.headers.range));
  const { status, header, discard } = await httpPort.get(url, { range: 'bytes=3-' });
  expect([status, header('content-range'), header('x-none')]).toEqual([206, 'bytes 3-9/10', undefined]);
  discard();
});
