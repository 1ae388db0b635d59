/**
 * The runtime comes from a registry that may be anything: what is not exactly the pinned bytes is refused, nothing of
 * it stays, and the next run with a good registry works.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { halfWritten, lingering, workFolders } from './leftovers.ts';
import { requireMounts } from './mounts.ts';
import { expectFailure, expectSuccess, type Failure } from './outcome.ts';
import { run } from './program.ts';
import { change, copiedCache, emptyCache, helloProject, type Project } from './project.ts';
import { send, sendPart, startRegistry, withRegistry, type Answer, type Registry } from './registry.ts';
import { sampled, scratchFolder, slice } from './suite.ts';
import { recorded } from './transcript.ts';
import { plain, readTree } from './tree.ts';

/** Compiling is what needs the runtime. */
const build = ['build', '--target', 'linux-x64'];
const version = '1.4.5';
const tarballPath = `/@oven/bun-linux-x64/-/bun-linux-x64-${version}.tgz`;

let tarball: Buffer;
let good: Registry;

beforeAll(async () => {
  requireMounts();
  tarball = pack(`@oven/bun-linux-x64@${version}`);
  good = await startRegistry((request, response) => (request.url === tarballPath ? send(tarball) : send(Buffer.from('{}'), 404))(request, response));
});

afterAll(() => good.close());

/** The tarball as npm fetches it, with the tester's own registry settings. */
function pack(name: string): Buffer {
  const folder = scratchFolder('pack');
  const { status, stderr } = spawnSync('npm', ['pack', name, '--silent'], { cwd: folder, encoding: 'utf8' });
  const [file] = readdirSync(folder);
  if (status !== 0 || file === undefined) throw new Error(`npm pack ${name} failed: ${stderr}`);
  return readFileSync(join(folder, file));
}

/** A package of the same name whose executable is another system's. */
async function otherArchitecture(): Promise<Buffer> {
  const project = helloProject();
  expectSuccess(await run(project, ['dist', '--fake', '--target', 'linux-arm64']));
  mkdirSync(join(project.folder, 'package/bin'), { recursive: true });
  cpSync(join(project.dist, 'bin/linux-arm64/hello'), join(project.folder, 'package/bin/bun'));
  spawnSync('tar', ['-czf', 'other.tgz', 'package'], { cwd: project.folder });
  return readFileSync(join(project.folder, 'other.tgz'));
}

function withByteFlipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

/** Milliseconds; no answer but a stall is worth waiting for. */
const prompt = 30_000;

const nothingThere = (project: Project): void => {
  expect(readdirSync(join(project.cache, 'bases'))).toEqual([]);
  expect(halfWritten(project)).toEqual([]);
  expect(workFolders(project)).toEqual([]);
  expect(plain(readTree(project.dist))).toEqual({});
};

interface Row extends Failure {
  readonly title: string;
  readonly answer: () => Answer | Promise<Answer>;
  /** Milliseconds in which the program must have given up. */
  readonly patience?: number;
}

const rows: readonly Row[] = [
  { title: 'one bit is another', answer: () => send(withByteFlipped(tarball)), code: 'BASE_CHECK_FAILED', says: ['integrity sha512-', 'expected sha512-'] },
  { title: 'it is cut off, and says so', answer: () => send(tarball.subarray(0, 1e6)), code: 'BASE_CHECK_FAILED', says: ['integrity'] },
  { title: 'it has something behind it', answer: () => send(Buffer.concat([tarball, Buffer.from('more')])), code: 'BASE_CHECK_FAILED', says: ['integrity'] },
  { title: 'it is empty', answer: () => send(Buffer.alloc(0)), code: 'BASE_CHECK_FAILED', says: ['integrity'] },
  { title: 'it is for another architecture', answer: async () => send(await otherArchitecture()), code: 'BASE_CHECK_FAILED', says: ['integrity'] },
  { title: 'a portal answers with a page', answer: () => send(Buffer.from('<html>Please log in</html>'), 200, 'text/html'), code: 'BASE_CHECK_FAILED', says: ['integrity'] },
  { title: 'there is none', answer: () => send(Buffer.from('{"error":"not_found"}'), 404), code: 'BASE_DOWNLOAD_FAILED', says: ['404', tarballPath] },
  { title: 'the registry is broken', answer: () => send(Buffer.from('oops'), 503), code: 'BASE_DOWNLOAD_FAILED', says: ['503'] },
  { title: 'a token is asked for', answer: () => send(Buffer.from('{}'), 401), code: 'BASE_DOWNLOAD_FAILED', says: ['401'] },
  { title: 'redirects have no end', answer: () => redirect((path) => `${path}x`), code: 'BASE_DOWNLOAD_FAILED', says: [/redirect/i] },
  { title: 'a redirect leads nowhere', answer: () => redirect(() => 'http://127.0.0.1:9/'), code: 'BASE_DOWNLOAD_FAILED' },
  { title: 'the connection is reset before the answer', answer: () => (request) => void request.socket.resetAndDestroy(), code: 'BASE_DOWNLOAD_FAILED' },
  { title: 'the connection is reset halfway', answer: () => sendPart(tarball, 10e6, ({ socket }) => void socket?.resetAndDestroy()), code: 'BASE_DOWNLOAD_FAILED', says: [tarballPath] },
  { title: 'the connection ends halfway', answer: () => sendPart(tarball, 10e6, ({ socket }) => void socket?.end()), code: 'BASE_DOWNLOAD_FAILED', says: [tarballPath] },
];

const stalls: readonly Row[] = [
  { title: 'nothing is ever answered', answer: () => () => undefined, code: 'BASE_DOWNLOAD_FAILED', says: [tarballPath], patience: 90_000 },
  { title: 'the answer stops halfway', answer: () => sendPart(tarball, 10e6, () => undefined), code: 'BASE_DOWNLOAD_FAILED', says: [tarballPath], patience: 90_000 },
];

function redirect(to: (path: string) => string): Answer {
  return ({ url = '' }, response) => response.writeHead(302, { location: to(url) }).end();
}

describe('a runtime is refused when', () => {
  test.each(slice ? sampled(rows, 5) : [...rows, ...stalls])('$title: $code', ({ answer, patience = prompt, ...failure }) => recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    await withRegistry(await answer(), async ({ url }) => {
      expectFailure(await run(project, build, { env: { npm_config_registry: url }, patience }), failure);
      expect(await lingering(project, 1000)).toEqual([]);
    });
    nothingThere(project);
    expectSuccess(await run(project, build, { env: { npm_config_registry: good.url } }));
  })());

  test('no registry is there', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    expectFailure(await run(project, build), { code: 'BASE_DOWNLOAD_FAILED', says: ['127.0.0.1:9'] });
    nothingThere(project);
    expectSuccess(await run(project, build, { env: { npm_config_registry: good.url } }));
  }));

  test('the registry is no address', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    expectFailure(await run(project, build, { env: { npm_config_registry: 'not an address' } }), { code: 'BASE_DOWNLOAD_FAILED', says: ['not an address'] });
  }));
});

describe('a runtime is taken', () => {
  const token = 'npm_notarealtoken';
  const guarded: Answer = (request, response) => (request.headers.authorization === `Bearer ${token}` ? send(tarball) : send(Buffer.from('{}'), 401))(request, response);

  test('with the token of the project\'s .npmrc', recorded(async () => {
    await withRegistry(guarded, async ({ url, requests }) => {
      const host = url.replace('http:', '');
      const project = helloProject({ cache: emptyCache, files: { '.npmrc': `registry=${url}\n${host}:_authToken=\${SECRET}\n` } });
      const ran = await run(project, build, { env: { npm_config_registry: '', SECRET: token } });
      expectSuccess(ran);
      expect(requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`]);
      expect(ran.stdout + ran.stderr).not.toContain(token);
    });
  }, 'no fault'));

  test('through a redirect, which is not told the token', recorded(async () => {
    await withRegistry(send(tarball), async (storage) => {
      await withRegistry(redirect((path) => `${storage.url}elsewhere${path}`), async ({ url, requests }) => {
        const project = helloProject({ cache: emptyCache, files: { '.npmrc': `${url.replace('http:', '')}:_authToken=${token}\n` } });
        expectSuccess(await run(project, build, { env: { npm_config_registry: url } }));
        expect(requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`]);
        expect(storage.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
      });
    });
  }, 'no fault'));

  test('once: another version, wrapper or project asks nobody', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    expectSuccess(await run(project, build, { env: { npm_config_registry: good.url } }));
    const offline = { under: ['unshare', '--net'] };
    expectSuccess(await run(project, build, offline));
    expectSuccess(await run(project, [...build, '--set-version', '1.1.0'], offline));
    rmSync(project.dist, { recursive: true });
    expectSuccess(await run(project, ['dist', '--target', 'linux-x64', '--wrapper', 'npm'], offline));
    const other = { ...helloProject(), cache: project.cache };
    expectSuccess(await run(other, build, offline));
    expectSuccess(await run(other, ['verify'], offline));
  }, 'no fault'));

  test('once by two runs that need it at the same time', recorded(async () => {
    const one = helloProject({ cache: emptyCache });
    const two = { ...helloProject(), cache: one.cache };
    const both = await Promise.all([one, two].map((project) => run(project, build, { env: { npm_config_registry: good.url } })));
    for (const ran of both) expectSuccess(ran);
    expect(plain(readTree(two.dist))).toEqual(plain(readTree(one.dist)));
    expect(halfWritten(one)).toEqual([]);
  }));
});

describe('a cached runtime that is damaged is noticed, and gone for the next run', () => {
  const folderOf = ({ cache }: Project): string => join(cache, 'bases', readdirSync(join(cache, 'bases'))[0] ?? '');

  test.each(sampled<[string, (folder: string) => void]>([
    ['one bit is another', (folder) => writeFileSync(join(folder, 'bun'), withByteFlipped(readFileSync(join(folder, 'bun'))))],
    ['it is cut off', (folder) => truncateSync(join(folder, 'bun'), 1e6)],
    ['it is empty', (folder) => truncateSync(join(folder, 'bun'), 0)],
    ['its digest is empty', (folder) => truncateSync(join(folder, 'sha256'), 0)],
    ['its digest is another', (folder) => writeFileSync(join(folder, 'sha256'), `${'0'.repeat(64)}\n`)],
    ['its digest is gone', (folder) => rmSync(join(folder, 'sha256'))],
    ['it is gone', (folder) => rmSync(join(folder, 'bun'))],
  ], 3))('%s', (_, damage) => recorded(async () => {
    const project = helloProject({ cache: copiedCache });
    damage(folderOf(project));
    const env = { npm_config_registry: good.url };
    const ran = await run(project, build, { env });
    if (ran.code !== 0) {
      expectFailure(ran, { code: 'BASE_CHECK_FAILED', says: ['linux-x64'] });
      expect(plain(readTree(project.dist))).toEqual({});
      expectSuccess(await run(project, build, { env }));
    }
    change(project, { 'src/version.ts': null, 'src/daemon.ts': 'console.log("again");\n', 'src/cli.ts': 'console.log("again");\n' });
    expectSuccess(await run(project, build));
  })());
});
