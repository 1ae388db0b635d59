/**
 * `slipway dist --fake` as it really runs, in a process of the pinned Bun, and what `verify` says when its output is
 * tampered with.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { artifactsSchema } from '@slipway/core';
import { verifyDist } from '@slipway/wrappers';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-dist-')));
afterAll(() => rmSync(scratch, { recursive: true }));
const command = new URL('../../bin/slipway.js', import.meta.url).pathname;
const project = join(scratch, 'hello');
const dist = join(project, 'dist');

function slipway(...args: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd: project, encoding: 'utf8', env: { ...process.env, SLIPWAY_CACHE_DIR: join(scratch, 'cache'), CI: '1' } });
  return { code: status, output: stdout + stderr };
}

let artifacts: readonly { readonly path: string; readonly size: number }[];
beforeAll(() => {
  cpSync(new URL('../../../examples/hello', import.meta.url).pathname, project, { recursive: true, filter: (path) => !path.includes('dist') });
  const { code, output } = slipway('dist', '--fake');
  if (code !== 0) throw new Error(output);
  artifacts = artifactsSchema.parse(JSON.parse(readFileSync(join(dist, 'artifacts.json'), 'utf8')));
});

test('every target and wrapper is there, and verified', () => {
  expect(artifacts).toHaveLength(10 + 8 + 9 + 7 + 1 + 1 + 3 + 4);
  expect(slipway('verify')).toMatchObject({ code: 0, output: expect.stringContaining('hello 1.0.0: 38 packages and executables hold the same bytes') });
});

test('checksums.txt is what sha256sum takes', () => {
  expect(spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'checksums.txt'], { cwd: dist }).status).toBe(0);
});

test('a second run writes nothing', () => {
  expect(slipway('dist', '--fake').output).toContain('nothing changed, 43 files');
});

/** As somebody would who wants to hide a change. */
function regenerateChecksums(): void {
  const lines = readFileSync(join(dist, 'checksums.txt'), 'utf8').trimEnd().split('\n').map((line) => line.slice(66));
  const digest = (path: string): string => createHash('sha256').update(readFileSync(join(dist, path))).digest('hex');
  writeFileSync(join(dist, 'checksums.txt'), lines.map((path) => `${digest(path)}  ${path}\n`).join(''));
}

async function tampered(change: () => void, restore: () => void): Promise<boolean> {
  const checksums = readFileSync(join(dist, 'checksums.txt'));
  change();
  try {
    return (await verifyDist(dist).catch(() => ({ ok: false }))).ok; // without plan.json it is no dist at all
  } finally {
    restore();
    writeFileSync(join(dist, 'checksums.txt'), checksums);
  }
}

describe('verify fails, checksums regenerated or not,', () => {
  test('when any one file is removed', async () => {
    for (const { path } of artifacts) {
      const file = join(dist, path);
      expect([path, await tampered(() => renameSync(file, `${scratch}/aside`), () => renameSync(`${scratch}/aside`, file))]).toEqual([path, false]);
    }
  });

  test('when one byte of any file is flipped', async () => {
    for (const { path, size } of artifacts) {
      const file = join(dist, path);
      const original = readFileSync(file);
      const flip = (): void => {
        const bytes = Buffer.from(original);
        const at = (size * 7919) % size === 0 ? Math.floor(size / 2) : (size * 7919) % size;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(file, bytes);
        regenerateChecksums();
      };
      expect([path, await tampered(flip, () => writeFileSync(file, original))]).toEqual([path, false]);
    }
  });

  test('when a package is replaced by another target’s', async () => {
    const [one, other] = ['npm/hello-linux-x64-1.0.0.tgz', 'npm/hello-linux-arm64-1.0.0.tgz'].map((path) => join(dist, path)) as [string, string];
    copyFileSync(one, `${scratch}/aside`);
    const swap = (): void => {
      copyFileSync(other, one);
      regenerateChecksums();
    };
    expect(await tampered(swap, () => copyFileSync(`${scratch}/aside`, one))).toBe(false);
  });

  test('when a manifest names another archive than the one that is there', async () => {
    const paths = artifacts.map(({ path }) => path).filter((path) => /^(homebrew|scoop)\/|installer\.yaml$/.test(path));
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      const file = join(dist, path);
      const [original, records] = [readFileSync(file, 'utf8'), readFileSync(join(dist, 'artifacts.json'), 'utf8')];
      const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
      const changed = original.replace(/[0-9a-f]{64}/, 'f'.repeat(64));
      const tamper = (): void => {
        writeFileSync(file, changed);
        writeFileSync(join(dist, 'artifacts.json'), records.replace(digest(original), digest(changed)));
        regenerateChecksums();
      };
      const restore = (): void => {
        writeFileSync(file, original);
        writeFileSync(join(dist, 'artifacts.json'), records);
      };
      expect([path, await tampered(tamper, restore)]).toEqual([path, false]);
    }
  });

  test('and the command says so with exit code 1', () => {
    const file = join(dist, 'archives/hello-v1.0.0-linux-x64.tar.gz');
    renameSync(file, `${scratch}/aside`);
    const { code, output } = slipway('verify');
    renameSync(`${scratch}/aside`, file);
    expect([code, output]).toEqual([1, expect.stringContaining('archives/hello-v1.0.0-linux-x64.tar.gz: is not there')]);
  });
});

describe('a wrong label stops the run', () => {
  test.each([
    ['a musl executable called glibc', 'linux-x64-musl', 'linux-x64', 'labelled linux-x64 (linux, x64, glibc) but its bytes are for linux, x64, musl'],
    ['x64 called arm64', 'linux-x64', 'linux-arm64', 'labelled linux-arm64 (linux, arm64, glibc) but its bytes are for linux, x64, glibc'],
    ['Linux called macOS', 'linux-x64', 'darwin-x64', 'labelled darwin-x64 (darwin, x64) but its bytes are for linux, x64, glibc'],
  ])('%s', (_, from, to, message) => {
    const [source, target] = [from, to].map((id) => join(dist, 'bin', id, 'hello')) as [string, string];
    copyFileSync(target, `${scratch}/aside`);
    copyFileSync(source, target);
    const { code, output } = slipway('package', '--target', to);
    copyFileSync(`${scratch}/aside`, target);
    expect([code, output]).toEqual([65, expect.stringContaining(message)]);
    expect(output).toContain('[INSPECT_MISMATCH]');
  });
});
