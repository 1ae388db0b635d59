import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf, sizeOf, textEntry, type Artifact, type ContainerEntry, type PlannedFile, type Stamps } from '@slipway/core';
import { openBlockCache } from './block-cache.ts';
import { compressor } from './compression.ts';
import { executePlan, inOrder, measure, type Binary, type Executor } from './execute.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-execute-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** 3.5 MB that compress partly: several blocks, the last one short. */
const program = Buffer.concat(Array.from({ length: 7 }, (_, index) => Buffer.concat([randomBytes(200_000), Buffer.alloc(300_000, index)])));
const date = 1_700_000_000;

function open(name: string): Executor {
  const dist = join(folder, name);
  const work = join(dist, '.work');
  mkdirSync(work, { recursive: true });
  const remembered = new Map<string, { readonly key: string; readonly size: number; readonly sha256: string }>();
  const stamps: Stamps = {
    keyOf: (path) => remembered.get(path)?.key,
    reuse: (path, key) => (remembered.get(path)?.key === key ? remembered.get(path) : undefined),
    record: (path, key, described) => void remembered.set(path, { key, ...described }),
  };
  return { dist, project: folder, work, cache: openBlockCache(join(folder, 'cache'), compressor, work), stamps, width: 3, count: { deflatedBytes: 0, writtenFiles: 0 }, deflated: new Map() };
}

const exe: ContainerEntry = { path: 'tool/bin/tool', mode: 0o755, content: { kind: 'artifact', id: 'bin:linux-x64:tool' } };
const entries: readonly ContainerEntry[] = [
  textEntry('tool/README.md', 'read me\n'),
  exe,
  { path: 'tool/LICENSE', mode: 0o644, content: { kind: 'file', path: 'LICENSE' } },
  textEntry('tool/über/ähnlich.txt', 'unicode\n'),
  textEntry(`tool/${'deep/'.repeat(40)}file`, 'long\n'),
  textEntry('tool/RECORD', ['tool ', digestOf('entry:tool/bin/tool', 'base64url'), ' ', sizeOf('entry:tool/bin/tool'), '\n']),
];
const link: ContainerEntry = { path: 'tool/bin/toold', mode: 0o777, content: { kind: 'link', to: 'tool' } };
const tar: PlannedFile = { id: 'archive:linux-x64', type: 'archive', path: 'archives/tool.tar.gz', content: { kind: 'tar.gz', entries: [...entries, link], mtime: date } };
const zip: PlannedFile = { id: 'archive:windows-x64', type: 'archive', path: 'archives/tool.zip', content: { kind: 'zip', entries, mtime: date } };
const manifest: PlannedFile = { id: 'formula', type: 'manifest', path: 'formula.rb', content: { kind: 'text', text: ['sha256 "', digestOf(tar.id), '" size ', sizeOf(zip.id), '\n'] } };

let path: string;
let executor: Executor;
let binaries: ReadonlyMap<string, Binary>;
let artifacts: readonly Artifact[];

beforeAll(async () => {
  path = join(folder, 'tool');
  writeFileSync(path, program);
  writeFileSync(join(folder, 'LICENSE'), 'free\n');
  executor = open('first');
  binaries = new Map([['bin:linux-x64:tool', await measure(executor, path, 'key', true)]]);
  artifacts = await executePlan(executor, [manifest, tar, zip], binaries);
});

test('an executable is measured and deflated in one pass, and once for all containers', () => {
  expect(binaries.get('bin:linux-x64:tool')).toEqual({ path, size: program.length, sha256: sha256(program) });
  expect(executor.count.deflatedBytes).toBe(program.length);
});

test('artifacts come in the order asked for, with the digests of what is on disk', () => {
  expect(artifacts.map(({ id }) => id)).toEqual(['formula', 'archive:linux-x64', 'archive:windows-x64']);
  for (const artifact of artifacts) {
    const bytes = readFileSync(join(executor.dist, artifact.path));
    expect(artifact).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
  }
});

test('a text that needs the digest of a package is written after it', () => {
  expect(readFileSync(join(executor.dist, 'formula.rb'), 'utf8')).toBe(`sha256 "${artifacts[1]?.sha256}" size ${artifacts[2]?.size}\n`);
});

describe('what the system’s own tools unpack is what went in', () => {
  const script = `
import hashlib, json, sys, tarfile, zipfile
def about(data): return [len(data), hashlib.sha256(data).hexdigest()]
if sys.argv[1].endswith('.zip'):
    z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
    print(json.dumps({i.filename: [oct(i.external_attr >> 16), i.date_time[0]] + about(z.read(i)) for i in z.infolist()}))
else:
    t = tarfile.open(sys.argv[1], 'r:gz')
    print(json.dumps({m.name: [oct(m.mode), m.mtime, m.linkname] + (about(t.extractfile(m).read()) if m.isfile() else []) for m in t}))
`;
  const unpack = (file: PlannedFile): Record<string, unknown[]> =>
    JSON.parse(execFileSync('python3', ['-c', script, join(executor.dist, file.path)], { encoding: 'utf8' }));
  const exact = [program.length, sha256(program)];

  test('tar.gz, by Python', () => {
    const members = unpack(tar);
    expect(Object.keys(members)).toEqual([...entries, link].map((entry) => entry.path));
    expect(members['tool/bin/tool']).toEqual(['0o755', date, '', ...exact]);
    expect(members['tool/bin/toold']).toEqual(['0o777', date, 'tool']);
  });

  test('zip, by Python', () => {
    const members = unpack(zip);
    expect(Object.keys(members)).toEqual(entries.map((entry) => entry.path));
    expect(members['tool/bin/tool']).toEqual(['0o100755', 2023, ...exact]);
    const record = Buffer.from(`tool ${createHash('sha256').update(program).digest('base64url')} ${program.length}\n`);
    expect(members['tool/RECORD']?.slice(2)).toEqual([record.length, sha256(record)]);
  });

  test('tar.gz, by tar and gzip', () => {
    execFileSync('gzip', ['-t', join(executor.dist, tar.path)]);
    const bytes = execFileSync('tar', ['-xzOf', join(executor.dist, tar.path), 'tool/bin/tool'], { maxBuffer: 1 << 24 });
    expect(sha256(bytes)).toBe(sha256(program));
  });
});

test('a second run in another folder writes the same bytes and compresses nothing', async () => {
  const second = open('second');
  const again = await executePlan(second, [manifest, tar, zip], new Map([['bin:linux-x64:tool', await measure(second, path, 'key', true)]]));
  expect(again.map((artifact) => artifact.sha256)).toEqual(artifacts.map((artifact) => artifact.sha256));
  expect(second.count.deflatedBytes).toBe(0);
});

test('a change in one block compresses that block only', async () => {
  const changed = Buffer.from(program);
  changed[2_500_000] = (changed[2_500_000] ?? 0) ^ 1;
  writeFileSync(join(folder, 'changed'), changed);
  const third = open('third');
  await measure(third, join(folder, 'changed'), 'key', true);
  expect(third.count.deflatedBytes).toBe(1 << 20);
});

test('a damaged block in the cache is made anew', async () => {
  const blocks = readdirSync(join(folder, 'cache', compressor), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, 'cache', compressor, name)).filter((name) => statSync(name).isFile());
  const victim = blocks[0] as string;
  const bytes = readFileSync(victim);
  bytes[100] = (bytes[100] ?? 0) ^ 0xff;
  writeFileSync(victim, bytes);
  const fourth = open('fourth');
  const again = await executePlan(fourth, [tar], new Map([['bin:linux-x64:tool', await measure(fourth, path, 'key', true)]]));
  expect(again[0]?.sha256).toBe(artifacts[1]?.sha256);
});

test('what was written from the same inputs and is untouched is not written again; a changed input is', async () => {
  const how: string[] = [];
  const watched = { ...executor, onFile: (artifact: Artifact, what: string) => void how.push(`${artifact.id} ${what}`) };
  await executePlan(watched, [manifest, tar, zip], binaries);
  writeFileSync(join(folder, 'LICENSE'), 'still free\n');
  await executePlan(watched, [manifest, tar, zip], binaries);
  writeFileSync(join(folder, 'LICENSE'), 'free\n');
  expect(how.toSorted()).toEqual(['archive:linux-x64 reused', 'archive:linux-x64 wrote', 'archive:windows-x64 reused', 'archive:windows-x64 wrote', 'formula reused', 'formula wrote']);
});

test('files that wait for each other are refused', () => {
  const a: PlannedFile = { id: 'a', type: 'manifest', path: 'a', content: { kind: 'text', text: [digestOf('b')] } };
  const b: PlannedFile = { id: 'b', type: 'manifest', path: 'b', content: { kind: 'text', text: [digestOf('a')] } };
  expect(() => inOrder([a, b], new Set())).toThrow(expect.objectContaining({ code: 'PLAN_CONFLICT' }));
});

test('a failure leaves no file under the final name and none beside it', async () => {
  const fresh = open('failing');
  const broken: PlannedFile = { ...tar, content: { kind: 'tar.gz', mtime: date, entries: [exe, { path: 'x', mode: 0o644, content: { kind: 'file', path: 'missing' } }] } };
  await expect(executePlan(fresh, [broken], binaries)).rejects.toMatchObject({ code: 'IO_FAILED' });
  expect(readdirSync(fresh.dist, { recursive: true })).toEqual(['.work']);
});
