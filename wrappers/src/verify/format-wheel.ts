/** Wheels: binary distribution format (PEP 427), RECORD (PEP 376), platform compatibility tags (PEP 425, 600, 656). */
import { basename } from 'node:path';
import type { Target } from '@slipway/core';
import type { Member } from '../read/member.ts';
import { headersOf, identityFaults } from './core-metadata.ts';
import { type OpenedPackage, textAt } from './opened-package.ts';

interface WheelName {
  readonly distribution: string;
  readonly version: string;
  /** Expanded: every combination of the dotted parts. */
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
}

/** What pip, or a user of the installed wheel, would stumble over. */
export function wheelFaults(opened: OpenedPackage): readonly string[] {
  const name = parseWheelName(basename(opened.artifact.path));
  if (name === undefined) return [`the file's name is not name-version-python-abi-platform.whl`];
  const stem = `${name.distribution}-${name.version}`;
  const info = `${stem}.dist-info`;
  return [
    ...identityFaults(`${info}/METADATA`, textAt(opened, `${info}/METADATA`), name, opened.plan),
    ...wheelFileFaults(`${info}/WHEEL`, textAt(opened, `${info}/WHEEL`), name),
    ...recordFaults(opened, `${info}/RECORD`),
    ...orderFaults([...opened.members.keys()], `${info}/`),
    ...modeFaults([...opened.members.values()], `${stem}.data/scripts/`),
    ...(opened.target === undefined ? ['the plan names no target for this wheel'] : platformFaults(name.platforms, opened.target)),
  ];
}

function parseWheelName(file: string): WheelName | undefined {
  const [, distribution, version, python, abi, platform] = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file) ?? [];
  if (distribution === undefined || version === undefined || python === undefined || abi === undefined || platform === undefined) return undefined;
  const platforms = platform.split('.');
  const tags = python.split('.').flatMap((py) => abi.split('.').flatMap((binary) => platforms.map((one) => `${py}-${binary}-${one}`)));
  return { distribution, version, tags, platforms };
}

function wheelFileFaults(member: string, text: string, name: WheelName): readonly string[] {
  const headers = headersOf(text);
  const faults: string[] = [];
  if (headers.get('wheel-version')?.join() !== '1.0') faults.push(`${member} is missing or not of Wheel-Version 1.0`);
  if (headers.get('root-is-purelib')?.join() !== 'false') faults.push(`${member} does not say Root-Is-Purelib: false`);
  const [stated, expected] = [headers.get('tag') ?? [], name.tags].map((tags) => tags.toSorted().join(', '));
  if (stated !== expected) faults.push(`${member} has the tags ${stated || '(none)'}, the file's name says ${expected}`);
  return faults;
}

/** Every file once with its SHA-256 and size, RECORD itself with neither. */
function recordFaults(opened: OpenedPackage, record: string): readonly string[] {
  const rows = opened.members.get(record)?.bytes === undefined ? undefined : parseCsv(textAt(opened, record));
  if (rows === undefined) return [`${record} is missing or no CSV`];
  const stated = new Map<string, string>();
  const faults: string[] = [];
  for (const [path = '', ...rest] of rows) {
    if (stated.has(path)) faults.push(`${record} lists ${path} twice`);
    stated.set(path, rest.join(','));
  }
  for (const member of opened.members.values()) {
    if (member.type !== 'file') faults.push(`${member.path} is a ${member.type}, which wheels do not hold`);
    const found = stated.get(member.path);
    const expected = member.path === record ? ',' : `sha256=${Buffer.from(member.sha256 ?? '', 'hex').toString('base64url')},${member.size}`;
    if (found === undefined) faults.push(`${record} does not list ${member.path}`);
    else if (found !== expected) faults.push(`${record} says ${JSON.stringify(found)} of ${member.path}, which is ${JSON.stringify(expected)}`);
    stated.delete(member.path);
  }
  return [...faults, ...[...stated.keys()].map((path) => `${record} lists ${path}, which is not in the wheel`)];
}

/** Rows of fields, quoted ones with doubled quotes (RFC 4180); undefined for anything else. */
function parseCsv(text: string): readonly (readonly string[])[] | undefined {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const rows: string[][] = [];
  let row: string[] = [];
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) return undefined;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** Sorted, so that the same inputs give the same bytes; dist-info last and RECORD at the very end. */
function orderFaults(paths: readonly string[], info: string): readonly string[] {
  const rank = (path: string): string => (path === `${info}RECORD` ? '2' : path.startsWith(info) ? `1${path}` : `0${path}`);
  const sorted = paths.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const wrong = paths.findIndex((path, i) => path !== sorted[i]);
  return wrong < 0 ? [] : [`member ${wrong + 1} is ${paths[wrong]}, in sorted order (dist-info last) it is ${sorted[wrong]}`];
}

/** pip makes a script executable only where the mode is that of a regular file. */
function modeFaults(members: readonly Member[], scripts: string): readonly string[] {
  return members
    .filter(({ path, mode }) => path.startsWith(scripts) && mode !== 0o100755)
    .map(({ path, mode }) => `${path} has mode ${mode.toString(8)} instead of 100755`);
}

/** All tags are for the target's system and CPU, one of them for its C library. */
function platformFaults(platforms: readonly string[], { id, os, wheelArch, libc }: Target): readonly string[] {
  const family = { linux: /^(linux|manylinux\w*?|musllinux\w*?)_/, darwin: /^macosx_\d+_\d+_/, windows: /^win_/ }[os];
  const foreign = platforms.filter((tag) => !family.test(tag) || !tag.endsWith(`_${wheelArch}`));
  const wanted = { glibc: /^(many)?linux/, musl: /^musllinux/ };
  const served = libc === undefined || platforms.some((tag) => wanted[libc].test(tag));
  return [...foreign.map((tag) => `the platform tag ${tag} is not one of ${id}`), ...(served ? [] : [`no platform tag is for ${libc}, as ${id} is`])];
}
