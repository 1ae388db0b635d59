/**
 * What a publisher can get wrong, one row each.
 */
import type { Failure } from './outcome.ts';
import type { Files, Project } from './project.ts';

export interface Row extends Failure {
  readonly title: string;
  /** What is changed in a copy of examples/hello. */
  readonly files?: (project: Project) => Files;
  /** Default: `dist --fake --target linux-x64`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const fake = ['dist', '--fake', '--target', 'linux-x64'];
const real = ['dist', '--target', 'linux-x64'];
const config = (data: unknown): (() => Files) => () => ({ 'slipway.config.json': JSON.stringify(data) });
const file = (name: string, text: string | null): (() => Files) => () => ({ [name]: text });
const packageJson = (data: object): (() => Files) => file('package.json', JSON.stringify({ name: 'hello', version: '1.0.0', bin: { hello: 'src/cli.ts' }, ...data }));

const commandLine: readonly Row[] = [
  { title: 'an unknown command', args: ['dits'], code: 'USAGE', says: ['dist'] },
  { title: 'an unknown option', args: [...fake, '--fakee'], code: 'USAGE', says: ['fakee'] },
  { title: 'a word after a command that takes none', args: ['dist', 'everything'], code: 'USAGE', says: ['everything'] },
  { title: 'no job at all', args: [...fake, '--jobs', '0'], code: 'USAGE', says: ['0'] },
  { title: 'half a job', args: [...fake, '--jobs', '1.5'], code: 'USAGE', says: ['1.5'] },
  { title: 'a word for the jobs', args: [...fake, '--jobs', 'many'], code: 'USAGE', says: [/jobs/] },
  { title: 'two numbers of jobs', args: [...fake, '--jobs', '1', '--jobs', '2'], code: 'USAGE', says: [/jobs/] },
  { title: 'two output folders', args: [...fake, '--out', 'a', '--out', 'b'], code: 'USAGE', says: [/out/] },
  { title: 'two configuration files', args: [...fake, '--config', 'a', '--config', 'b'], code: 'USAGE', says: [/config/] },
  { title: 'two versions', args: [...fake, '--set-version', '1.0.0', '--set-version', '2.0.0'], code: 'USAGE', says: [/set-version/] },
  { title: 'an empty output folder, as of an unset variable', args: [...fake, '--out', ''], code: 'USAGE', says: [/out/] },
  { title: 'an option without its value', args: ['dist', '--fake', '--target'], code: 'USAGE', says: [/target/] },
  { title: 'an unknown target', args: ['dist', '--fake', '--target', 'linux-x46'], code: 'TARGET_UNKNOWN', says: ['linux-x46', 'Did you mean "linux-x64"'] },
  { title: 'a target that is left out', files: config({ targets: ['linux-arm64'] }), args: fake, code: 'TARGET_UNKNOWN', says: ['linux-x64'] },
  { title: 'an unknown wrapper', args: [...fake, '--wrapper', 'nmp'], code: 'WRAPPER_UNKNOWN', says: ['nmp', 'Did you mean "npm"'] },
  { title: 'a wrapper that is left out', files: config({ wrappers: { pip: false } }), args: [...fake, '--wrapper', 'pip'], code: 'WRAPPER_UNKNOWN', says: ['pip'] },
  { title: 'a date that is none', env: { SOURCE_DATE_EPOCH: 'yesterday' }, code: 'USAGE', says: ['SOURCE_DATE_EPOCH', 'yesterday'] },
  { title: 'a negative date', env: { SOURCE_DATE_EPOCH: '-1' }, code: 'USAGE', says: ['SOURCE_DATE_EPOCH'] },
  { title: 'a date that no archive can hold', args: ['dist', '--fake'], env: { SOURCE_DATE_EPOCH: '4354819200' }, code: 'USAGE', says: ['SOURCE_DATE_EPOCH'] },
  { title: 'init of an unknown format', args: ['init', '--format', 'toml'], code: 'USAGE', says: ['toml'] },
  { title: 'init over a configuration', files: config({}), args: ['init'], code: 'CONFIG_EXISTS', says: ['slipway.config.json'] },
  // In a checkout, Bun itself complains of a package.json that it cannot read; a comma too many it can.
  { title: 'init beside a broken package.json', files: file('package.json', '{"name": "hello",}'), args: ['init'], code: 'CONFIG_INVALID', says: ['package.json'] },
  { title: 'self without a question', args: ['self'], code: 'USAGE', says: ['owner'] },
  { title: 'verify of a folder that is no output', args: ['verify', 'src'], code: 'DIST_NOT_FOUND', says: ['src'] },
  { title: 'verify of nothing', args: ['verify', 'nowhere'], code: 'DIST_NOT_FOUND', says: ['nowhere'] },
  { title: 'verify of a file', args: ['verify', 'package.json'], code: 'DIST_NOT_FOUND', says: ['package.json'] },
  { title: 'package without executables', args: ['package', '--out', 'other', '--target', 'linux-x64'], code: 'FILE_MISSING', says: ['other/bin/linux-x64/hello'] },
  { title: 'package of a script', files: file('other/bin/linux-x64/hello', '#!/bin/sh\n'), args: ['package', '--out', 'other', '--target', 'linux-x64'], code: 'INSPECT_MALFORMED', says: ['other/bin/linux-x64/hello'] },
];

const finding: readonly Row[] = [
  { title: 'no configuration at all', files: file('package.json', null), code: 'CONFIG_NOT_FOUND', says: ['package.json'] },
  { title: 'a package.json without a bin', files: file('package.json', '{"name": "hello", "version": "1.0.0"}'), code: 'CONFIG_NOT_FOUND', says: ['bin'] },
  { title: 'a configuration that is not there', args: [...fake, '--config', 'slipway.json'], code: 'CONFIG_NOT_FOUND', says: ['slipway.json'] },
  { title: 'a folder as configuration', args: [...fake, '--config', 'src'], code: 'CONFIG_INVALID', says: ['src'] },
  { title: 'two configurations', files: () => ({ 'slipway.config.json': '{}', 'slipway.config.yaml': '{}' }), code: 'CONFIG_INVALID', says: ['slipway.config.json', 'slipway.config.yaml'] },
  { title: 'broken JSON', files: file('slipway.config.json', '{"name": }'), code: 'CONFIG_INVALID', says: ['slipway.config.json'] },
  { title: 'broken YAML', files: file('slipway.config.yaml', 'name: [hello'), code: 'CONFIG_INVALID', says: ['slipway.config.yaml', /line 1/] },
  { title: 'a YAML key that is written twice', files: file('slipway.config.yaml', 'name: a\nname: b\n'), code: 'CONFIG_INVALID', says: ['slipway.config.yaml', /line 2/] },
  { title: 'broken TypeScript', files: file('slipway.config.ts', 'export default {\n  name: ,\n};\n'), code: 'CONFIG_INVALID', says: ['slipway.config.ts', /:2\b/] },
  { title: 'a configuration that throws', files: file('slipway.config.ts', 'throw new Error("no such luck");'), code: 'CONFIG_INVALID', says: ['slipway.config.ts', 'no such luck'] },
  { title: 'a function that throws', files: file('slipway.config.ts', 'export default () => { throw new Error("no such luck"); };'), code: 'CONFIG_INVALID', says: ['slipway.config.ts', 'no such luck'] },
  { title: 'a function that rejects', files: file('slipway.config.ts', 'export default async () => { throw new Error("no such luck"); };'), code: 'CONFIG_INVALID', says: ['slipway.config.ts', 'no such luck'] },
  { title: 'a configuration that imports what is not there', files: file('slipway.config.ts', 'import "./nowhere.ts"; export default {};'), code: 'CONFIG_INVALID', says: ['slipway.config.ts', 'nowhere'] },
  { title: 'no default export', files: file('slipway.config.ts', 'export const config = {};'), code: 'CONFIG_INVALID', says: ['default export'] },
  { title: 'null as configuration', files: file('slipway.config.json', 'null'), code: 'CONFIG_INVALID', says: ['slipway.config.json', 'null'] },
  { title: 'a list as configuration', files: file('slipway.config.json', '[]'), code: 'CONFIG_INVALID', says: ['slipway.config.json'] },
  { title: 'a broken package.json', files: file('package.json', '{"name": "hello",}'), code: 'CONFIG_INVALID', says: ['package.json'] },
  { title: 'a package.json that is a number', files: file('package.json', '1'), code: 'CONFIG_NOT_FOUND', says: ['package.json'] },
];

const settings: readonly Row[] = [
  {
    title: 'several wrong settings, all at once',
    files: config({ naem: 'hello', targets: ['linux-x46'], build: { minify: 'yes' }, wrappers: { deb: {}, npm: { acess: 'public' } } }),
    code: 'CONFIG_INVALID',
    says: ['5 problems', 'naem', 'Did you mean "name"', 'targets[0]', 'Did you mean "linux-x64"', 'build.minify', '"yes"', 'wrappers.deb', 'wrappers.npm.acess', 'Did you mean "access"'],
  },
  {
    title: 'several settings that do not fit the project, all at once',
    files: config({ version: '1.0', entries: { hello: 'src/nowhere.ts', Hello: '../cli.ts', 'a b': 'src/cli.ts' }, files: { extra: ['nothing.txt'] } }),
    code: 'CONFIG_INVALID',
    says: ['version: "1.0"', 'src/nowhere.ts', '../cli.ts', 'entries.Hello', 'entries.a b', 'nothing.txt'],
  },
  { title: 'no target at all', files: config({ targets: [] }), code: 'CONFIG_INVALID', says: ['targets'] },
  { title: 'an entry that is not there', files: config({ entries: { hello: 'src/nowhere.ts' } }), code: 'ENTRY_MISSING', says: ['entries.hello', 'src/nowhere.ts'] },
  { title: 'an entry that is a folder', files: config({ entries: { hello: 'src' } }), code: 'ENTRY_MISSING', says: ['entries.hello', 'src'] },
  { title: 'a bin that is not there', files: packageJson({ bin: { hello: 'src/nowhere.ts' } }), code: 'ENTRY_MISSING', says: ['bin.hello', 'src/nowhere.ts'] },
  { title: 'nothing to build', files: () => ({ 'slipway.config.json': '{}', 'package.json': '{"name": "hello", "version": "1.0.0"}' }), code: 'ENTRY_MISSING', says: ['entries'] },
  { title: 'two executables of one name', files: config({ entries: { hello: 'src/cli.ts', HELLO: 'src/daemon.ts' } }), code: 'NAME_TAKEN', says: ['hello', 'HELLO'] },
  { title: 'a name that Windows reserves', files: config({ entries: { con: 'src/cli.ts' }, name: 'tool' }), code: 'NAME_INVALID', says: ['con'] },
  { title: 'a name with a slash', files: config({ entries: { 'a/b': 'src/cli.ts' } }), code: 'NAME_INVALID', says: ['a/b'] },
  { title: 'an empty name', files: config({ name: '' }), code: 'NAME_INVALID', says: ['name'] },
  { title: 'a name that leaves the folder', files: config({ name: '..' }), code: 'NAME_INVALID', says: ['..'] },
  { title: 'a name that no package of Python can have', files: config({ name: 'hello-' }), code: 'NAME_INVALID', says: ['hello-'] },
  { title: 'a name that no package of npm can have', files: config({ wrappers: { npm: { name: 'Hello' } } }), code: 'NAME_INVALID', says: ['Hello'] },
  { title: 'no version', files: packageJson({ version: undefined }), code: 'VERSION_INVALID', says: ['version'] },
  { title: 'a version that is none', files: packageJson({ version: '1.0' }), code: 'VERSION_INVALID', says: ['1.0'] },
  { title: 'a version on the command line that is none', args: [...fake, '--set-version', 'v1.0.0'], code: 'VERSION_INVALID', says: ['v1.0.0'] },
  { title: 'a version from tags that are not there', files: config({ version: { from: 'git-tag' } }), code: 'VERSION_INVALID', says: ['tag'] },
  { title: 'a version that pip cannot express', args: [...fake, '--set-version', '1.0.0-foo.1'], code: 'VERSION_NOT_EXPRESSIBLE', says: ['1.0.0-foo.1', 'pip'] },
  { title: 'a version that Windows cannot express, in the plan', args: ['plan', '--set-version', '70000.0.0'], code: 'VERSION_NOT_EXPRESSIBLE', says: ['70000.0.0', 'Windows'] },
  { title: 'an entry outside the project', files: config({ entries: { hello: '../cli.ts' } }), code: 'PATH_OUTSIDE', says: ['../cli.ts'] },
  { title: 'a file outside the project', files: config({ files: { extra: ['../secret'] } }), code: 'PATH_OUTSIDE', says: ['../secret'] },
  { title: 'a file of the machine', files: config({ files: { license: '/etc/passwd' } }), code: 'PATH_OUTSIDE', says: ['/etc/passwd'] },
  { title: 'a file that would be unpacked elsewhere', files: config({ files: { extra: [{ from: 'README.md', to: '../README.md' }] } }), code: 'PATH_OUTSIDE', says: ['../README.md'] },
  { title: 'an icon outside the project', files: config({ build: { windows: { icon: '../icon.ico' } } }), code: 'PATH_OUTSIDE', says: ['../icon.ico'] },
  { title: 'an icon that is not there', files: config({ build: { windows: { icon: 'icon.ico' } } }), code: 'FILE_MISSING', says: ['icon.ico'] },
  { title: 'an extra file that is not there', files: config({ files: { extra: ['nothing.txt'] } }), code: 'FILE_MISSING', says: ['nothing.txt'] },
  { title: 'one name for all archives', files: config({ wrappers: { archive: { name: '{name}' } } }), code: 'PLAN_CONFLICT', says: ['{name}'] },
  { title: 'an archive name that leaves the folder', files: config({ wrappers: { archive: { name: '../{target}' } } }), code: 'CONFIG_INVALID', says: ['../{target}'] },
];

export const badInput: readonly Row[] = [...commandLine, ...finding, ...settings];

const hook = (script: string): (() => Files) => config({ build: { sign: ['sh', '-c', script, '{path}', '{target}'] } });

/** These go as far as a compiler, and fail before anything has its final name. */
export const needsCompiling: readonly Row[] = [
  { title: 'a syntax error', files: file('src/cli.ts', 'const fine = 1;\nconst = 2;\n'), args: real, code: 'COMPILE_FAILED', says: ['linux-x64', /src\/cli\.ts:2:\d+/] },
  { title: 'an import that is not there', files: file('src/cli.ts', '\nimport "nowhere";\n'), args: real, code: 'COMPILE_FAILED', says: ['nowhere', /src\/cli\.ts:2:\d+/] },
  { title: 'a path of this machine in the program', files: ({ root }) => ({ 'src/cli.ts': `console.log(${JSON.stringify(`${root}/data`)});\n` }), args: real, code: 'BUILD_PATH_LEAKED', says: ['/hello/data'] },
  { title: 'a signing hook that fails', files: hook('echo "no key" >&2; exit 3'), args: real, code: 'HOOK_FAILED', says: ['linux-x64', '3', 'no key'] },
  { title: 'a signing hook that ends by a signal', files: hook('kill -9 $$'), args: real, code: 'HOOK_FAILED', says: ['SIGKILL'] },
  { title: 'a signing hook that is not there', files: config({ build: { sign: ['no-such-signer', '{path}'] } }), args: real, code: 'HOOK_FAILED', says: ['no-such-signer'] },
  { title: 'a signing hook that deletes the executable', files: hook('rm "$0"'), args: real, code: 'HOOK_FAILED', says: ['left no'] },
  { title: 'a signing hook that cuts the executable off', files: hook('truncate -s 1000000 "$0"'), args: real, code: 'INSPECT_MALFORMED', says: ['linux-x64'] },
  { title: 'a signing hook that leaves a script', files: hook('echo "#!/bin/sh" >"$0"'), args: real, code: 'INSPECT_MALFORMED', says: ['linux-x64'] },
  { title: 'a trial run that fails', files: config({ build: { smoke: ['--exit', '3'] } }), args: real, code: 'SMOKE_FAILED', says: ['3', '--exit'] },
  { title: 'a trial run that ends by a signal', files: config({ build: { smoke: ['--signal', 'SIGSEGV'] } }), args: real, code: 'SMOKE_FAILED', says: ['SIGSEGV'] },
];
