import { expect, test } from '@jest/globals';
import { memoryFiles, type Survival } from './memory-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined): string | undefined => (content === undefined ? undefined : new TextDecoder().decode(content));

test.each<[what: string, steps: (files: ReturnType<typeof memoryFiles>) => void, after: readonly (string | undefined)[]]>([
  ['a file nobody synced is gone with its name', (f) => { f.create('/a', 0o644).write(bytes('x'), 0); }, [undefined, undefined]],
  ['a name synced without the bytes is an empty file', (f) => { f.create('/a', 0o644).write(bytes('x'), 0); f.syncFolder('/'); }, ['', undefined]],
  ['bytes synced without the name are gone', (f) => { const o = f.create('/a', 0o644); o.write(bytes('x'), 0); o.sync(); }, [undefined, undefined]],
  ['bytes and name synced are there', (f) => { const o = f.create('/a', 0o644); o.write(bytes('x'), 0); o.sync(); f.syncFolder('/'); }, ['x', undefined]],
  ['a rename nobody synced did not happen', (f) => { const o = f.create('/a', 0o644); o.write(bytes('x'), 0); o.sync(); f.syncFolder('/'); f.rename('/a', '/b'); }, ['x', undefined]],
  ['a synced rename happened', (f) => { const o = f.create('/a', 0o644); o.write(bytes('x'), 0); o.sync(); f.rename('/a', '/b'); f.syncFolder('/'); }, [undefined, 'x']],
  ['an unsynced overwrite is undone', (f) => { const o = f.create('/a', 0o644); o.write(bytes('old'), 0); o.sync(); f.syncFolder('/'); o.write(bytes('n'), 0); }, ['old', undefined]],
])('after a crash in which nothing survives, %s', (_, steps, after) => {
  const files = memoryFiles();
  steps(files);
  files.crash('nothing');
  expect([text(files.read('/a', 9)), text(files.read('/b', 9))]).toEqual(after);
});

test.each<[what: string, survival: () => Survival]>([
  ['everything survives', () => 'everything'],
  ['chance decides', () => { let seed = 7; return () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647; }],
])('a rename between folders leaves one of the two names when %s', (_, survival) => {
  for (let round = 0; round < 50; round += 1) {
    const files = memoryFiles();
    for (const path of ['/from', '/to']) files.makeFolder(path, 0o755);
    files.create('/from/a', 0o644).close();
    files.syncFolder('/');
    files.syncFolder('/from');
    files.rename('/from/a', '/to/b');
    files.crash(survival());
    expect(files.paths().filter((path) => !path.endsWith('/'))).toHaveLength(1);
  }
});

test('links are followed on the way and, by read and open, at the end', () => {
  const files = memoryFiles();
  files.makeFolder('/v', 0o755);
  files.makeFolder('/v/1', 0o755);
  files.create('/v/1/app', 0o755).write(bytes('one'), 0);
  files.symlink('v/1', '/current');
  files.symlink('/current/app', '/app');
  expect([text(files.read('/app', 9)), files.readLink('/current'), files.stat('/app')?.kind, files.stat('/current/app')?.kind]).toEqual(['one', 'v/1', 'link', 'file']);
});

test('a full disk refuses what does not fit and keeps the rest', () => {
  const files = memoryFiles();
  const open = files.create('/a', 0o644);
  files.free = 3;
  open.write(bytes('abc'), 0);
  expect(() => open.write(bytes('d'), 3)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  expect(text(files.read('/a', 9))).toBe('abc');
});
