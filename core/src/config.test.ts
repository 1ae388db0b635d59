import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { configSchema } from './config.ts';
import { checkData } from './config-problem.ts';
import { repositoryAddress, type PackageJson } from './package-json.ts';
import { resolveConfig, type CodedProblem, type ProjectFacts, type ResolvedConfig } from './resolved-config.ts';

const schema = configSchema({ npm: z.strictObject({ scope: z.string().optional(), access: z.enum(['public', 'restricted']).default('public') }), pip: z.strictObject({}) });

function problemsOf(written: unknown): readonly string[] {
  const checked = checkData(schema, written);
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe('a configuration that does not hold', () => {
  test.each<[what: string, written: unknown, problems: readonly (string | RegExp)[]]>([
    ['an unknown target, with the nearest one', { targets: ['linux-x46'] }, [/^targets\[0\]: found "linux-x46", allowed: linux-x64, .*Did you mean "linux-x64"\?$/]],
    ['an unknown setting, with the nearest one', { entires: {} }, [/^entires: is not a setting\. Did you mean "entries"\? Known here: /]],
    ['an unknown setting of a wrapper', { wrappers: { npm: { scop: '@x' } } }, [/^wrappers\.npm\.scop: is not a setting\. Did you mean "scope"\? Known here: scope, access$/]],
    ['an unknown wrapper', { wrappers: { nmp: {} } }, [/^wrappers\.nmp: is not a setting\. Did you mean "npm"\?/]],
    ['a value that is not allowed', { wrappers: { npm: { access: 'privat' } } }, [/^wrappers\.npm\.access: found "privat", allowed: public, restricted\./]],
    ['the wrong type', { name: 7 }, [/^name: found 7: /]],
    ['an update address that is not https', { update: { url: 'http://example.com/' } }, [/^update\.url: found "http:\/\/example\.com\/": must be an https address/]],
    ['an update address with a password', { update: { url: 'https://me:secret@example.com/' } }, [/^update\.url: .*without user/]],
    ['a channel that is no file name', { update: { url: 'https://example.com/', channel: '../x' } }, [/^update\.channel: found "\.\.\/x": must be lower-case/]],
    ['everything at once', { name: 7, targets: ['mars'], wrapers: {} }, [/^name: /, /^targets\[0\]: found "mars"/, /^wrapers: .*"wrappers"/]],
    ['no object at all', 'slipway', [/found "slipway"/]],
  ])('names %s', (_, written, problems) => {
    const found = problemsOf(written);
    expect(found).toHaveLength(problems.length);
    problems.forEach((problem) => expect(found).toContainEqual(expect.stringMatching(problem)));
  });

  test('a wrapper can be left out', () => {
    expect(problemsOf({ wrappers: { npm: false } })).toEqual([]);
  });
});

const packageJson: PackageJson = {
  name: '@acme/tool', version: '1.2.3', description: 'Does things', license: 'MIT', homepage: 'https://acme.example',
  repository: { type: 'git', url: 'git+https://github.com/acme/tool.git' }, author: { name: 'Acme' }, bin: { tool: './src/cli.ts', toold: 'src/daemon.ts' }, keywords: ['a', 1],
};
const signedRoot = JSON.stringify({ signatures: [{ keyid: 'a', sig: 'b' }], signed: { _type: 'root', version: 1, keys: {}, roles: { root: {}, timestamp: {}, snapshot: {}, targets: {} } } });
const allFiles = new Set(['man/tool.1', 'sh/tool.zsh', 'sh/tool.ps1', 'slipway.root.json', 'src/cli.ts', 'src/daemon.ts', 'README.md', 'LICENSE', 'etc/tool.toml']);

function resolve(written: unknown, project: Partial<ProjectFacts> = {}): { readonly config: ResolvedConfig; readonly problems: readonly string[] } {
  const checked = checkData(schema, written);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  const problems: CodedProblem[] = [];
  const config = resolveConfig(checked.value, { packageJson, isFile: (path) => allFiles.has(path), readText: () => signedRoot, tags: [], ...project }, problems);
  return { config, problems: problems.map(({ code, path, message }) => `${code} ${path}: ${message}`) };
}

describe('an update address', () => {
  test.each<[url: string, resolved: string]>([
    ['https://example.com/tool', 'https://example.com/tool/'],
    ['https://example.com/tool//', 'https://example.com/tool/'],
    ['http://localhost:8080', 'http://localhost:8080/'],
    ['http://127.0.0.1/x/', 'http://127.0.0.1/x/'],
    ['http://[::1]:80/', 'http://[::1]:80/'],
  ])('%s is taken', (url, resolved) => {
    const { config, problems } = resolve({ update: { url } });
    expect([problems, config.update]).toEqual([[], { url: resolved, root: signedRoot, channel: 'stable', topLevel: false, dataVersion: 0 }]);
  });

  test.each(['http://localhost.example.com/', 'http://127.0.0.1.example.com/', 'ftp://example.com/', 'https://example.com/?a', 'https://example.com/#a', 'example.com', '', 'https://example.com/$(x)\'', 'https://'])('%s is not', (url) => {
    expect(problemsOf({ update: { url } })).toHaveLength(1);
  });

  test.each<[what: string, project: Partial<ProjectFacts>, root: string | undefined, problem: RegExp]>([
    ['is not there', {}, 'none.json', /^FILE_MISSING update\.root: there is no file none\.json/],
    ['lies outside', {}, '../root.json', /^PATH_OUTSIDE update\.root: /],
    ['is no JSON', { readText: () => '{' }, undefined, /^CONFIG_INVALID update\.root: slipway\.root\.json is no signed root metadata: /],
    ['is not signed', { readText: () => signedRoot.replace(/\[\{.*?\}\]/, '[]') }, undefined, /^CONFIG_INVALID update\.root: .*signatures/],
    ['is other metadata', { readText: () => signedRoot.replace('"root","version"', '"timestamp","version"') }, undefined, /^CONFIG_INVALID update\.root: .*_type/],
    ['is too large', { readText: () => ' '.repeat(600_000) }, undefined, /^CONFIG_INVALID update\.root: .*600000/],
  ])('root metadata that %s is a problem', (_, project, root, problem) => {
    expect(resolve({ update: { url: 'https://example.com/', ...(root === undefined ? {} : { root }) } }, project).problems).toEqual([expect.stringMatching(problem)]);
  });

  test('nothing is resolved without one', () => {
    expect(resolve({}).config).not.toHaveProperty('update');
  });
});

test('nothing needs to be written for a package with a bin', () => {
  const { config, problems } = resolve({});
  expect(problems).toEqual([]);
  expect(config).toMatchObject({
    product: { name: 'tool', version: { text: '1.2.3' }, description: 'Does things', license: 'MIT', homepage: 'https://acme.example', repository: 'https://github.com/acme/tool', author: 'Acme', keywords: ['a'] },
    executable: { name: 'tool', aliases: ['toold'] },
    entries: [{ name: 'tool', source: 'src/cli.ts' }, { name: 'toold', source: 'src/daemon.ts' }],
    files: [{ role: 'readme', source: 'README.md' }, { role: 'license', source: 'LICENSE' }],
  });
  expect(config.targets).toHaveLength(8);
});

test('completions and manual pages get the names that shells and man look them up by', () => {
  const { config, problems } = resolve({ files: { completions: { zsh: './sh/tool.zsh', powershell: 'sh/tool.ps1' }, man: ['./man/tool.1'] } });
  expect(problems).toEqual([]);
  expect(config.files.slice(2)).toEqual([
    { role: 'zsh-completion', source: 'sh/tool.zsh', path: 'completions/_tool' },
    { role: 'powershell-completion', source: 'sh/tool.ps1', path: 'completions/tool.ps1' },
    { role: 'man', source: 'man/tool.1', path: 'man/tool.1' },
  ]);
});

test('a string bin is named after the package without its scope', () => {
  expect(resolve({}, { packageJson: { ...packageJson, bin: './src/cli.ts' } }).config.entries).toEqual([{ name: 'tool', source: 'src/cli.ts' }]);
});

test('the executable is named after the entry that has the product’s name, wherever it stands', () => {
  const { config } = resolve({ entries: { toold: 'src/daemon.ts', tool: 'src/cli.ts' } });
  expect(config.executable).toEqual({ name: 'tool', aliases: ['toold'] });
});

describe('the version', () => {
  const noVersion = { ...packageJson, version: undefined };
  test.each<[what: string, written: unknown, project: Partial<ProjectFacts>, version: string]>([
    ['comes from package.json', {}, {}, '1.2.3'],
    ['is written', { version: '2.0.0' }, {}, '2.0.0'],
    ['is given on the command line over all else', { version: '2.0.0' }, { version: '3.0.0' }, '3.0.0'],
    ['comes from a tag where package.json has none', {}, { packageJson: noVersion, tags: ['v4.0.0'] }, '4.0.0'],
    ['comes from a tag when asked for', { version: { from: 'git-tag' } }, { tags: ['nightly', 'v4.0.0'] }, '4.0.0'],
    ['comes from the tag of its part of a monorepo', { version: { from: 'git-tag', prefix: 'cli' } }, { tags: ['server/v9.0.0', 'cli/v4.1.0'] }, '4.1.0'],
  ])('%s', (_, written, project, version) => {
    const { config, problems } = resolve(written, project);
    expect(problems).toEqual([]);
    expect(config.product.version.text).toBe(version);
  });
});

describe('problems of the project', () => {
  test.each<[what: string, written: unknown, project: Partial<ProjectFacts>, problems: readonly RegExp[]]>([
    ['no entry', {}, { packageJson: { name: 'x', version: '1.0.0' } }, [/^ENTRY_MISSING entries: /]],
    ['a missing entry file', { entries: { tool: 'src/nope.ts' } }, {}, [/^ENTRY_MISSING entries\.tool: there is no file src\/nope\.ts$/]],
    ['a missing entry of package.json', {}, { isFile: () => false }, [/^ENTRY_MISSING package\.json bin\.tool/, /^ENTRY_MISSING package\.json bin\.toold/]],
    ['two executables of one name', { entries: { Tool: 'src/cli.ts', tool: 'src/daemon.ts' } }, {}, [/^NAME_TAKEN entries\.tool: "tool" and "Tool"/]],
    ['a name no system takes', { name: 'con', entries: { 'a/b': 'src/cli.ts' } }, {}, [/^NAME_INVALID entries\.a\/b/, /^NAME_INVALID name/]],
    ['an entry outside', { entries: { tool: '../other/cli.ts' } }, {}, [/^PATH_OUTSIDE entries\.tool/]],
    ['an absolute file', { files: { readme: '/etc/passwd' } }, {}, [/^PATH_OUTSIDE files\.readme/]],
    ['a file with a way out', { files: { extra: [{ from: 'etc/tool.toml', to: '../../x' }] } }, {}, [/^PATH_OUTSIDE files\.extra\[0\]/]],
    ['a missing file', { files: { extra: ['etc/tool.toml', 'etc/nope'] } }, {}, [/^FILE_MISSING files\.extra\[1\]/]],
    ['a missing completion script', { files: { completions: { bash: 'sh/tool.bash' } } }, {}, [/^FILE_MISSING files\.completions\.bash/]],
    ['a manual page without a section', { files: { man: ['README.md'] } }, {}, [/^CONFIG_INVALID files\.man\[0\]: README\.md has no section/]],
    ['no version', {}, { packageJson: { ...packageJson, version: undefined }, tags: ['nightly'] }, [/^VERSION_INVALID version: .*\(nightly\)/]],
    ['a version that is none', { version: '1.2' }, {}, [/^VERSION_INVALID version: /]],
    ['all of it at once', { version: '1.2', entries: { tool: 'a' }, files: { readme: 'b' } }, {}, [/^VERSION_INVALID/, /^ENTRY_MISSING/, /^FILE_MISSING/]],
  ])('%s', (_, written, project, problems) => {
    const found = resolve(written, project).problems;
    expect(found).toHaveLength(problems.length);
    problems.forEach((problem) => expect(found).toContainEqual(expect.stringMatching(problem)));
  });
});

test.each([
  ['acme/tool', 'https://github.com/acme/tool'],
  ['github:acme/tool', 'https://github.com/acme/tool'],
  ['gitlab:acme/tool', 'https://gitlab.com/acme/tool'],
  ['git+https://github.com/acme/tool.git', 'https://github.com/acme/tool'],
  ['git@github.com:acme/tool.git', 'https://github.com/acme/tool'],
  ['git+ssh://git@github.com/acme/tool.git', 'https://github.com/acme/tool'],
  ['https://example.org/x', 'https://example.org/x'],
])('the repository %s is at %s', (written, address) => {
  expect(repositoryAddress(written)).toBe(address);
});
