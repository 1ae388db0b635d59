/**
 * Networks that stand between a program and its server: a proxy, a certificate authority of the company's own. The
 * runtime's fetch honours the usual variables; that it does is seen here on the pinned Bun, which shipped programs run on.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createRequire } from 'node:module';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { targets } from '@slipway/core';

const require = createRequire(import.meta.url);
const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
const bun = join(dirname(require.resolve(`${here.bun.package}/package.json`)), 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');

let folder: string;
const servers: Server[] = [];
const ports: Record<'plain' | 'secure' | 'proxy', number> = { plain: 0, secure: 0, proxy: 0 };
/** What the proxy was asked for, with the password it was given. */
let proxied: string[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A certificate for localhost, signed by an authority that nobody knows. */
function certify(): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test', '-addext', 'basicConstraints=critical,CA:TRUE');
  openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
  openssl('x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'certificate.pem', '-days', '2', '-extfile', 'names');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-way-out-'));
  certify();
  const answer: RequestListener = (_, response) => void response.end('direct');
  ports.plain = await listen(createServer(answer));
  ports.secure = await listen(createSecureServer({ key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'certificate.pem')) }, answer));
  const proxy = createServer((request, response) => {
    proxied.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    response.end('through the proxy');
  });
  proxy.on('connect', (request, client) => {
    proxied.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    const server = connect(ports.secure, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      server.pipe(client).pipe(server);
    });
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
  });
  ports.proxy = await listen(proxy);
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

const script = `
  import { httpPort } from ${JSON.stringify(join(import.meta.dirname, 'http.ts'))};
  try {
    const { body } = await httpPort.get(process.env.ADDRESS);
    for await (const chunk of body) process.stdout.write(chunk);
  } catch (error) {
    process.stdout.write(String(error.code));
  }`;

test.each<[what: string, address: () => string, variables: () => Record<string, string>, out: string, through: () => string[]]>([
  ['no variable: straight', () => `http://127.0.0.1:${ports.plain}/`, () => ({}), 'direct', () => []],
  ['HTTP_PROXY, with a password', () => 'http://dl.example/x', () => ({ HTTP_PROXY: `http://u:p@127.0.0.1:${ports.proxy}` }), 'through the proxy', () => ['http://dl.example/x Basic dTpw']],
  ['http_proxy', () => 'http://dl.example/x', () => ({ http_proxy: `http://127.0.0.1:${ports.proxy}` }), 'through the proxy', () => ['http://dl.example/x -']],
  ['NO_PROXY', () => `http://127.0.0.1:${ports.plain}/`, () => ({ HTTP_PROXY: `http://127.0.0.1:${ports.proxy}`, NO_PROXY: '127.0.0.1' }), 'direct', () => []],
  ['an authority nobody knows', () => `https://localhost:${ports.secure}/`, () => ({}), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', () => []],
  ['NODE_EXTRA_CA_CERTS', () => `https://localhost:${ports.secure}/`, () => ({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }), 'direct', () => []],
  ['SSL_CERT_FILE', () => `https://localhost:${ports.secure}/`, () => ({ SSL_CERT_FILE: join(folder, 'ca.pem') }), 'direct', () => []],
  ['HTTPS_PROXY and an authority', () => `https://localhost:${ports.secure}/`, () => ({ HTTPS_PROXY: `http://u:p@127.0.0.1:${ports.proxy}`, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }), 'direct', () => [`localhost:${ports.secure} Basic dTpw`]],
])('%s', async (_, address, variables, out, through) => {
  proxied = [];
  const { stdout } = await promisify(execFile)(bun, ['-e', script], { env: { PATH: process.env['PATH'], HOME: folder, ADDRESS: address(), ...variables() } });
  expect([stdout, proxied]).toEqual([out, through()]);
});
