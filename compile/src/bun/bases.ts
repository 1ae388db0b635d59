/**
 * Bun's own executables, the bases that programs are compiled onto. Each is an npm package, pinned by version and by
 * the integrity that is written here, so that a registry or mirror can only deliver these bytes or fail. Bun's own
 * download would ignore registry settings and check nothing.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar';
import { ioError, SlipwayError, targetOf, type HttpPort, type TargetId } from '@slipway/core';
import { hardenBase, hardening } from '../harden.ts';
import { checkFacts } from '../inspect/check.ts';
import { inspectExecutable } from '../inspect/inspect.ts';
import { openFileSource } from '../inspect/file-source.ts';
import { bunPromise } from './promises.ts';

export const bunVersion = '1.4.5';

/** `dist.integrity` of each package at that version. */
const integrity: Readonly<Record<TargetId, string>> = {
  'linux-x64': 'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
  'linux-x64-musl': 'sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==',
  'linux-arm64': 'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  'linux-arm64-musl': 'sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==',
  'darwin-x64': 'sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==',
  'darwin-arm64': 'sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==',
  'windows-x64': 'sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==',
  'windows-arm64': 'sha512-MiPFZnBNDnBXgr1oONc5pizC4fOLjnIOfNkYdFEnWzLmoFTg86naZIG3SvS7d/GglpQSAnCKMAzSjI/TAckiRw==',
};

/**
 * The licence of Bun as these packages declare it. They hold no text of it; Bun's own page tells also of what it
 * contains, JavaScriptCore among it.
 */
export const bunLicense = { expression: 'MIT', page: `https://github.com/oven-sh/bun/blob/bun-v${bunVersion}/LICENSE.md` };

/** The npm package that a target's runtime comes from, and its digest in lower-case hex. */
export interface BasePackage {
  readonly name: string;
  readonly version: string;
  readonly sha512: string;
}

export function basePackage(target: TargetId): BasePackage {
  return { name: targetOf(target).bun.package, version: bunVersion, sha512: Buffer.from(integrity[target].replace('sha512-', ''), 'base64').toString('hex') };
}

/** Twice what any of them has. */
const largestPackage = 120_000_000;

export interface BaseStore {
  readonly http: HttpPort;
  /** Address of an npm package's tarball, and the headers to ask for it with. */
  readonly tarball: (packageName: string, version: string) => { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** A folder that only its owner writes, and a private one on the same file system. */
  readonly folder: string;
  readonly work: string;
  readonly onDownload?: (target: TargetId, bytes: number) => void;
}

export interface Base {
  readonly path: string;
  /** Of the hardened executable. */
  readonly sha256: string;
}

/**
 * The hardened base of a target, from the cache or downloaded and checked. Offline after the first time. Whoever uses
 * it compares the bytes with `sha256` then: here that would cost a read of 100 MB where nothing may need compiling.
 */
export async function ensureBase(store: BaseStore, target: TargetId): Promise<Base> {
  const folder = join(store.folder, `bun-${bunVersion}-${target}-h${hardening}`);
  const path = join(folder, target.startsWith('windows') ? 'bun.exe' : 'bun');
  const record = join(folder, 'sha256');
  if (existsSync(path) && existsSync(record)) return { path, sha256: readFileSync(record, 'utf8').trim() };
  try {
    mkdirSync(store.folder, { recursive: true, mode: 0o700 });
    return { path, sha256: await prepare(store, target, path) };
  } catch (error) {
    throw ioError(error, `prepare the runtime of ${target} in ${store.folder}`);
  }
}

async function prepare(store: BaseStore, target: TargetId, path: string): Promise<string> {
  const work = join(store.work, `base-${target}`);
  mkdirSync(work, { mode: 0o700 });
  try {
    const tarball = join(work, 'package.tgz');
    await download(store, target, tarball);
    const member = `package/bin/${target.startsWith('windows') ? 'bun.exe' : 'bun'}`;
    await extract({ file: tarball, cwd: work, strip: 2, filter: (name) => name === member });
    rmSync(tarball);
    const executable = join(work, member.slice('package/bin/'.length));
    if (!existsSync(executable)) throw failed(target, `the package holds no ${member}`);
    checkArchitecture(executable, target);
    const bytes = readFileSync(executable);
    hardenBase(bytes);
    writeFileSync(executable, bytes);
    const sha256 = sha256Of(bytes);
    writeFileSync(join(work, 'sha256'), `${sha256}\n`);
    return install(work, path) ? sha256 : readFileSync(join(dirname(path), 'sha256'), 'utf8').trim();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** False where another run was faster: its base may be in use already, and is the same. */
function install(work: string, path: string): boolean {
  const folder = dirname(path);
  if (existsSync(path) && existsSync(join(folder, 'sha256'))) return false;
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  return true;
}

async function download(store: BaseStore, target: TargetId, path: string): Promise<void> {
  const name = targetOf(target).bun.package;
  const { url, headers } = attempt(name, () => store.tarball(name, bunVersion));
  const hash = createHash('sha512');
  let size = 0;
  const response = await store.http.get(url, headers).catch((cause: unknown) => {
    throw downloadFailed(url, cause);
  });
  if (response.status !== 200) {
    response.discard();
    throw new SlipwayError('BASE_DOWNLOAD_FAILED', `${url} answered ${response.status}`, { hint: 'Check the npm registry setting and its credentials.' });
  }
  const checked = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of response.body) {
      hash.update(chunk);
      size += chunk.length;
      if (size > largestPackage) throw failed(target, `${url} sends more than ${largestPackage} bytes`);
      store.onDownload?.(target, size);
      yield chunk;
    }
  };
  try {
    await pipeline(checked, createWriteStream(path, { mode: 0o600 }));
  } catch (cause) {
    throw isSystemError(cause) ? cause : downloadFailed(url, cause);
  }
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== integrity[target]) throw failed(target, `${url} has integrity ${found}, expected ${integrity[target]}`);
}

/** A full or unwritable disk is no failure of the network. */
function isSystemError(error: unknown): boolean {
  return error instanceof SlipwayError || ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EIO'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** A registry setting that is no address is a failure to download, too. */
function attempt<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw downloadFailed(name, cause);
  }
}

function downloadFailed(url: string, cause: unknown): SlipwayError<'BASE_DOWNLOAD_FAILED'> {
  return new SlipwayError('BASE_DOWNLOAD_FAILED', `${url}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: 'The runtime is needed once for each target and cached then. Check the network, the proxy and the npm registry setting.',
    cause,
  });
}

/** A base for another platform compiles with a success message; its own bytes say what it is. */
function checkArchitecture(path: string, target: TargetId): void {
  const source = openFileSource(path);
  try {
    checkFacts(inspectExecutable(source), targetOf(target), bunPromise);
  } catch (error) {
    throw failed(target, error instanceof Error ? error.message : String(error));
  } finally {
    source.close();
  }
}

function failed(target: TargetId, why: string): SlipwayError<'BASE_CHECK_FAILED'> {
  return new SlipwayError('BASE_CHECK_FAILED', `the runtime of ${target} is not the one it should be: ${why}`, {
    hint: 'Nothing was built from it. Clear the cache, and ask whoever runs the registry or mirror why its bytes differ.',
  });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
