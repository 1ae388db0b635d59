import { describe, expect, test } from '@jest/globals';
import { parseVersion, toDeb, toOciTag, toPep440, toRpm, toWindows, versionOfTag } from './version.ts';

const rows: readonly (readonly [semver: string, pep440: string, deb: string, rpm: string, oci: string])[] = [
  ['1.2.3', '1.2.3', '1.2.3', '1.2.3', '1.2.3'],
  ['1.2.3-alpha.1', '1.2.3a1', '1.2.3~alpha.1', '1.2.3~alpha.1', '1.2.3-alpha.1'],
  ['1.2.3-beta', '1.2.3b0', '1.2.3~beta', '1.2.3~beta', '1.2.3-beta'],
  ['1.2.3-rc1', '1.2.3rc1', '1.2.3~rc1', '1.2.3~rc1', '1.2.3-rc1'],
  ['0.4.0-nightly.20240115', '0.4.0.dev20240115', '0.4.0~nightly.20240115', '0.4.0~nightly.20240115', '0.4.0-nightly.20240115'],
  ['1.0.0+build-7', '1.0.0+build.7', '1.0.0+build.7', '1.0.0^build.7', '1.0.0-build-7'],
];

test.each(rows)('%s is %s for pip, %s for deb, %s for rpm, %s for OCI', (text, pep440, deb, rpm, oci) => {
  const version = parseVersion(text);
  expect([toPep440(version), toDeb(version), toRpm(version), toOciTag(version)]).toEqual([pep440, deb, rpm, oci]);
});

test.each(['1.0.0-experimental.3', '1.0.0-rc.1.2', '1.0.0-5'])('%s is refused for pip with the reason', (text) => {
  expect(() => toPep440(parseVersion(text))).toThrow(expect.objectContaining({ code: 'VERSION_NOT_EXPRESSIBLE' }));
});

test.each(['1.2', 'v1.2.3', '1.2.3 ', '', 'latest', '01.2.3'])('"%s" is no version', (text) => {
  expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'VERSION_INVALID' }));
});

test('a Windows file version holds four 16-bit numbers', () => {
  expect(toWindows(parseVersion('1.2.3-beta.1'))).toEqual([1, 2, 3, 0]);
  expect(() => toWindows(parseVersion('2024.70000.1'))).toThrow(expect.objectContaining({ code: 'VERSION_NOT_EXPRESSIBLE' }));
});

describe('a git tag', () => {
  test.each([
    ['v1.2.3', '', '1.2.3'],
    ['1.2.3', '', '1.2.3'],
    ['cli/v1.2.3', 'cli', '1.2.3'],
    ['cli@1.2.3', 'cli', '1.2.3'],
    ['@acme/cli@1.2.3-rc.1', '@acme/cli', '1.2.3-rc.1'],
    ['server/v1.2.3', 'cli', undefined],
    ['cli/v1.2.3', '', undefined],
    ['latest', '', undefined],
  ])('%s with prefix "%s" names version %s', (tag, prefix, version) => {
    expect(versionOfTag(tag, prefix)).toBe(version);
  });
});
