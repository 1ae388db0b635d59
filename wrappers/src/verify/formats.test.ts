/** Each row changes one thing about one package, records everything anew, and names what verify must say about it. */
import { afterEach, expect, test } from '@jest/globals';
import type { PackedEntry } from '../read/packing.fixture.ts';
import { scratchFolder } from '../read/scratch.fixture.ts';
import { Dist, membersOf, pack, paths, program, recordOf } from './dist.fixture.ts';
import { verifyDist } from './verify.ts';

const scratch = scratchFolder();
const programs = { linux: program(70_000, 1), windows: program(80_000, 2), launcher: program(2_000, 3) };
const dist = new Dist(`${scratch.path}/dist`, programs);
afterEach(() => dist.restore());

type Change = (members: readonly PackedEntry[]) => readonly PackedEntry[];

const member = (path: string | RegExp, change: (entry: PackedEntry) => PackedEntry): Change => (members) =>
  members.map((entry) => ((typeof path === 'string' ? entry.path === path : path.test(entry.path)) ? change(entry) : entry));
const text = (path: string | RegExp, change: (content: string) => string): Change => member(path, (entry) => ({ ...entry, bytes: Buffer.from(change(String(entry.bytes))) }));
const json = (change: (manifest: Record<string, unknown>) => object): Change => text('package/package.json', (content) => JSON.stringify(change(JSON.parse(content))));
const mode = (path: string | RegExp, bits: number): Change => member(path, (entry) => ({ ...entry, mode: bits }));
const without = (path: string): Change => (members) => members.filter((entry) => entry.path !== path);
const added = (path: string): Change => (members) => [...members, { path, bytes: Buffer.from('x') }];
/** RECORD is written before the change, and then changed. */
const record = (change: (content: string) => string): Change => (members) => text(/RECORD$/, change)([...members, recordOf(members)]);
const afterRecord = (change: Change): Change => (members) => change([...members, recordOf(members)]);

const { linux, windows, main, sdist } = paths;
const scripts = 'tool-1.4.0.data/scripts/';
const info = 'tool-1.4.0.dist-info/';

test.each<[string, string, Change, string, RegExp]>([
  ['an archive whose executable nobody may run', linux.archive, mode('tool-linux-x64/tool', 0o644), 'format', /tool has mode 644 instead of 755/],
  ['an archive whose executable anybody may write', linux.archive, mode('tool-linux-x64/tool', 0o777), 'format', /mode 777 instead of 755/],
  ['an archive whose link leads nowhere', linux.archive, (members) => [...members, { path: 'tool-linux-x64/x', link: 'y' }], 'format', /x links to "y", which is not in the archive/],
  ['an archive whose alias leads to another file', linux.archive, member('tool-linux-x64/toold', (entry) => ({ ...entry, link: 'LICENSE' })), 'alias', /toold links to "LICENSE", which is not the executable/],
  ['an archive without its alias', linux.archive, without('tool-linux-x64/toold'), 'alias', /toold is not in the package/],
  ['an archive without its executable', windows.archive, without('tool.exe'), 'executable', /tool\.exe is not in the package/],
  ['an archive whose executable is a link', linux.archive, member('tool-linux-x64/tool', ({ path }) => ({ path, link: 'LICENSE' })), 'executable', /tool is [0-9a-f]{64}, bin/],

  ['npm without package.json', linux.npm, without('package/package.json'), 'format', /missing or no JSON/],
  ['npm with a package.json that is none', linux.npm, text('package/package.json', () => '{'), 'format', /missing or no JSON/],
  ['npm with another version', linux.npm, json((manifest) => ({ ...manifest, version: '1.4.1' })), 'format', /has version "1\.4\.1", the plan "1\.4\.0"/],
  ['npm with another name', linux.npm, json((manifest) => ({ ...manifest, name: '@tool/linux-arm64' })), 'format', /npm would call that package tool-linux-arm64-1\.4\.0\.tgz/],
  ['npm for another OS', linux.npm, json((manifest) => ({ ...manifest, os: ['darwin'] })), 'format', /has os \["darwin"\], linux-x64 is \["linux"\]/],
  ['npm for any CPU', linux.npm, json(({ cpu: _, ...manifest }) => manifest), 'format', /has cpu undefined, linux-x64 is \["x64"\]/],
  ['npm for another libc', linux.npm, json((manifest) => ({ ...manifest, libc: ['musl'] })), 'format', /has libc \["musl"\], linux-x64 is \["glibc"\]/],
  ['npm for any libc beside a musl target', linux.npm, json(({ libc: _, ...manifest }) => manifest), 'format', /has libc undefined/],
  ['npm with a libc on Windows', windows.npm, json((manifest) => ({ ...manifest, libc: ['glibc'] })), 'format', /has libc \["glibc"\], windows-x64 is undefined/],
  ['npm with scripts', linux.npm, json((manifest) => ({ ...manifest, scripts: {} })), 'format', /has scripts/],
  ['npm main without bin', main, json(({ bin: _, ...manifest }) => manifest), 'format', /no bin object/],
  ['npm without bin, whose executable cannot run', linux.npm, (members) => mode('package/bin/tool', 0o644)(json(({ bin: _, ...manifest }) => manifest)(members)), 'format', /package\/bin\/tool has mode 644 and cannot be run/],
  ['npm with one command fewer', linux.npm, json((manifest) => ({ ...manifest, bin: { tool: 'bin/tool' } })), 'format', /bin has no toold/],
  ['npm with a command that leads nowhere', linux.npm, json((manifest) => ({ ...manifest, bin: { tool: 'bin/tool', toold: 'bin/x' } })), 'format', /bin toold is "bin\/x", which is not in the package/],
  ['npm with a command that cannot run', linux.npm, mode('package/bin/tool', 0o644), 'format', /whose mode 644 does not let it run/],
  ['npm with a file outside of package/', linux.npm, added('evil'), 'format', /evil lies outside of package/],
  ['npm main with a range', main, json((manifest) => ({ ...manifest, optionalDependencies: { '@tool/linux-x64': '^1.4.0', '@tool/win32-x64': '1.4.0' } })), 'format', /linux-x64 is "\^1\.4\.0" instead of "1\.4\.0"/],
  ['npm main with one platform fewer', main, json((manifest) => ({ ...manifest, optionalDependencies: { '@tool/linux-x64': '1.4.0' } })), 'format', /no optional dependency for windows-x64/],
  ['npm main with one platform more', main, json((manifest) => ({ ...manifest, optionalDependencies: { ...(manifest['optionalDependencies'] as object), '@tool/aix-x64': '1.4.0' } })), 'format', /@tool\/aix-x64 is no package of the plan/],
  ['npm main with a dependency', main, json((manifest) => ({ ...manifest, dependencies: { leftpad: '1.0.0' } })), 'format', /depends on leftpad/],
  ['npm main with scripts', main, json((manifest) => ({ ...manifest, scripts: { postinstall: 'node x' } })), 'format', /has scripts/],
  ['npm main with a command that leads nowhere', main, without('package/bin/tool.cjs'), 'format', /bin tool is "bin\/tool\.cjs", which is not/],

  ['a wheel with a wrong hash in RECORD', linux.pip, record((content) => content.replace(/(init__\.py,sha256=)./, '$1_')), 'format', /RECORD says .* of tool\/__init__\.py, which is/],
  ['a wheel with a wrong size in RECORD', linux.pip, record((content) => content.replace(/,0\n/, ',1\n')), 'format', /RECORD says .*,1" of tool\/__init__\.py/],
  ['a wheel with a padded hash in RECORD', linux.pip, record((content) => content.replace(/,0\n/, '=,0\n')), 'format', /RECORD says/],
  ['a wheel with a file that RECORD leaves out', linux.pip, record((content) => content.replace(/tool\/__init__.*\n/, '')), 'format', /RECORD does not list tool\/__init__\.py/],
  ['a wheel with a file that only RECORD knows', linux.pip, record((content) => `${content}tool/x.py,sha256=x,1\n`), 'format', /lists tool\/x\.py, which is not in the wheel/],
  ['a wheel whose RECORD lists a file twice', linux.pip, record((content) => content.replace(/tool\/__init__.*\n/, '$&$&')), 'format', /lists tool\/__init__\.py twice/],
  ['a wheel whose RECORD states its own hash', linux.pip, record((content) => content.replace(/RECORD,,/, 'RECORD,sha256=x,1')), 'format', /RECORD says "sha256=x,1" of .*RECORD/],
  ['a wheel whose RECORD is no CSV', linux.pip, record((content) => `"${content}`), 'format', /RECORD is missing or no CSV/],
  ['a wheel with another version in METADATA', linux.pip, text(/METADATA$/, (content) => content.replace('Version: 1.4.0', 'Version: 1.4.1')), 'format', /METADATA has Version "1\.4\.1"/],
  ['a wheel with another name in METADATA', linux.pip, text(/METADATA$/, (content) => content.replace('Name: tool', 'Name: other')), 'format', /METADATA has Name "other"/],
  ['a wheel without METADATA', linux.pip, without(`${info}METADATA`), 'format', /METADATA is missing/],
  ['a wheel with a tag fewer in WHEEL', linux.pip, text(/WHEEL$/, (content) => content.replace('Tag: py3-none-manylinux2014_x86_64\n', '')), 'format', /has the tags py3-none-manylinux_2_17_x86_64, the file's name says py3-none-manylinux2014_x86_64, py3/],
  ['a wheel that says it is pure', linux.pip, text(/WHEEL$/, (content) => content.replace('false', 'true')), 'format', /Root-Is-Purelib/],
  ['a wheel whose script cannot run', linux.pip, mode(`${scripts}tool`, 0o644), 'format', /scripts\/tool has mode 100644 instead of 100755/],
  ['a wheel in another order', linux.pip, (members) => members.toReversed(), 'format', /in sorted order \(dist-info last\) it is/],
  ['a wheel whose RECORD is not last', linux.pip, afterRecord((members) => members.toSorted((a, b) => (a.path < b.path ? -1 : 1))), 'format', /in sorted order/],
  ['a wheel with a link', linux.pip, (members) => [...members.slice(0, 2), { path: `${scripts}toole`, link: 'tool' }, ...members.slice(2)], 'format', /is a symlink, which wheels do not hold/],

  ['an sdist that needs other packages', sdist, text(/pyproject/, (content) => content.replace('[]', '["setuptools"]')), 'format', /does not have "requires = \[\]"/],
  ['an sdist without pyproject.toml', sdist, without('tool-1.4.0/pyproject.toml'), 'format', /does not have "requires = \[\]"/],
  ['an sdist whose empty requires is of another table', sdist, text(/pyproject/, (content) => content.replace('[build-system]', '[build-system]\n[other]')), 'format', /does not have "requires = \[\]"/],
  ['an sdist without PKG-INFO', sdist, without('tool-1.4.0/PKG-INFO'), 'format', /PKG-INFO is missing/],
  ['an sdist with files beside its folder', sdist, added('setup.py'), 'format', /setup\.py lies outside of tool-1\.4\.0/],
])('%s', async (_, path, change, kind, message) => {
  dist.write(path, pack(path, change(membersOf(path, programs))));
  dist.recordArtifacts();
  dist.recordChecksums();
  const { problems } = await verifyDist(dist.root);
  expect(problems).toContainEqual({ kind, path, message: expect.stringMatching(message) });
  expect(problems.filter((problem) => problem.path !== path)).toEqual([]);
});

test('an npm platform package that leaves all commands to the main package is as good', async () => {
  dist.write(linux.npm, pack(linux.npm, json(({ bin: _, ...manifest }) => manifest)(membersOf(linux.npm, programs))));
  dist.recordArtifacts();
  dist.recordChecksums();
  expect((await verifyDist(dist.root)).problems).toEqual([]);
});
