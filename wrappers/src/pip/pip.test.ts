import { describe, expect, test } from '@jest/globals';
import { type ContainerEntry, parseVersion, type Release } from '@slipway/core';
import { describeWrapper, expectGolden, renderPacked, sampleRelease } from '@slipway/testkit';
import { pip } from './pip.ts';

describeWrapper(pip, sampleRelease, {});
describeWrapper(pip, { ...sampleRelease, files: [], builds: sampleRelease.builds.map((build) => ({ ...build, notices: 'MIT\n' })) }, {});
describeWrapper(pip, sampleRelease, { name: 'Other.Name', module: 'other', cibuildwheel: { build: 'cp312-*', skip: '*-win*' } });

type Written = Parameters<typeof pip.options.parse>[0];
const pack = (written: Written, release: Release = sampleRelease) => pip.pack(release, pip.options.parse(written));
const withProduct = (product: Partial<Release['product']>): Release => ({ ...sampleRelease, product: { ...sampleRelease.product, ...product } });

function entries(id: string, release = sampleRelease): readonly ContainerEntry[] {
  const file = pack({}, release).files.find((candidate) => candidate.id === id);
  return file === undefined || file.content.kind === 'text' ? [] : file.content.entries;
}

function metadataLines(release: Release): readonly string[] {
  const entry = entries('pip:linux-x64', release).find(({ path }) => path.endsWith('/METADATA'));
  return entry?.content.kind === 'text' ? String(entry.content.text[0]).split('\n') : [];
}

test('wheels of the sample release', () => {
  expectGolden(new URL('pip.golden.txt', import.meta.url), renderPacked(pack({})));
});

test('dist-info comes last, RECORD at its end, and lists every other member with digest and size', () => {
  const members = entries('pip:linux-x64');
  const paths = members.map(({ path }) => path);
  expect(paths.findIndex((path) => path.includes('.dist-info/'))).toBe(paths.filter((path) => !path.includes('.dist-info/')).length);
  const record = members.at(-1);
  expect(record?.path).toBe('tool-1.4.0.dist-info/RECORD');
  const text = record?.content.kind === 'text' ? record.content.text : [];
  expect(text.filter((part) => typeof part !== 'string').map(({ of }) => of)).toEqual(paths.slice(0, -1).flatMap((path) => [`entry:${path}`, `entry:${path}`]));
  expect(text.at(-1)).toBe('tool-1.4.0.dist-info/RECORD,,\n');
});

describe('metadata', () => {
  test.each([
    [{ license: 'UNLICENSED' }, 'License-Expression', []],
    [{ license: 'SEE LICENSE IN LICENSE' }, 'License-Expression', []],
    [{ license: '(MIT OR Apache-2.0)' }, 'License-Expression', ['License-Expression: (MIT OR Apache-2.0)']],
    [{ author: 'Ada' }, 'Author', ['Author: Ada']],
    [{ author: 'Ada <ada@x.example> (https://x.example)' }, 'Author', ['Author-email: Ada <ada@x.example>']],
    [{ description: 'two\nlines: of text' }, 'Summary', ['Summary: two lines: of text']],
    [{ description: '' }, 'Summary', []],
    [{ version: parseVersion('1.4.0-beta.2') }, 'Version', ['Version: 1.4.0b2']],
  ] as const)('%j is written as %s', (product, header, expected) => {
    expect(metadataLines(withProduct(product)).filter((line) => line.startsWith(header))).toEqual(expected);
  });

  test('without a README there is no body', () => {
    const lines = metadataLines({ ...sampleRelease, files: [] });
    expect(lines.slice(-2)).toEqual(['Requires-Python: >=3.8', '']);
  });
});

test('a word of the language is refused as a module, and the option module is the way out', () => {
  const release = withProduct({ name: 'import' });
  expect(() => pack({}, release)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  expect(pack({ module: 'importer' }, release).files).not.toEqual([]);
});

test('where no platform tag fits any target there is no source distribution either', () => {
  const release = { ...sampleRelease, builds: sampleRelease.builds.filter(({ target }) => target.endsWith('-musl')) };
  expect(pack({}, release)).toEqual({
    files: [],
    skipped: ['linux-x64-musl', 'linux-arm64-musl'].map((target) => ({
      target,
      reason: 'it needs libstdc++.so.6, which the musllinux platform tag does not promise to be there',
    })),
  });
});

test('cibuildwheel selectors leave the wheels that serve a selected identifier', () => {
  const { files, skipped } = pack({ cibuildwheel: { build: 'cp312-*', skip: '*-win_arm64 *-macosx_x86_64' } });
  expect(files.map(({ id }) => id)).toEqual(['pip:linux-x64', 'pip:linux-arm64', 'pip:darwin-arm64', 'pip:windows-x64', 'pip:sdist']);
  expect(skipped.filter(({ reason }) => reason.includes('cibuildwheel')).map(({ target }) => target)).toEqual(['darwin-x64', 'windows-arm64']);
});
