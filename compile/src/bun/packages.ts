/**
 * Whose code is in a bundle: the packages that the bundler took files from, with their licences. A file below
 * node_modules is its package's; one of the project is the publisher's own; any other belongs to the package around it.
 * Imports nothing but what is built in: configurations that bundle by themselves load it in a compiled Slipway, too.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As package.json has it: mostly an SPDX expression. */
  readonly license?: string | undefined;
  /** Licence and notice files. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

const licenceFile = /^(licen[cs]es?|copying|notices?|unlicense)([.-].*)?$/i;
/** No licence is longer; what is, is something else. */
const longestText = 512 * 1024;

/** What a bundler tells of its output: esbuild's form, which Bun has too. Paths are relative to the current folder. */
interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>>;
}

/** The files that something of is in the output: not what was only read, to be found unused. */
export function takenFiles(metafile: Metafile | undefined): readonly string[] {
  const taken = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => resolve(path)));
  return [...new Set(taken)];
}

/** `files` are absolute; sorted by name and version. */
export function bundledPackages(files: readonly string[], root: string): readonly BundledPackage[] {
  const folders = new Set(files.flatMap((file) => packageFolder(file, root) ?? []));
  const found = new Map<string, BundledPackage>();
  for (const folder of [...folders].toSorted()) {
    const one = describePackage(folder);
    if (!found.has(`${one.name}@${one.version}`)) found.set(`${one.name}@${one.version}`, one);
  }
  return [...found.values()].toSorted((a, b) => order(a.name, b.name) || order(a.version, b.version));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The folder of the package that a file belongs to; undefined for the publisher's own files and the bundler's. */
function packageFolder(file: string, root: string): string | undefined {
  const parts = file.split(sep);
  const modules = parts.lastIndexOf('node_modules');
  if (modules >= 0) return parts.slice(0, modules + (parts[modules + 1]?.startsWith('@') === true ? 3 : 2)).join(sep);
  if (!relative(root, file).startsWith('..') || !existsSync(file)) return undefined;
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    if (typeof manifestOf(folder)['name'] === 'string') return folder;
  }
  return undefined;
}

function describePackage(folder: string): BundledPackage {
  const { name, version, license, licenses } = manifestOf(folder);
  const written = licenceOf(license) ?? licenceOf(licenses);
  return {
    name: typeof name === 'string' ? name : folder.split(sep).slice(-2).join('/').replace(/^node_modules\//, ''),
    version: typeof version === 'string' ? version : '0.0.0',
    ...(written === undefined ? {} : { license: written }),
    texts: licenceTexts(folder),
  };
}

function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {}; // a folder without one, or with one that says nothing
  }
}

/** A string, npm's old `{ type }`, or its old list of these, any of which may be chosen. */
function licenceOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (Array.isArray(value)) {
    const all = value.flatMap((one) => licenceOf(one) ?? []);
    return all.length > 1 ? `(${all.join(' OR ')})` : all[0];
  }
  return typeof value === 'object' && value !== null && 'type' in value ? licenceOf(value.type) : undefined;
}

function licenceTexts(folder: string): BundledPackage['texts'] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => licenceFile.test(name)).toSorted().flatMap((name) => {
    const status = statSync(join(folder, name));
    if (!status.isFile() || status.size > longestText) return [];
    return [{ name, text: readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n') }];
  });
}
