import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findOwner } from './find-owner.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-owner-')));
afterAll(() => rmSync(root, { recursive: true }));

const marker = (owner: string, name = 'tool'): string => JSON.stringify({ format: 1, owner, name, version: '1.0.0', package: name, upgrade: [] });

function install(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
}

test.each<[what: string, files: Readonly<Record<string, string>>, executable: string, found: string | undefined]>([
  ['an unpacked archive', { tool: '', 'tool.owner.json': marker('archive') }, 'tool', 'tool.owner.json'],
  ['npm', { 'bin/tool': '', 'owner.json': marker('npm') }, 'bin/tool', 'owner.json'],
  ['a virtual environment', { 'bin/tool': '', 'lib/python3.12/site-packages/tool/owner.json': marker('pip') }, 'bin/tool', 'lib/python3.12/site-packages/tool/owner.json'],
  ['Debian’s system Python', { 'bin/tool': '', 'lib/python3.11/dist-packages/tool/owner.json': marker('pip') }, 'bin/tool', 'lib/python3.11/dist-packages/tool/owner.json'],
  ['pip --target', { 'bin/tool': '', 'tool/owner.json': marker('pip') }, 'bin/tool', 'tool/owner.json'],
  ['Python on Windows', { 'Scripts/tool.exe': '', 'Lib/site-packages/tool/owner.json': marker('pip') }, 'Scripts/tool.exe', 'Lib/site-packages/tool/owner.json'],
  ['Homebrew', { 'Cellar/tool/1.0.0/bin/tool': '', 'Cellar/tool/1.0.0/owner.json': marker('homebrew') }, 'Cellar/tool/1.0.0/bin/tool', 'Cellar/tool/1.0.0/owner.json'],
  ['Scoop', { 'apps/tool/current/tool.exe': '', 'apps/tool/current/tool.owner.json': marker('scoop') }, 'apps/tool/current/tool.exe', 'apps/tool/current/tool.owner.json'],
  ['nobody, where Homebrew’s marker lies beside the executable', { tool: '', 'tool.owner.json': marker('homebrew') }, 'tool', undefined],
  ['nobody', { 'bin/tool': '' }, 'bin/tool', undefined],
  ['nobody, where the marker is another product’s', { 'bin/tool': '', 'owner.json': marker('npm', 'other') }, 'bin/tool', undefined],
  ['nobody, where the marker is of another ecosystem than its place', { 'bin/tool': '', 'owner.json': marker('pip') }, 'bin/tool', undefined],
])('the owner is found for %s', (what, files, executable, found) => {
  install(what, files);
  expect(findOwner(join(root, what, executable), 'tool')?.marker).toBe(found === undefined ? undefined : join(root, what, found));
});

test.each([
  ['Acme.Tool_Microsoft.Winget.Source_8wekyb3d8bbwe', 'Acme.Tool'],
  ['Acme.My_Tool_Microsoft.Winget.Source_8wekyb3d8bbwe', 'Acme.My_Tool'],
  ['Acme.Tool__DefaultSource', 'Acme.Tool'],
  ['Acme.Tool_corp', 'Acme.Tool'],
])('winget is known by its folder %s', (folder, id) => {
  install(`WinGet/Packages/${folder}`, { 'tool.exe': '', 'tool.owner.json': marker('archive') });
  expect(findOwner(join(root, 'WinGet/Packages', folder, 'tool.exe'), 'tool')).toMatchObject({ owner: 'winget', package: id, upgrade: ['winget', 'upgrade', '--id', id, '--exact'] });
});

test('a link is followed to the copy itself', () => {
  install('linked', { 'bin/tool': '', 'owner.json': marker('npm') });
  symlinkSync(join(root, 'linked/bin/tool'), join(root, 'link'));
  expect(findOwner(join(root, 'link'), 'tool')?.owner).toBe('npm');
});

test.each([['not JSON', '{'], ['a newer format', JSON.stringify({ format: 2 })], ['huge', `"${'x'.repeat(20_000)}"`]])('a marker that is %s is an error of its own', (what, text) => {
  install(what, { 'bin/tool': '', 'owner.json': text });
  expect(() => findOwner(join(root, what, 'bin/tool'), 'tool')).toThrow(expect.objectContaining({ code: 'OWNER_INVALID' }));
});
