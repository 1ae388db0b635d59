import { afterEach, describe, expect, test } from '@jest/globals';
import { parseVersion, planSchema, targetIds, type ResolvedConfig } from '@slipway/core';
import type { Project } from '../project/load.ts';
import { planRun } from './plan.ts';

const config: ResolvedConfig = {
  product: { name: 'tool', version: parseVersion('1.4.0'), description: 'Does things', keywords: [] },
  executable: { name: 'tool', aliases: ['toold'] },
  entries: [{ name: 'tool', source: 'a.ts' }, { name: 'toold', source: 'b.ts' }],
  targets: targetIds,
  build: { bytecode: true, minify: true, external: [], define: {}, windows: {} },
  files: [{ source: 'README.md', path: 'README.md', role: 'readme' }],
  wrappers: {},
};
const project = (more: Partial<ResolvedConfig> = {}): Project => ({ root: '/p', source: '/p/package.json', config: { ...config, ...more }, commit: { hash: 'f'.repeat(40), date: 1_700_000_000 } });

afterEach(() => {
  for (const name of ['CIBW_BUILD', 'CIBW_SKIP', 'SOURCE_DATE_EPOCH']) delete process.env[name];
});

test('a plan is what its schema says, and names everything there is', () => {
  const { plan, files } = planRun(project(), {});
  expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  expect(plan).toMatchObject({ date: 1_700_000_000, targets: targetIds, selected: { targets: targetIds, wrappers: ['archive', 'npm', 'pip', 'homebrew', 'scoop', 'winget'] } });
  expect(plan.artifacts.map(({ id }) => id)).toEqual(expect.arrayContaining(['bin:windows-x64:tool', 'bin:windows-x64:toold', 'archive:linux-x64', 'npm:main', 'pip:sdist']));
  expect(plan.artifacts.map(({ id }) => id)).not.toContain('bin:linux-x64:toold');
  expect(files).toHaveLength(8 + 9 + 7);
});

test('a selection narrows what is written, and the plan still knows the whole', () => {
  const { plan, files } = planRun(project(), { targets: ['linux-x64'], wrappers: ['npm'] });
  expect(files.map(({ id }) => id)).toEqual(['npm:linux-x64', 'npm:main']);
  expect(plan.artifacts).toEqual(planRun(project(), {}).plan.artifacts);
  expect(plan.selected).toEqual({ targets: ['linux-x64'], wrappers: ['npm'] });
});

describe('a manifest', () => {
  const published = project({ product: { ...config.product, license: 'MIT', repository: 'https://github.com/acme/tool' } });
  const manifest = (selection: Parameters<typeof planRun>[1]) => {
    const { plan, files } = planRun(published, selection);
    return { plan, ids: files.map(({ id }) => id), formula: JSON.stringify(files.find(({ id }) => id === 'homebrew')?.content ?? null) };
  };

  test('brings the archives that it names', () => {
    const { plan, ids } = manifest({ targets: ['windows-x64'], wrappers: ['winget'] });
    expect(plan.selected.wrappers).toEqual(['archive', 'winget']);
    expect(ids).toEqual(['archive:windows-x64', 'winget:installer', 'winget:locale', 'winget:version']);
  });

  test('names only the archives that this run makes, and the plan all of them', () => {
    const { plan, ids, formula } = manifest({ targets: ['darwin-arm64', 'linux-x64-musl'], wrappers: ['homebrew', 'scoop'] });
    expect(ids).toEqual(['archive:linux-x64-musl', 'archive:darwin-arm64', 'homebrew']);
    expect(formula).toContain('archive:darwin-arm64');
    expect(formula).not.toContain('archive:linux-x64');
    expect(plan.artifacts.find(({ id }) => id === 'homebrew')?.installs).toHaveLength(4);
  });

  test('is left out with its archives, and says so', () => {
    const { plan } = planRun(project({ ...published.config, wrappers: { archive: false } }), {});
    expect(plan.artifacts.map(({ id }) => id)).not.toContain('homebrew');
    expect(plan.skipped).toContainEqual({ wrapper: 'homebrew', target: 'darwin-x64', reason: 'it installs from an archive, and there is none' });
  });
});

test('a wrapper that is left out is not there at all', () => {
  expect(planRun(project({ wrappers: { pip: false } }), {}).plan.selected.wrappers).toEqual(['archive', 'npm', 'homebrew', 'scoop', 'winget']);
});

describe('is refused', () => {
  test.each<[what: string, selection: Parameters<typeof planRun>[1], more: Partial<ResolvedConfig>, error: object]>([
    ['an unknown target, with the nearest one', { targets: ['linux-x86'] }, {}, { code: 'TARGET_UNKNOWN', message: expect.stringContaining('Did you mean "linux-x64"?') }],
    ['a target that the product has not', { targets: ['windows-x64'] }, { targets: ['linux-x64'] }, { code: 'TARGET_UNKNOWN', message: expect.stringContaining('leaves target windows-x64 out') }],
    ['an unknown wrapper', { wrappers: ['pipp'] }, {}, { code: 'WRAPPER_UNKNOWN', message: expect.stringContaining('Did you mean "pip"?') }],
    ['a wrapper that the product leaves out', { wrappers: ['pip'] }, { wrappers: { pip: false } }, { code: 'WRAPPER_UNKNOWN' }],
    ['a version that an ecosystem cannot express', {}, { product: { ...config.product, version: parseVersion('1.0.0-experimental.1') } }, { code: 'VERSION_NOT_EXPRESSIBLE' }],
    ['one name for two archives', {}, { wrappers: { archive: { name: 'gateway-{goos}-{goarch}' } } }, { code: 'PLAN_CONFLICT', message: expect.stringContaining('gateway-linux-amd64') }],
  ])('%s', (_, selection, more, error) => {
    expect(() => planRun(project(more), selection)).toThrow(expect.objectContaining(error));
  });
});

test.each([
  ['cco-v{version}-{os}-{arch}', 'darwin-arm64', 'archives/cco-v1.4.0-darwin-arm64.tar.gz'],
  ['gateway-{goos}-{goarch}', 'linux-x64', 'archives/gateway-linux-amd64.tar.gz'],
])('the archive name template %s gives %s the name %s', (name, target, path) => {
  const { files } = planRun(project({ targets: ['linux-x64', 'darwin-arm64'], wrappers: { archive: { name } } }), { targets: [target], wrappers: ['archive'] });
  expect(files.map((file) => file.path)).toEqual([path]);
});

test('the variables of cibuildwheel choose the wheels, and the plan names the wheel of each identifier', () => {
  process.env['CIBW_BUILD'] = 'cp312-* cp313-macosx_arm64';
  process.env['CIBW_SKIP'] = '*-win* *-musllinux_*';
  const { plan } = planRun(project(), {});
  const wheel = (tags: string): string => `python/wheels/tool-1.4.0-py3-none-${tags}.whl`;
  expect(plan.identifiers).toEqual([
    { wrapper: 'pip', identifier: 'cp312-manylinux_x86_64', path: wheel('manylinux2014_x86_64.manylinux_2_17_x86_64') },
    { wrapper: 'pip', identifier: 'cp312-manylinux_aarch64', path: wheel('manylinux2014_aarch64.manylinux_2_17_aarch64') },
    { wrapper: 'pip', identifier: 'cp312-macosx_x86_64', path: wheel('macosx_13_0_x86_64') },
    { wrapper: 'pip', identifier: 'cp312-macosx_arm64', path: wheel('macosx_13_0_arm64') },
    { wrapper: 'pip', identifier: 'cp313-macosx_arm64', path: wheel('macosx_13_0_arm64') },
  ].toSorted((a, b) => plan.identifiers.findIndex((one) => one.identifier === a.identifier) - plan.identifiers.findIndex((one) => one.identifier === b.identifier)));
  expect(plan.skipped).toEqual(expect.arrayContaining([{ wrapper: 'pip', target: 'windows-x64', reason: 'the cibuildwheel selectors leave it out' }]));
});

test('SOURCE_DATE_EPOCH dates everything', () => {
  process.env['SOURCE_DATE_EPOCH'] = '1234567890';
  expect(planRun(project(), {}).plan.date).toBe(1_234_567_890);
  process.env['SOURCE_DATE_EPOCH'] = 'yesterday';
  expect(() => planRun(project(), {})).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
