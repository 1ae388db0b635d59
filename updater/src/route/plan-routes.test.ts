import { expect, test } from '@jest/globals';
import { releaseRecordSchema, type ReleaseRecord } from '@slipway/core';
import { planRoutes } from './plan-routes.ts';

/** Files by path, each with one letter as its contents. */
function release(version: string, files: Readonly<Record<string, string>>): ReleaseRecord {
  const components = Object.entries(files).map(([path, letter]) => ({
    kind: 'file', path, mode: 0o755, size: 1000, sha256: letter.repeat(64), full: { coding: 'gzip', size: 100, sha256: `${letter}0`.repeat(32) },
  }));
  return releaseRecordSchema.parse({ format: 1, product: 'tool', version, target: 'linux-x64', date: 0, components: [...components, { kind: 'link', path: 'toold', to: 'tool' }] });
}

const installed = (version: string, files: Readonly<Record<string, string>>) => ({ folder: `/app/versions/${version}`, record: release(version, files) });
const next = release('3.0.0', { tool: 'a', 'share/data': 'b' });
const v1 = installed('1.0.0', { tool: 'a' });
const v2 = installed('2.0.0', { program: 'a', 'share/data': 'c' });

test.each<[what: string, versions: ReturnType<typeof installed>[], unusable: string[], sources: string[], fetched: string[]]>([
  ['nothing there', [], [], ['download', 'download'], ['a0', 'b0']],
  ['a file unchanged', [v1], [], ['/app/versions/1.0.0/tool', 'download'], ['b0']],
  ['a file unchanged under another name', [v2], [], ['/app/versions/2.0.0/program', 'download'], ['b0']],
  ['a damaged file, and the same elsewhere', [v2, v1], ['/app/versions/2.0.0/program'], ['/app/versions/1.0.0/tool', 'download'], ['b0']],
  ['damaged files only', [v2, v1], ['/app/versions/2.0.0/program', '/app/versions/1.0.0/tool'], ['download', 'download'], ['a0', 'b0']],
  ['everything there', [installed('2.9.0', { tool: 'a', 'share/data': 'b' })], [], ['/app/versions/2.9.0/tool', '/app/versions/2.9.0/share/data'], []],
])('%s', (_, versions, unusable, sources, fetched) => {
  const plan = planRoutes(next, versions, new Set(unusable));
  expect([...plan.sources.values()].map((source) => (source.kind === 'installed' ? source.from : source.kind))).toEqual(sources);
  expect([...plan.sources.keys()]).toEqual(['tool', 'share/data']);
  expect(plan.payloads).toEqual(fetched.map((pair) => ({ sha256: pair.repeat(32), size: 100 })));
  expect(plan.bytes).toBe(fetched.length * 100);
});

test('two files with the same contents are fetched once', () => {
  expect(planRoutes(release('3.0.0', { tool: 'a', copy: 'a' }), [])).toMatchObject({ payloads: [{ size: 100 }], bytes: 100 });
});
