import { describe, expect, test } from '@jest/globals';
import { type ExecutableFacts, type TargetId, targetOf } from '@slipway/core';
import { bunFacts, sampleWith } from '@slipway/testkit';
import { platformTag } from './platform-tag.ts';

const build = (target: TargetId, facts: Partial<ExecutableFacts> = {}) => ({ target, facts: { ...bunFacts(targetOf(target)), ...facts } });
const still = (target: TargetId) => build(target, { libc: 'static', needed: [] });

function tag(of: ReturnType<typeof build>, ...others: readonly ReturnType<typeof build>[]): readonly string[] | string {
  const result = platformTag(sampleWith([of, ...others]), of);
  return typeof result === 'string' ? result : result.tags;
}

test.each([
  ['glibc 2.17', build('linux-x64'), ['manylinux2014_x86_64', 'manylinux_2_17_x86_64']],
  ['glibc 2.17', build('linux-arm64'), ['manylinux2014_aarch64', 'manylinux_2_17_aarch64']],
  ['glibc 2.28', build('linux-x64', { glibcFloor: '2.28' }), ['manylinux_2_28_x86_64']],
  ['glibc 2.12', build('linux-x64', { glibcFloor: '2.12' }), ['manylinux2010_x86_64', 'manylinux_2_12_x86_64']],
  ['glibc 2.2.5, older than any tag', build('linux-x64', { glibcFloor: '2.2.5' }), ['manylinux1_x86_64', 'manylinux_2_5_x86_64']],
  ['glibc 2.12, older than any tag for aarch64', build('linux-arm64', { glibcFloor: '2.12' }), ['manylinux2014_aarch64', 'manylinux_2_17_aarch64']],
  ['a library that manylinux has since 2.24', build('linux-x64', { needed: ['libc.so.6', 'libmvec.so.1'] }), ['manylinux_2_24_x86_64']],
  ['musl and nothing else', build('linux-x64-musl', { needed: ['libc.musl-x86_64.so.1'] }), ['musllinux_1_2_x86_64']],
  ['macOS 13.0', build('darwin-arm64'), ['macosx_13_0_arm64']],
  ['macOS 10.15', build('darwin-x64', { minimumMacos: '10.15' }), ['macosx_10_15_x86_64']],
  ['macOS 13.3, which installers round', build('darwin-arm64', { minimumMacos: '13.3' }), ['macosx_14_0_arm64']],
  ['Windows', build('windows-x64'), ['win_amd64']],
  ['Windows', build('windows-arm64'), ['win_arm64']],
])('an executable that needs %s is tagged for what it needs', (_, of, expected) => {
  expect(tag(of)).toEqual(expected);
});

describe('a static executable', () => {
  test('claims both C libraries where it is alone', () => {
    expect(tag(still('linux-x64-musl'), build('linux-arm64'))).toEqual(['manylinux2014_x86_64', 'manylinux_2_17_x86_64', 'musllinux_1_1_x86_64']);
  });
  test('leaves glibc to the target that serves it', () => {
    expect(tag(still('linux-x64-musl'), build('linux-x64'))).toEqual(['musllinux_1_1_x86_64']);
    expect(tag(still('linux-x64'), still('linux-x64-musl'))).toEqual(['manylinux2014_x86_64', 'manylinux_2_17_x86_64']);
  });
});

test.each([
  [build('linux-x64-musl'), 'it needs libstdc++.so.6, which the musllinux platform tag does not promise to be there'],
  [build('linux-x64', { needed: ['libc.so.6', 'libssl.so.3', 'libcurl.so.4'] }), 'it needs libssl.so.3, libcurl.so.4, which the manylinux platform tag does not promise to be there'],
  [build('darwin-arm64', { needed: ['/usr/lib/libSystem.B.dylib', '/opt/homebrew/lib/libz.dylib'] }), 'it needs /opt/homebrew/lib/libz.dylib, which macOS does not promise to be there'],
])('one that needs more than its tag promises has no wheel', (of, reason) => {
  expect(tag(of)).toBe(reason);
});

test('nothing is guessed where the bytes do not say', () => {
  const { glibcFloor: _, ...facts } = bunFacts(targetOf('linux-x64'));
  expect(tag({ target: 'linux-x64', facts })).toBe('the glibc version it needs is not known');
  const { minimumMacos: __, ...macos } = bunFacts(targetOf('darwin-x64'));
  expect(tag({ target: 'darwin-x64', facts: macos })).toBe('the macOS version it needs is not known');
});
