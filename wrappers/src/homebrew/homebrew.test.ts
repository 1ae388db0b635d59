import { afterAll, describe, expect, test } from '@jest/globals';
import { parseVersion, type Release } from '@slipway/core';
import { describeWrapper, expectGolden, renderPacked, sampleRelease } from '@slipway/testkit';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { homebrew } from './homebrew.ts';
import { formulaClass, quoted, rubyLicense } from './ruby.ts';

describeWrapper(homebrew, sampleRelease, {});
describeWrapper(homebrew, { ...sampleRelease, archives: [] }, {});
describeWrapper(homebrew, sampleRelease, { download: 'https://get.example/{name}/{version}/{target}', service: false, test: ['doctor', '--quiet'] });

type Written = Parameters<typeof homebrew.options.parse>[0];
const packed = (written: Written, release: Release = sampleRelease) => homebrew.pack(release, homebrew.options.parse(written));
/** The formula as it is written, each digest a letter 64 times. */
function formula(written: Written, release?: Release): string {
  const content = packed(written, release).files[0]?.content;
  if (content?.kind !== 'text') throw new Error('no formula');
  return content.text.map((part) => (typeof part === 'string' ? part : digest(part.of))).join('');
}
const digest = (id: string) => ({ 'archive:darwin-x64': 'a', 'archive:darwin-arm64': 'b', 'archive:linux-x64': 'c', 'archive:linux-arm64': 'd' })[id]?.repeat(64) ?? '?';
const withProduct = (product: Partial<Release['product']>): Release => ({ ...sampleRelease, product: { ...sampleRelease.product, ...product } });
const onlyArchives = (...targets: readonly string[]): Release => ({ ...sampleRelease, archives: sampleRelease.archives.filter(({ target }) => targets.includes(target ?? '')) });

test('the formula of the sample release', () => {
  expectGolden(new URL('homebrew.golden.txt', import.meta.url), renderPacked(packed({})));
});

describe('it is left out, and the reason told,', () => {
  test.each<[what: string, release: Release, reason: string]>([
    ['without an address', { ...sampleRelease, product: (({ repository: _, ...product }) => product)(sampleRelease.product) }, 'nothing says where the archives are downloaded from: set the option download, or a repository on GitHub'],
    ['where the repository is elsewhere', withProduct({ repository: 'https://git.example/acme/tool' }), 'nothing says where the archives are downloaded from: set the option download, or a repository on GitHub'],
    ['without archives', { ...sampleRelease, archives: [] }, 'it installs from an archive, and there is none'],
  ])('%s', (_, release, reason) => {
    const { files, skipped } = packed({}, release);
    expect(files).toEqual([]);
    expect(skipped.filter(({ target }) => target === 'darwin-arm64')).toEqual([{ target: 'darwin-arm64', reason }]);
  });
});

test('gathered notices are installed where the publisher has none', () => {
  const gathered: Release = { ...sampleRelease, builds: sampleRelease.builds.map((build) => ({ ...build, notices: 'x' })) };
  expect(formula({}, { ...gathered, files: [] })).toContain('    prefix.install "THIRD-PARTY-NOTICES.txt"\n');
  expect(formula({}, { ...sampleRelease, files: [] })).not.toContain('NOTICES');
});

describe('an address template is refused', () => {
  test.each([['ftp://x.example/{file}'], ['https://x.example/{fil}'], ['https://x.example/ {file}'], ['https://x.example/"{file}']])('%s', (download) => {
    expect(homebrew.options.safeParse({ download }).success).toBe(false);
  });
});

describe('Ruby', () => {
  test.each([['a "b" \\ #{c} #d #@e', String.raw`"a \"b\" \\ \#{c} #d \#@e"`], ['one\ntwo', '"one two"']])('%j is quoted as %s', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });
  test.each([['tool', 'Tool'], ['my-tool', 'MyTool'], ['my_tool.x', 'MyToolX'], ['toolCase', 'Toolcase'], ['tool@2', 'ToolAT2']])('a formula named %s is the class %s', (name, expected) => {
    expect(formulaClass(name)).toBe(expected);
  });
  test.each([
    ['MIT', '"MIT"'], ['(MIT OR Apache-2.0)', 'any_of: ["MIT", "Apache-2.0"]'], ['MIT AND ISC', 'all_of: ["MIT", "ISC"]'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', '"GPL-2.0-only" => { with: "Classpath-exception-2.0" }'],
    ['MIT OR (ISC AND 0BSD)', ':cannot_represent'], ['UNLICENSED', undefined], ['SEE LICENSE IN LICENSE', undefined],
  ])('the licence %s is %s', (expression, expected) => {
    expect(rubyLicense(expression)).toBe(expected);
  });
});

const hasRuby = spawnSync('ruby', ['-e', '']).error === undefined;
describe(`run by Ruby${hasRuby ? '' : ' (skipped: Ruby is not installed)'}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'formula-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Install an archive's files with the formula; what it says, and what the keg holds. */
  function install(name: string, text: string, os: string, arch: string): { readonly facts: Readonly<Record<string, unknown>>; readonly keg: readonly string[] } {
    const folder = join(root, `${name}-${os}-${arch}`);
    const source = { tool: '#!/bin/sh\necho tool 1.4.0\n', 'tool.owner.json': '{}', 'README.md': '', ...Object.fromEntries(sampleRelease.files.map(({ path }) => [path, path])) };
    for (const [path, content] of Object.entries(source)) {
      mkdirSync(dirname(join(folder, 'source', path)), { recursive: true });
      writeFileSync(join(folder, 'source', path), content, { mode: 0o755 });
    }
    writeFileSync(join(folder, 'tool.rb'), text);
    const { stdout, stderr, status } = spawnSync('ruby', [new URL('formula-runner.fixture.rb', import.meta.url).pathname, join(folder, 'tool.rb'), os, arch, join(folder, 'source'), join(folder, 'keg')], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const keg = readdirSync(join(folder, 'keg'), { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return { facts: JSON.parse(stdout) as Record<string, unknown>, keg: keg.map((entry) => relative(join(folder, 'keg'), join(entry.parentPath, entry.name))).toSorted() };
  }

  const check = hasRuby ? test : test.skip;
  check.each([
    ['macos', 'arm', 'darwin-arm64', 'b'], ['macos', 'intel', 'darwin-x64', 'a'], ['linux', 'arm', 'linux-arm64', 'd'], ['linux', 'intel', 'linux-x64', 'c'],
  ])('on %s, %s it takes the archive of %s and installs everything', (os, arch, target, letter) => {
    const { facts, keg } = install('whole', formula({}), os, arch);
    expect(facts).toEqual({
      class: 'Tool', desc: 'Does one thing well', homepage: 'https://tool.example', version: '1.4.0', license: 'MIT', depends_on: [],
      url: `https://github.com/acme/tool/releases/download/v1.4.0/tool-v1.4.0-${target}.tar.gz`, sha256: letter.repeat(64),
      livecheck: { url: 'https://github.com/acme/tool', strategy: 'github_latest' },
      service: { run: ['/opt/bin/toold'], keep_alive: true, log_path: '/var/log/toold.log', error_log_path: '/var/log/toold.log' },
    });
    expect(keg).toEqual([
      'THIRD-PARTY-NOTICES.txt', 'bin/tool', 'bin/toold', 'etc/bash_completion.d/tool', 'owner.json', 'share/fish/vendor_completions.d/tool.fish',
      'share/man/man1/tool.1', 'share/pwsh/completions/_tool.ps1', 'share/tool/examples/tool.toml', 'share/zsh/site-functions/_tool',
    ]);
    const at = (path: string) => join(root, `whole-${os}-${arch}`, 'keg', path);
    expect(readlinkSync(at('bin/toold'))).toBe('tool');
    expect(JSON.parse(readFileSync(at('owner.json'), 'utf8'))).toEqual({ format: 1, owner: 'homebrew', name: 'tool', version: '1.4.0', package: 'tool', upgrade: ['brew', 'upgrade', 'tool'] });
  });

  check('with an archive for one processor of one system, the formula says what it depends on', () => {
    expect(install('narrow', formula({ service: false }, onlyArchives('darwin-arm64')), 'macos', 'arm').facts).toMatchObject({ depends_on: [expect.stringContaining('arm64'), 'macos'], sha256: 'b'.repeat(64) });
  });

  check('text of the publisher’s cannot become code', () => {
    const hostile = withProduct({ description: '"; system("exit 9") #{`exit 9`}', version: parseVersion('1.4.0-rc.1') });
    const { facts } = install('hostile', formula({ test: ['x"#{1}'] }, hostile), 'linux', 'intel');
    expect(facts).toMatchObject({ desc: '"; system("exit 9") #{`exit 9`}', version: '1.4.0-rc.1' });
  });
});
