import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CandidateWheel, resolveIdentifiers } from './cibuildwheel.ts';
import { expandBraces, selector } from './selector.ts';

const wheels: readonly CandidateWheel[] = [
  { target: 'linux-x64', path: 'x64', tags: ['manylinux2014_x86_64', 'manylinux_2_17_x86_64'] },
  { target: 'linux-arm64-musl', path: 'static', tags: ['manylinux2014_aarch64', 'manylinux_2_17_aarch64', 'musllinux_1_1_aarch64'] },
  { target: 'darwin-x64', path: 'mac', tags: ['macosx_10_15_x86_64'] },
  { target: 'darwin-arm64', path: 'mac-arm', tags: ['macosx_13_0_arm64'] },
  { target: 'windows-x64', path: 'win', tags: ['win_amd64'] },
];
const resolve = (build?: string, skip?: string) => resolveIdentifiers({ build, skip, wheels });

describe('selected targets', () => {
  test.each([
    [undefined, undefined, ['linux-x64', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'windows-x64']],
    ['', '', ['linux-x64', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'windows-x64']],
    ['cp312-manylinux_x86_64', undefined, ['linux-x64']],
    ['cp3{10,11}-macosx_*', undefined, ['darwin-x64', 'darwin-arm64']],
    ['pp*-win_amd64  cp38-musllinux_aarch64', undefined, ['linux-arm64-musl', 'windows-x64']],
    ['cp31?-*', '*-manylinux* *-musllinux_*', ['darwin-x64', 'darwin-arm64', 'windows-x64']],
    ['*', 'pp* cp36-* *-win32 *_i686 *-macosx_{x86_64,universal2}', ['linux-x64', 'linux-arm64-musl', 'darwin-arm64', 'windows-x64']],
    ['cp314t-*_[ax][mr8]*64', undefined, ['linux-x64', 'darwin-x64', 'darwin-arm64', 'windows-x64']],
  ])('build %j skip %j leaves %j', (build, skip, expected) => {
    expect(resolve(build, skip).targets).toEqual(expected);
  });
});

test('several identifiers name the same wheel, and one without a target names none', () => {
  expect(resolve('cp39-* cp310-manylinux_x86_64 cp310-musllinux_x86_64', 'cp39-{mac,mus,win}*').identifiers).toEqual([
    { identifier: 'cp39-manylinux_x86_64', wheel: 'x64' },
    { identifier: 'cp39-manylinux_aarch64', wheel: 'static' },
    { identifier: 'cp310-manylinux_x86_64', wheel: 'x64' },
    { identifier: 'cp310-musllinux_x86_64', wheel: undefined },
  ]);
});

describe('refused selectors', () => {
  test.each([
    ['cp312-manylinx_x86_64', undefined, 'the cibuildwheel selector "cp312-manylinx_x86_64" matches no build identifier. Did you mean "manylinux_x86_64"?'],
    ['cpp312-*', undefined, 'matches no build identifier. Did you mean "cp312"?'],
    ['*', '*-mac_arm64', 'the cibuildwheel selector "*-mac_arm64" matches no build identifier.'],
    ['cp312', undefined, 'the cibuildwheel selector "cp312" matches no build identifier.'],
    ['cp312-*', 'cp3*', 'no wheel is left by the cibuildwheel selectors build "cp312-*" and skip "cp3*"'],
    ['cp36-*', undefined, 'no wheel is left'],
    ['cp3{1..5000}-*', undefined, 'stands for more than 1000 words'],
    ['{0..99}{0..99}', undefined, 'stands for more than 1000 words'],
  ])('build %j skip %j: %s', (build, skip, message) => {
    expect(() => resolve(build, skip)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }));
  });
});

test.each([
  ['a{b,c}d', ['abd', 'acd']],
  ['{a,b}{1,2}', ['a1', 'a2', 'b1', 'b2']],
  ['{a,{b,c}x}', ['a', 'bx', 'cx']],
  ['cp3{8..10}', ['cp38', 'cp39', 'cp310']],
  ['{3..1}', ['3', '2', '1']],
  ['{a}', ['{a}']],
  ['{a,b', ['{a,b']],
  ['{x{a,b}', ['{xa', '{xb']],
  ['a}b', ['a}b']],
  ['{,x}', ['', 'x']],
])('braces in %j expand to %j', (text, expected) => {
  expect(expandBraces(text)).toEqual(expected);
});

test.each([
  ['cp3[!12]*', 'cp38-x', true],
  ['cp3[!12]*', 'cp312-x', false],
  ['cp3[0-9]-*', 'cp39-win32', true],
  ['a[b-a]c', 'abc', false],
  ['a[', 'a[', true],
  ['a.c', 'abc', false],
])('the glob %j on %j is %s', (glob, text, expected) => {
  expect(selector(glob)(text)).toBe(expected);
});

test('no text makes the selector fail in any other way than by its own error', () => {
  const text = fc.string({ unit: fc.constantFrom(...'{},.[]!-*?^\\()|+$/cp39 '), maxLength: 60 });
  fc.assert(fc.property(text, (word) => {
    try {
      selector(word)('cp39-win32');
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    }
  }), { seed: 20240506 });
});
