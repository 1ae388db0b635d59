/** plan.json, artifacts.json, checksums.txt, metadata.json and what lies in dist/ beside them. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Plan } from '@slipway/core';
import { scratchFolder } from '../read/scratch.fixture.ts';
import { Dist, paths, plan, program } from './dist.fixture.ts';
import type { VerifyReport } from './report.ts';
import { verifyDist } from './verify.ts';

const scratch = scratchFolder();
const dist = new Dist(`${scratch.path}/dist`, { linux: program(70_000, 1), windows: program(80_000, 2), launcher: program(2_000, 3) });
afterEach(() => dist.restore());

const verify = (): Promise<VerifyReport> => verifyDist(dist.root);
const found = ({ problems }: VerifyReport): readonly (readonly [string, string])[] => problems.map(({ kind, path }) => [kind, path] as const);

describe('what does not belong is named', () => {
  test.each<[string, () => void, readonly (readonly [string, string])[]]>([
    ['an extra file in an artifact folder', () => dist.write('npm/other-1.0.0.tgz', Buffer.from('x')), [['unexpected', 'npm/other-1.0.0.tgz']]],
    ['an extra file deep in one', () => dist.write('python/wheels/a/b.whl', Buffer.from('x')), [['unexpected', 'python/wheels/a/b.whl']]],
    ['an extra link', () => dist.write('bin/linux-x64/sh', '/bin/sh'), [['unexpected', 'bin/linux-x64/sh']]],
    ['an alias that leads elsewhere', () => dist.write('bin/linux-x64/toold', '/bin/sh'), [['alias', 'bin/linux-x64/toold']]],
    ['an alias that is gone', () => dist.remove('bin/linux-x64/toold'), [['alias', 'bin/linux-x64/toold']]],
    ['an alias that is a file', () => { dist.remove('bin/linux-x64/toold'); dist.write('bin/linux-x64/toold', Buffer.from('x')); }, [['unexpected', 'bin/linux-x64/toold'], ['alias', 'bin/linux-x64/toold']]],
    ['an artifact that is a link', () => { dist.remove(paths.main); dist.write(paths.main, 'tool-linux-x64-1.4.0.tgz'); }, [['missing', paths.main]]],
    ['a longer file', () => dist.write(paths.launcher, Buffer.concat([dist.read(paths.launcher), Buffer.from('x')])), [['size', paths.launcher], ['alias', paths.windows.archive], ['alias', paths.windows.npm], ['alias', paths.windows.pip]]],
    ['bytes after a package', () => dist.write(paths.main, Buffer.concat([dist.read(paths.main), Buffer.from('x')])), [['malformed', paths.main], ['size', paths.main]]],
  ])('%s', async (_, change, expected) => {
    change();
    expect(found(await verify())).toEqual(expected);
  });
});

describe('the records are held against each other', () => {
  const edited = (path: string, change: (text: string) => string): void => dist.write(path, Buffer.from(change(dist.read(path).toString())));
  const replan = (change: (value: Plan) => object): void => {
    dist.write('plan.json', Buffer.from(JSON.stringify({ ...plan, ...change(plan) })));
    dist.recordArtifacts();
    dist.recordChecksums();
  };
  const relist = (change: Parameters<Dist['recordArtifacts']>[0]): void => {
    dist.recordArtifacts(change);
    dist.recordChecksums();
  };
  /** As somebody would who wants to hide a change: whatever lists the file says what it is now. */
  const rewrite = (path: string, value: unknown): void => {
    dist.write(path, Buffer.from(JSON.stringify(value)));
    if (path !== 'provenance.intoto.json') dist.write('provenance.intoto.json', Buffer.from(JSON.stringify(dist.statement())));
    dist.listArtifacts();
    dist.recordChecksums();
  };
  const first = 'archives/tool-linux-x64.tar.gz';

  test.each<[string, () => void, readonly (readonly [string, string])[]]>([
    ['a line of artifacts.json that is missing', () => relist((lines) => lines.slice(1)), [['record', first], ['checksum', first], ['record', 'provenance.intoto.json']]],
    ['a line of artifacts.json that is there twice', () => relist((lines) => [lines[0], ...lines]), [['record', first]]],
    ['a line that the plan does not know', () => relist((lines) => [{ ...lines[0], path: 'a/b', name: 'b' }, ...lines]), [['record', 'a/b'], ['checksum', 'a/b'], ['record', 'provenance.intoto.json']]],
    ['lines in another order', () => relist((lines) => lines.toReversed()), [['record', 'artifacts.json']]],
    ['another target in a line', () => relist((lines) => lines.map((line, i) => (i === 0 ? { ...line, target: 'darwin-x64' } : line))), [['record', first]]],
    ['another entry in a line', () => relist((lines) => lines.map((line, i) => (i === 0 ? { ...line, executables: [] } : line))), [['record', first]]],
    ['another file name in a line', () => relist((lines) => lines.map((line, i) => (i === 0 ? { ...line, name: 'x' } : line))), [['record', first]]],
    ['a field that nobody knows', () => relist((lines) => lines.map((line) => ({ ...line, more: 1 }))), [['record', 'artifacts.json']]],
    ['artifacts.json that is no JSON', () => edited('artifacts.json', (text) => text.slice(1)), [['record', 'artifacts.json']]],
    ['artifacts.json in other words, checksums.txt as it was', () => edited('artifacts.json', (text) => `${text} `), [['checksum', 'artifacts.json']]],
    ['a checksum of another file', () => edited('checksums.txt', (text) => text.replace(/[0-9a-f]{64}(?= {2}plan\.json)/, '0'.repeat(64))), [['checksum', 'plan.json']]],
    ['a checksum line that is missing', () => edited('checksums.txt', (text) => text.replace(/.* {2}plan\.json\n/, '')), [['checksum', 'plan.json']]],
    ['a checksum line that is too much', () => edited('checksums.txt', (text) => `${text}${'0'.repeat(64)}  z\n`), [['checksum', 'z']]],
    ['checksum lines in another order', () => edited('checksums.txt', (text) => `${text.trimEnd().split('\n').toReversed().join('\n')}\n`), [['checksum', 'checksums.txt']]],
    ['checksums without a final newline', () => edited('checksums.txt', (text) => text.trimEnd()), [['checksum', 'checksums.txt']]],
    ['metadata.json of another version', () => { edited('metadata.json', (text) => text.replace('"1.4.0"', '"1.4.1"')); dist.recordArtifacts(); dist.recordChecksums(); }, [['record', 'metadata.json']]],
    ['a statement that lacks a file', () => rewrite('provenance.intoto.json', { ...dist.statement(), subject: dist.statement().subject.slice(1) }), [['record', 'provenance.intoto.json']]],
    ['a statement that has a file twice', () => rewrite('provenance.intoto.json', { ...dist.statement(), subject: [...dist.statement().subject, dist.statement().subject[0]] }), [['record', 'provenance.intoto.json']]],
    ['a statement about other bytes', () => rewrite('provenance.intoto.json', { ...dist.statement(), subject: dist.statement().subject.map((one, i) => (i === 0 ? { ...one, digest: { sha256: '0'.repeat(64) } } : one)) }), [['record', 'provenance.intoto.json']]],
    ['a statement of another type', () => rewrite('provenance.intoto.json', { ...dist.statement(), _type: 'https://in-toto.io/Statement/v0.1' }), [['record', 'provenance.intoto.json']]],
    ['a bill of another version', () => rewrite('sbom.cdx.json', { ...dist.bill(), metadata: { component: { name: 'tool', version: '1.4.1' } } }), [['record', 'sbom.cdx.json']]],
    ['a bill that lacks an executable', () => rewrite('sbom.cdx.json', { ...dist.bill(), components: dist.bill().components.slice(1) }), [['record', 'sbom.cdx.json']]],
    ['a bill that is no object', () => rewrite('sbom.cdx.json', []), [['record', 'sbom.cdx.json']]],
    ['a plan that is no JSON', () => edited('plan.json', (text) => text.slice(1)), [['plan', 'plan.json']]],
    ['a plan with a path out of dist/', () => edited('plan.json', (text) => text.replace('"npm/tool-1.4.0.tgz"', '"../tool-1.4.0.tgz"')), [['plan', 'plan.json']]],
    ['a plan that forgets a cell', () => replan(({ skipped }) => ({ skipped: skipped.slice(1) })), [['plan', 'plan.json']]],
    ['a plan that skips and writes a cell', () => replan(({ skipped }) => ({ skipped: [...skipped, { wrapper: 'npm', target: 'linux-x64', reason: 'x' }] })), [['plan', 'plan.json']]],
    ['a plan with an id used twice', () => replan(({ artifacts }) => ({ artifacts: artifacts.map((artifact) => (artifact.id === 'pip:sdist' ? { ...artifact, id: 'npm:main' } : artifact)) })), [['plan', 'plan.json'], ['record', paths.sdist]]],
    ['a plan that selects a target the product does not have', () => replan(({ targets }) => ({ targets: targets.filter((target) => target !== 'linux-x64-musl') })), [['plan', 'plan.json']]],
    ['a plan without an executable', () => replan(({ artifacts }) => ({ artifacts: artifacts.filter(({ id }) => id !== 'bin:linux-x64-musl:tool') })), [
      ['plan', 'plan.json'], ['record', 'bin/linux-x64-musl/tool'], ['unexpected', 'bin/linux-x64-musl/tool'], ['unexpected', 'bin/linux-x64-musl/toold'],
    ]],
    ['a plan for another target, everything written for this one', () => replan(({ selected }) => ({ selected: { ...selected, targets: ['linux-x64', 'linux-x64-musl'] } })), expect.arrayContaining([['record', paths.windows.npm], ['unexpected', paths.windows.npm]]) as never],
  ])('%s', async (_, change, expected) => {
    change();
    const report = await verify();
    expect(found(report)).toEqual(expected);
    expect(report.ok).toBe(false);
  });

  test('a changed plan alone does not fit its own line', async () => {
    edited('plan.json', (text) => `${text}\n`);
    expect(found(await verify())).toEqual([['size', 'plan.json']]);
  });
});

test('one flipped byte in a record is noticed wherever it is', async () => {
  for (const path of ['plan.json', 'artifacts.json', 'checksums.txt', 'metadata.json', 'sbom.cdx.json', 'provenance.intoto.json']) {
    const original = dist.read(path);
    for (let i = 0; i < 25; i++) {
      const at = Math.floor((original.length * (i + 0.37)) / 25);
      const bytes = Buffer.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (i % 8));
      dist.write(path, bytes);
      const { ok } = await verifyDist(dist.root);
      expect([path, at, ok]).toEqual([path, at, false]);
    }
    dist.restore();
  }
});
