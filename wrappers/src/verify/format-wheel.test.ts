import { expect, test } from '@jest/globals';
import { type TargetId, targetOf } from '@slipway/core';
import { plan } from './dist.fixture.ts';
import { wheelFaults } from './format-wheel.ts';

/** What an empty wheel of this name is told about its platform tags. */
function platformFaults(target: TargetId, tags: string): readonly string[] {
  const artifact = { id: 'x', type: 'package', path: `python/wheels/tool-1.4.0-py3-none-${tags}.whl`, wrapper: 'pip', target } as const;
  return wheelFaults({ artifact, plan, target: targetOf(target), members: new Map() }).filter((fault) => fault.includes('platform tag'));
}

test.each<[TargetId, string]>([
  ['linux-x64', 'manylinux2014_x86_64.manylinux_2_17_x86_64'],
  ['linux-x64', 'manylinux_2_17_x86_64.musllinux_1_1_x86_64'],
  ['linux-x64', 'linux_x86_64'],
  ['linux-x64-musl', 'musllinux_1_2_x86_64'],
  ['linux-arm64', 'manylinux2014_aarch64'],
  ['darwin-x64', 'macosx_13_0_x86_64'],
  ['darwin-arm64', 'macosx_11_0_arm64'],
  ['windows-x64', 'win_amd64'],
  ['windows-arm64', 'win_arm64'],
])('%s may have a wheel for %s', (target, tags) => {
  expect(platformFaults(target, tags)).toEqual([]);
});

test.each<[TargetId, string, string]>([
  ['linux-x64', 'manylinux2014_aarch64', 'the platform tag manylinux2014_aarch64 is not one of linux-x64'],
  ['linux-x64', 'manylinux2014_x86_64.manylinux2014_aarch64', 'the platform tag manylinux2014_aarch64 is not one of linux-x64'],
  ['linux-x64', 'musllinux_1_2_x86_64', 'no platform tag is for glibc, as linux-x64 is'],
  ['linux-x64-musl', 'manylinux2014_x86_64', 'no platform tag is for musl, as linux-x64-musl is'],
  ['darwin-arm64', 'macosx_11_0_x86_64', 'the platform tag macosx_11_0_x86_64 is not one of darwin-arm64'],
  ['darwin-x64', 'manylinux2014_x86_64', 'the platform tag manylinux2014_x86_64 is not one of darwin-x64'],
  ['windows-x64', 'win_arm64', 'the platform tag win_arm64 is not one of windows-x64'],
  ['windows-x64', 'any', 'the platform tag any is not one of windows-x64'],
])('%s may not have a wheel for %s', (target, tags, fault) => {
  expect(platformFaults(target, tags)).toEqual([fault]);
});

test('a file that is not named like a wheel', () => {
  const artifact = { id: 'x', type: 'package', path: 'python/wheels/tool.whl', wrapper: 'pip', target: 'linux-x64' } as const;
  expect(wheelFaults({ artifact, plan, members: new Map() })).toEqual(["the file's name is not name-version-python-abi-platform.whl"]);
});
