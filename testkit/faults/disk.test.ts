/**
 * File systems that are full, read-only, protected or in the way: one clear error, nothing half-written under a final
 * name, nothing lost, and the next run ends well.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { appendFileSync, chmodSync, chownSync, copyFileSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectRecovery } from './aftermath.ts';
import { halfWritten, workFolders } from './leftovers.ts';
import { requireMounts, withBound, withImmutable, withReadOnly, withTmpfs, type Mount } from './mounts.ts';
import { expectFailure, expectSomeFailure, expectSuccess } from './outcome.ts';
import { run } from './program.ts';
import { copiedCache, emptyCache, helloProject, linkedCache, type Project } from './project.ts';
import { send, withRegistry } from './registry.ts';
import { sampled, warmCache } from './suite.ts';
import { recorded, rounds } from './transcript.ts';
import { filesBelow, plain, readTree, type Tree } from './tree.ts';

const fakeOf = (version: string): readonly string[] => ['dist', '--fake', '--target', 'linux-x64', '--target', 'windows-x64', '--set-version', version];
const real = ['dist', '--target', 'linux-x64'];
const clean: Record<string, Tree> = {};

beforeAll(async () => {
  requireMounts();
  for (const version of ['1.0.0', '1.1.0']) {
    const project = helloProject({ cache: emptyCache });
    expectSuccess(await run(project, fakeOf(version)));
    clean[version] = readTree(project.dist);
  }
});

const treeOf = (version: string): Tree => clean[version] as Tree;

/** A project whose dist/ holds version 1.0.0. */
async function released(): Promise<Project> {
  const project = helloProject({ cache: emptyCache });
  expectSuccess(await run(project, fakeOf('1.0.0')));
  return project;
}

const recovered = (project: Project): Promise<unknown> => expectRecovery(project, { args: fakeOf('1.1.0'), clean: treeOf('1.1.0'), before: treeOf('1.0.0') });

describe('no space left', () => {
  test.each([
    ['pages', (many: number) => `size=${many * 4}k`, 'size=10m'],
    ['inodes', (many: number) => `size=10m,nr_inodes=${many + 1}`, 'nr_inodes=1000'],
  ])('an output folder of few %s, one more each time until all fits', (_, options, enough) => recorded(async () => {
    const sizes = Array.from({ length: 50 }, (_, index) => index + 1);
    let full = true;
    await rounds(sampled(sizes, 4), options, async (many) => {
      if (!full) return;
      const project = helloProject({ cache: emptyCache });
      await withTmpfs(project.dist, options(many), async (mount) => {
        const ran = await run(project, fakeOf('1.0.0'));
        full = ran.code !== 0;
        if (full) expectFailure(ran, { code: 'DISK_FULL' });
        expect(workFolders(project)).toEqual([]);
        mount.resize(enough);
        await expectRecovery(project, { args: fakeOf('1.0.0'), clean: treeOf('1.0.0') });
      });
    });
    expect(full).toBe(false);
  })());

  test('an upgrade on a full disk loses nothing', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    await withTmpfs(project.dist, 'size=10m', async (mount) => {
      expectSuccess(await run(project, fakeOf('1.0.0')));
      const before = plain(readTree(project.dist));
      mount.fill();
      expectFailure(await run(project, fakeOf('1.1.0')), { code: 'DISK_FULL' });
      rmSync(join(project.dist, 'filler'));
      expect(plain(readTree(project.dist))).toEqual(before);
      await recovered(project);
    });
  }));

  test('real executables on a disk that ends while one is compiled, while packages are written, before the records', recorded(async () => {
    const reference = helloProject();
    expectSuccess(await run(reference, real));
    const undisturbed = readTree(reference.dist);
    const size = (path: string): number => lstatSync(join(reference.dist, path)).size;
    const executable = size('bin/linux-x64/hello');
    const archive = size('archives/hello-v1.0.0-linux-x64.tar.gz');
    const everything = filesBelow(reference.dist).reduce((total, path) => total + size(path), 0);
    const moments = [executable / 10, executable - 4096, executable + archive / 2, executable + 1.5 * archive, everything - 20_000];
    await rounds(sampled(moments, 2), (bytes) => `${Math.floor(bytes)} bytes`, async (bytes) => {
      const project = helloProject({ cache: linkedCache });
      await withTmpfs(project.dist, `size=${Math.floor(bytes)}`, async (mount) => {
        expectFailure(await run(project, real), { code: 'DISK_FULL' });
        expect(workFolders(project)).toEqual([]);
        mount.resize('size=2g');
        await expectRecovery(project, { args: real, clean: undisturbed });
      });
    });
  }));

  /** A cache on a file system of its own that holds nothing but the runtimes. */
  const withSmallCache = async (options: string, body: (project: Project, mount: Mount) => Promise<void>): Promise<void> => {
    const project = helloProject({ cache: emptyCache });
    await withTmpfs(project.cache, options, async (mount) => {
      await withBound(join(warmCache(), 'bases'), join(project.cache, 'bases'), () => body(project, mount));
    });
  };

  test.each(sampled(['size=64k', 'size=1m', 'size=20m', 'nr_inodes=12'], 2))('a cache of %s', (options) => recorded(async () => {
    await withSmallCache(options, async (project, mount) => {
      expectFailure(await run(project, real), { code: 'DISK_FULL', says: [project.cache] });
      expect(halfWritten(project)).toEqual([]);
      expect(workFolders(project)).toEqual([]);
      mount.resize('size=1g,nr_inodes=10000');
      expectSuccess(await run(project, real));
      expect(halfWritten(project)).toEqual([]);
    });
  })());

  test('a full cache, where only the stamps are to be written', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    await withTmpfs(project.cache, 'size=16k', async (mount) => {
      mount.fill();
      const ran = await run(project, fakeOf('1.0.0'));
      if (ran.code !== 0) expectFailure(ran, { code: 'DISK_FULL', says: [project.cache] });
      expect(workFolders(project)).toEqual([]);
      rmSync(join(project.cache, 'filler'));
      await expectRecovery(project, { args: fakeOf('1.0.0'), clean: treeOf('1.0.0') });
    });
  }));

  test('a cache that is full before a runtime has arrived', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    await withRegistry(send(new Uint8Array(50e6)), async ({ url }) => {
      await withTmpfs(project.cache, 'size=10m', async () => {
        expectFailure(await run(project, real, { env: { npm_config_registry: url } }), { code: 'DISK_FULL', says: [project.cache] });
        expect(halfWritten(project)).toEqual([]);
        expect(workFolders(project)).toEqual([]);
      });
    });
  }));
});

describe('no permission', () => {
  test('a read-only output folder', recorded(async () => {
    const project = await released();
    const before = plain(readTree(project.dist));
    await withReadOnly(project.dist, async () => {
      expectFailure(await run(project, fakeOf('1.1.0')), { code: 'DIST_UNWRITABLE', says: [project.dist] });
      expectSuccess(await run(project, ['verify']));
    });
    expect(plain(readTree(project.dist))).toEqual(before);
    await recovered(project);
  }));

  test('a read-only cache', recorded(async () => {
    const project = await released();
    await withReadOnly(project.cache, async () => {
      const ran = await run(project, fakeOf('1.1.0'));
      if (ran.code !== 0) expectFailure(ran, { code: 'DIST_UNWRITABLE', says: [project.cache] });
      expect(workFolders(project)).toEqual([]);
    });
    await recovered(project);
  }));

  test.each(sampled([
    'bin/linux-x64/hello', 'bin/windows-x64/hello.exe', 'checksums.txt', 'plan.json', // are replaced
    'archives/hello-v1.0.0-linux-x64.tar.gz', // is removed
    'bin/linux-x64', 'npm', '.', // are changed
  ], 4))('a protected %s', (name) => recorded(async () => {
    const project = await released();
    await withImmutable(join(project.dist, name), async () => {
      expectFailure(await run(project, fakeOf('1.1.0')), { code: 'DIST_UNWRITABLE', says: [project.dist] });
      expect(workFolders(project)).toEqual([]);
    });
    await recovered(project);
  })());

  describe('another user', () => {
    const nobody = 65534;
    const under = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    const own = (...paths: readonly string[]): void => {
      for (const path of paths) chownSync(path, nobody, nobody);
    };

    test('who may not write the output folder', recorded(async () => {
      const project = await released();
      own(project.cache, join(project.cache, 'stamps'), project.home);
      expectFailure(await run(project, fakeOf('1.1.0'), { under }), { code: 'DIST_UNWRITABLE', says: [project.dist] });
      await recovered(project);
    }));

    test('who may not write the project', recorded(async () => {
      const project = helloProject({ cache: emptyCache });
      own(project.cache, project.home);
      expectFailure(await run(project, fakeOf('1.1.0'), { under }), { code: 'DIST_UNWRITABLE', says: [project.dist] });
      await recovered(project);
    }));

    test('who may not write the cache', recorded(async () => {
      const project = helloProject({ cache: emptyCache });
      own(project.root, project.home);
      const ran = await run(project, fakeOf('1.1.0'), { under });
      if (ran.code !== 0) expectFailure(ran, { code: 'DIST_UNWRITABLE', says: [project.cache] });
      expect(workFolders(project)).toEqual([]);
      own(project.cache);
      expectSuccess(await run(project, fakeOf('1.1.0'), { under }));
      rmSync(project.dist, { recursive: true });
    }));

    test('who has no home to keep a cache in', recorded(async () => {
      const project = helloProject({ cache: emptyCache });
      own(project.root);
      const ran = await run(project, fakeOf('1.1.0'), { under, env: { SLIPWAY_CACHE_DIR: '' } });
      if (ran.code !== 0) expectFailure(ran, { code: 'DIST_UNWRITABLE', says: [project.home] });
      expect(workFolders(project)).toEqual([]);
    }));

    test.each(['package.json', 'src/cli.ts'])('who may not read %s', (name) => recorded(async () => {
      const project = helloProject({ cache: copiedCache });
      own(project.root, project.home, project.cache, ...readdirSync(project.cache, { recursive: true, encoding: 'utf8' }).map((path) => join(project.cache, path)));
      chmodSync(join(project.root, name), 0o600);
      const ran = await run(project, real, { under });
      expectSomeFailure(ran, ['CONFIG_INVALID', 'COMPILE_FAILED', 'IO_FAILED']); // nothing to do with writing
      expect(ran.stderr).toContain(name);
    })());
  });
});

describe('something in the way', () => {
  test.each(sampled<[string, (project: Project) => void]>([
    ['a file instead of dist', ({ dist }) => writeFileSync(dist, 'precious')],
    ['a link to nowhere instead of dist', ({ dist }) => symlinkSync('nowhere/else', dist)],
    ['a link to itself instead of dist', ({ dist }) => symlinkSync('dist', dist)],
    ['a file instead of a folder in dist', ({ dist }) => { mkdirSync(dist); writeFileSync(join(dist, 'archives'), 'precious'); }],
    ['a file instead of the folder of executables', ({ dist }) => { mkdirSync(dist); writeFileSync(join(dist, 'bin'), 'precious'); }],
    ['a folder instead of a record', ({ dist }) => mkdirSync(join(dist, 'checksums.txt/precious'), { recursive: true })],
    ['a folder instead of an executable', ({ dist }) => mkdirSync(join(dist, 'bin/linux-x64/hello/precious'), { recursive: true })],
    ['a folder instead of a link', ({ dist }) => mkdirSync(join(dist, 'bin/linux-x64/hellod/precious'), { recursive: true })],
    ['a folder instead of a package', ({ dist }) => mkdirSync(join(dist, 'npm/hello-1.1.0.tgz/precious'), { recursive: true })],
  ], 4))('%s', (_, block) => recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    block(project);
    const ran = await run(project, fakeOf('1.1.0'));
    expectSomeFailure(ran, ['DIST_UNWRITABLE', 'IO_FAILED']);
    expect(ran.stderr).toContain(project.dist);
    expect(workFolders(project)).toEqual([]);
    renameSync(project.dist, join(project.root, 'aside')); // which proves that it is still there
    await recovered(project);
  })());

  test('a file in the path of the output folder', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    expectSomeFailure(await run(project, [...fakeOf('1.1.0'), '--out', 'package.json/dist']), ['DIST_UNWRITABLE', 'IO_FAILED']);
    await recovered(project);
  }));

  test('a file instead of the cache', recorded(async () => {
    const project = helloProject({ cache: (folder) => join(folder, 'cache') });
    writeFileSync(project.cache, 'precious');
    const ran = await run(project, fakeOf('1.1.0'));
    if (ran.code !== 0) expectSomeFailure(ran, ['DIST_UNWRITABLE', 'IO_FAILED']);
    expect(workFolders(project)).toEqual([]);
    rmSync(project.cache);
    await recovered(project);
  }));

  test('a link to a folder elsewhere is a fine output folder', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    mkdirSync(join(project.folder, 'elsewhere'));
    symlinkSync(join(project.folder, 'elsewhere'), project.dist);
    expectSuccess(await run(project, fakeOf('1.1.0')));
    expect(plain(readTree(join(project.folder, 'elsewhere')))).toEqual(plain(treeOf('1.1.0')));
  }, 'no fault'));
});

describe('something happened to dist since the last run', () => {
  test.each(sampled<[string, (dist: string) => void]>([
    ['all of it is gone', (dist) => rmSync(dist, { recursive: true })],
    ['an executable is gone', (dist) => rmSync(join(dist, 'bin/linux-x64/hello'))],
    ['an executable is another file', (dist) => copyFileSync('/bin/true', join(dist, 'bin/linux-x64/hello'))],
    ['a package is gone', (dist) => rmSync(join(dist, 'npm/hello-1.0.0.tgz'))],
    ['a package is cut off', (dist) => truncateSync(join(dist, 'npm/hello-1.0.0.tgz'), 100)],
    ['a record is edited', (dist) => appendFileSync(join(dist, 'checksums.txt'), '#')],
    ['the records are gone', (dist) => rmSync(join(dist, 'artifacts.json'))],
  ], 3))('%s: it is made and verified anew', (_, happen) => recorded(async () => {
    const project = await released();
    happen(project.dist);
    const ran = await run(project, [...fakeOf('1.0.0'), '--json']);
    expectSuccess(ran);
    expect(plain(readTree(project.dist))).toEqual(plain(treeOf('1.0.0')));
    const events = ran.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly event: string; readonly changed?: boolean });
    expect(events.map(({ event }) => event)).toContain('verify');
    expect(events.at(-1)?.changed).toBe(true);
  })());

  test('a link is gone: it is made anew', recorded(async () => {
    const project = await released();
    rmSync(join(project.dist, 'bin/linux-x64/hellod'));
    await expectRecovery(project, { args: fakeOf('1.0.0'), clean: treeOf('1.0.0') });
  }));

  test('files of the publisher in it stay', recorded(async () => {
    const project = await released();
    for (const name of ['notes.txt', 'npm/notes.txt', 'bin/linux-x64/notes.txt', 'bin/notes/precious']) {
      mkdirSync(dirname(join(project.dist, name)), { recursive: true });
      writeFileSync(join(project.dist, name), 'precious');
    }
    const before = readTree(project.dist);
    await run(project, fakeOf('1.1.0'));
    const lost = [...before].filter(([path, what]) => !treeOf('1.0.0').has(path) && readTree(project.dist).get(path) !== what);
    expect(lost).toEqual([]);
  }));
});

describe('limits of the process', () => {
  test.each(['--nofile=40', '--fsize=20000', '--fsize=2000', '--nproc=1'])('prlimit %s', (limit) => recorded(async () => {
    const project = await released();
    const ran = await run(project, fakeOf('1.1.0'), { under: ['prlimit', limit], patience: 60_000 });
    if (ran.signal === null && ran.code !== 0) expectSomeFailure(ran);
    await recovered(project);
  })());

  test('a folder for temporary files that is not there does not matter', recorded(async () => {
    const project = helloProject();
    expectSuccess(await run(project, real, { env: { TMPDIR: '/nowhere/at/all' } }));
  }, 'no fault'));
});
