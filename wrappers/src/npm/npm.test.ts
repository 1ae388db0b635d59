import { describe, expect, test } from '@jest/globals';
import { parseVersion, type Release, targetOf } from '@slipway/core';
import { bunFacts, describeWrapper, expectGolden, renderPacked, sampleRelease, sampleWith } from '@slipway/testkit';
import { npm } from './npm.ts';

describeWrapper(npm, sampleRelease, {});
describeWrapper(npm, { ...sampleRelease, files: [], builds: sampleRelease.builds.map((build) => ({ ...build, notices: 'MIT\n' })) }, {});
describeWrapper(npm, sampleRelease, { name: '@acme/tool', access: 'restricted', directBin: true });

type Written = Parameters<typeof npm.options.parse>[0];
const pack = (written: Written, release: Release = sampleRelease) => npm.pack(release, npm.options.parse(written)).files;

function packageJson(written: Written, id: string, release = sampleRelease): Record<string, unknown> {
  const file = pack(written, release).find((candidate) => candidate.id === id);
  const content = file?.content.kind === 'tar.gz' ? file.content.entries[0]?.content : undefined;
  return JSON.parse(content?.kind === 'text' ? content.text.join('') : 'null');
}

test('packages of the sample release', () => {
  expectGolden(new URL('npm.golden.txt', import.meta.url), renderPacked({ files: pack({}), skipped: [] }));
});

describe('names of the platform packages', () => {
  test.each([
    [{}, 'tool', '@tool/linux-x64', 'npm/tool-linux-x64-1.4.0.tgz'],
    [{ name: 'other' }, 'other', '@other/linux-x64', 'npm/other-linux-x64-1.4.0.tgz'],
    [{ name: '@acme/tool' }, '@acme/tool', '@acme/tool-linux-x64', 'npm/acme-tool-linux-x64-1.4.0.tgz'],
    [{ scope: '@acme' }, 'tool', '@acme/tool-linux-x64', 'npm/acme-tool-linux-x64-1.4.0.tgz'],
    [{ name: '@acme/tool', scope: '@tool' }, '@acme/tool', '@tool/linux-x64', 'npm/tool-linux-x64-1.4.0.tgz'],
  ])('%j', (written, main, platform, path) => {
    expect(packageJson(written, 'npm:main')['name']).toBe(main);
    expect(packageJson(written, 'npm:linux-x64')['name']).toBe(platform);
    expect(pack(written).find(({ id }) => id === 'npm:linux-x64')?.path).toBe(path);
  });

  test('without a scope in the name they sort before the main package, so that npm links the executable itself', () => {
    const names = Object.keys(packageJson({}, 'npm:main')['optionalDependencies'] as object);
    // npm sorts installed packages with this collation (@npmcli/arborist, rebuild.js).
    expect([...names, 'tool'].toSorted((a, b) => a.localeCompare(b, 'en')).at(-1)).toBe('tool');
  });

  test.each(['Tool', '.tool', 'a b', '@acme/', 'x'.repeat(215)])('%j is refused as a package name', (name) => {
    expect(() => pack({ name })).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  });
});

describe('commands of the platform packages', () => {
  test('are none by default, because npm before 11.6.2 removes them together with those of the main package', () => {
    for (const { target } of sampleRelease.builds) expect(packageJson({}, `npm:${target}`)).not.toHaveProperty('bin');
  });

  test('are those of the main package, at the executable itself, where the publisher wants them', () => {
    expect(packageJson({ directBin: true }, 'npm:linux-x64')['bin']).toEqual({ tool: 'bin/tool', toold: 'bin/toold' });
    expect(packageJson({ directBin: true }, 'npm:windows-x64')['bin']).toEqual({ tool: 'bin/tool.exe', toold: 'bin/toold.exe' });
  });
});

describe('the C library label', () => {
  const labels = (...builds: Release['builds']) =>
    builds.map(({ target }) => packageJson({}, `npm:${target}`, sampleWith(builds))['libc']);
  const linux = { target: 'linux-x64', facts: bunFacts(targetOf('linux-x64')) } as const;
  const musl = { target: 'linux-x64-musl', facts: bunFacts(targetOf('linux-x64-musl')) } as const;
  const fixed = <T extends { facts: object }>(build: T) => ({ ...build, facts: { ...build.facts, libc: 'static', needed: [] } }) as unknown as Release['builds'][number];

  test('is what the executable was linked for', () => expect(labels(linux, musl)).toEqual([['glibc'], ['musl']]));
  test('is absent for a static executable, which runs with both', () => expect(labels(fixed(musl))).toEqual([undefined]));
  test('is that of the target where another target serves the other library', () => expect(labels(linux, fixed(musl))).toEqual([['glibc'], ['musl']]));
});

test('a version with build metadata is refused, because the registry drops it', () => {
  const release = { ...sampleRelease, product: { ...sampleRelease.product, version: parseVersion('1.4.0+linux') } };
  expect(() => pack({}, release)).toThrow(expect.objectContaining({ code: 'VERSION_NOT_EXPRESSIBLE' }));
});

test('the main package pins every platform package of the release at exactly its version', () => {
  const dependencies = packageJson({}, 'npm:main')['optionalDependencies'] as Record<string, string>;
  expect(Object.keys(dependencies)).toHaveLength(8);
  expect(new Set(Object.values(dependencies))).toEqual(new Set(['1.4.0']));
});
