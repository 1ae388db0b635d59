import { describe, expect, test } from '@jest/globals';
import { type Release, SlipwayError } from '@slipway/core';
import { describeWrapper, expectGolden, renderPacked, sampleRelease } from '@slipway/testkit';
import { archive } from './archive.ts';

describeWrapper(archive, sampleRelease, {});
describeWrapper(archive, sampleRelease, { formats: { linux: 'zip' }, wrapInDirectory: false });

const pack = (written: Parameters<typeof archive.options.parse>[0], release: Release = sampleRelease) =>
  archive.pack(release, archive.options.parse(written)).files;
const paths = (name: string, release = sampleRelease) => pack({ name }, release).map(({ path }) => path.replace('archives/', ''));
const only = (...targets: readonly string[]): Release => ({ ...sampleRelease, builds: sampleRelease.builds.filter(({ target }) => targets.includes(target)) });

test('archives of the sample release', () => {
  expectGolden(new URL('archive.golden.txt', import.meta.url), renderPacked({ files: pack({}), skipped: [] }));
});

describe('file names', () => {
  test.each([
    ['{name}-v{version}-{target}', 'darwin-arm64', 'tool-v1.4.0-darwin-arm64.tar.gz'],
    ['gateway-{goos}-{goarch}', 'linux-x64', 'gateway-linux-amd64.tar.gz'],
    ['{name}_{version}_{os}_{arch}', 'windows-x64', 'tool_1.4.0_windows_x64.zip'],
    ['{name}-{os}-{arch}-{libc}', 'linux-x64-musl', 'tool-linux-x64-musl.tar.gz'],
    ['{name}-{os}-{arch}-{libc}', 'darwin-arm64', 'tool-darwin-arm64.tar.gz'],
  ])('%s for %s is %s', (name, target, expected) => {
    expect(paths(name, only(target))).toEqual([expected]);
  });

  test('a name that two targets share is refused with both', () => {
    expect(() => paths('gateway-{goos}-{goarch}')).toThrow(
      'archive: the name "gateway-{goos}-{goarch}" gives archives/gateway-linux-amd64.tar.gz for both linux-x64 and linux-x64-musl',
    );
  });

  test.each([
    ['{name}-{verson}', 'uses {verson}, which is no variable. Did you mean "version"?'],
    ['{name}-{}', 'uses {}, which is no variable'],
    ['{name}-{constructor}', 'uses {constructor}, which is no variable'],
    ['../{target}', 'which cannot be a file name everywhere'],
    ['a/{target}', 'which cannot be a file name everywhere'],
    ['', 'which cannot be a file name everywhere'],
  ])('%j is refused: %s', (name, message) => {
    expect(() => paths(name)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }));
  });
});

test('a tarball has one directory unless it is told not to, a zip never', () => {
  const entries = (wrapInDirectory: boolean) =>
    pack({ wrapInDirectory }, only('darwin-arm64', 'windows-x64')).map(({ executables }) => executables?.[0]?.entry);
  expect(entries(true)).toEqual(['tool-v1.4.0-darwin-arm64/tool', 'tool.exe']);
  expect(entries(false)).toEqual(['tool', 'tool.exe']);
});

describe('gathered notices', () => {
  const gathered: Release = { ...only('linux-x64'), builds: only('linux-x64').builds.map((build) => ({ ...build, notices: 'MIT and so on\n' })) };
  const members = (release: Release) => pack({}, release).flatMap(({ content }) => (content.kind === 'text' ? [] : content.entries)).filter(({ path }) => path.includes('NOTICES'));

  test('go in where the publisher has none', () => {
    expect(members({ ...gathered, files: [] })).toEqual([{ path: 'tool-v1.4.0-linux-x64/THIRD-PARTY-NOTICES.txt', mode: 0o644, content: { kind: 'text', text: ['MIT and so on\n'] } }]);
  });

  test('give way to the publisher’s', () => {
    expect(members(gathered).map(({ content }) => content)).toEqual([{ kind: 'file', path: 'legal/notices.txt' }]);
  });
});

test('a zip is never dated before 1980, a tarball as the release', () => {
  const files = pack({}, { ...only('linux-x64', 'windows-x64'), date: 1 });
  expect(files.map(({ content }) => (content.kind === 'text' ? undefined : content.mtime))).toEqual([1, 315_532_800]);
});

test('a file of the publisher that is named like the executable is refused', () => {
  const release: Release = { ...only('windows-x64'), files: [{ source: 'x', path: 'Tool.exe', role: 'extra' }] };
  expect(() => pack({}, release)).toThrow(SlipwayError);
  expect(() => pack({}, release)).toThrow('archives/tool-v1.4.0-windows-x64.zip would hold Tool.exe twice');
});
