/**
 * A wheel (binary distribution format 1.0, PEP 427) that holds one target's executable as a script, so that a start
 * costs no Python, and a module that finds it.
 */
import { type ContainerEntry, digestOf, type PlannedFile, type Release, type ReleaseFile, sizeOf, type Target, targetOf, type TargetBuild, type Text, textEntry } from '@slipway/core';
import { moduleFiles } from '@slipway/python-package';
import { distinctMembers } from '../distinct-members.ts';
import { carried, executableEntries } from '../executable-entries.ts';
import { gatheredNotices, noticesEntries, noticesName } from '../notices-entry.ts';
import { ownerEntry } from '../owner-entry.ts';
import { licenseFiles, metadata } from './metadata.ts';
import type { PipNames } from './names.ts';
import type { PlatformTag } from './platform-tag.ts';

/** 1980-01-01, the oldest date a zip can hold; every wheel has it, because installers ignore dates. */
const wheelDate = 315_532_800;

export function wheelPath(names: PipNames, platform: PlatformTag): string {
  return `python/wheels/${names.distribution}-${names.version}-py3-none-${platform.tags.join('.')}.whl`;
}

export function wheel(release: Release, build: TargetBuild, names: PipNames, platform: PlatformTag): PlannedFile {
  const target = targetOf(build.target);
  const path = wheelPath(names, platform);
  const stem = `${names.distribution}-${names.version}`;
  const scripts = `${stem}.data/scripts/`;
  const content = [...moduleEntries(release, names), ...executableEntries(release.executable, target, scripts, 'script'), ...sharedEntries(release, target, `${stem}.data/data/share/`)].toSorted(byPath);
  // Last, because installers look for it at the end of the zip first (PEP 427, recommended archiver features).
  const info = infoEntries(release, build, names, platform, `${stem}.dist-info/`).toSorted(byPath);
  const record = recordEntry(`${stem}.dist-info/RECORD`, [...content, ...info]);
  return {
    id: `pip:${build.target}`,
    type: 'package',
    path,
    wrapper: 'pip',
    target: build.target,
    executables: carried(release.executable, target, scripts),
    content: { kind: 'zip', entries: distinctMembers(path, [...content, ...info, record]), mtime: wheelDate },
  };
}

function moduleEntries(release: Release, names: PipNames): readonly ContainerEntry[] {
  const owner = { owner: 'pip', package: names.project, upgrade: ['python3', '-m', 'pip', 'install', '--upgrade', names.project] };
  return [
    ...moduleFiles(release.executable.name, names.version, names.finder).map(({ path, text }) => textEntry(`${names.module}/${path}`, text)),
    ownerEntry(`${names.module}/owner.json`, release, owner),
  ];
}

/** Completions and manual pages, where shells and man look for them below the prefix of the installation. */
function sharedEntries(release: Release, { os }: Target, share: string): readonly ContainerEntry[] {
  if (os === 'windows') return [];
  const { name } = release.executable;
  const place = ({ role, path }: ReleaseFile): string | undefined => {
    if (role === 'bash-completion') return `bash-completion/completions/${name}`;
    if (role === 'zsh-completion') return `zsh/site-functions/_${name}`;
    if (role === 'fish-completion') return `fish/vendor_completions.d/${name}.fish`;
    return role === 'man' ? `man/man${path.at(-1)}/${path.slice(path.lastIndexOf('/') + 1)}` : undefined;
  };
  return release.files.flatMap((file): ContainerEntry[] => {
    const path = place(file);
    return path === undefined ? [] : [{ path: share + path, mode: 0o644, content: { kind: 'file', path: file.source } }];
  });
}

function infoEntries(release: Release, build: TargetBuild, names: PipNames, platform: PlatformTag, folder: string): readonly ContainerEntry[] {
  return [
    textEntry(`${folder}METADATA`, metadata(release, names, gatheredNotices(release, build) === undefined ? [] : [noticesName])),
    textEntry(`${folder}WHEEL`, wheelFile(platform)),
    ...licenseFiles(release).map(({ path, source }): ContainerEntry => ({ path: `${folder}licenses/${path}`, mode: 0o644, content: { kind: 'file', path: source } })),
    ...noticesEntries(release, build, `${folder}licenses/`),
  ];
}

function wheelFile({ tags }: PlatformTag): string {
  return ['Wheel-Version: 1.0', 'Generator: slipway', 'Root-Is-Purelib: false', ...tags.map((tag) => `Tag: py3-none-${tag}`), ''].join('\n');
}

/** CSV of every member with its digest and size, RECORD itself with neither (PEP 376, PEP 427). */
function recordEntry(path: string, members: readonly ContainerEntry[]): ContainerEntry {
  const rows = members.flatMap((member): Text => [
    `${csv(member.path)},sha256=`, digestOf(`entry:${member.path}`, 'base64url'), ',', sizeOf(`entry:${member.path}`), '\n',
  ]);
  return textEntry(path, [...rows, `${csv(path)},,\n`]);
}

function csv(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function byPath(a: ContainerEntry, b: ContainerEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
