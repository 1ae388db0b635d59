/**
 * Read back what a manifest has people download: the address and digest of each platform. Readers of their own, which
 * know nothing of how the manifests are written.
 */
import { type Target } from '@slipway/core';
import { parse as parseYaml } from 'yaml';
import { isObject, type JsonObject, jsonObject } from './json-file.ts';

export interface Download {
  readonly url: string;
  readonly sha256: string;
}

/** Downloads by platform, in the ecosystem's own words, and the version they are of. */
export interface ManifestText {
  readonly version: unknown;
  /** Absent in a manifest that offers nothing itself. */
  readonly downloads?: ReadonlyMap<string, Download>;
}

interface Reader {
  /** What the manifest calls a target. */
  place(target: Target): string | undefined;
  /** Undefined where the text is no such manifest. */
  read(text: string): ManifestText | undefined;
}

export const manifestReaders: Readonly<Record<string, Reader>> = {
  homebrew: { place: ({ homebrew }) => (homebrew === undefined ? undefined : `${homebrew.os} ${homebrew.arch}`), read: readFormula },
  scoop: { place: ({ scoop }) => scoop, read: readScoop },
  winget: { place: ({ winget }) => winget, read: readWinget },
};

/** Line by line: a formula says one thing a line, and blocks say for which platform. */
function readFormula(text: string): ManifestText | undefined {
  const downloads = new Map<string, Download>();
  const blocks: string[] = [];
  let version: string | undefined;
  let url: string | undefined;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const [, opened] = /^(.*\S)\s+do$/.exec(line) ?? /^((?:class|def|if)\b.*)$/.exec(line) ?? [];
    if (opened !== undefined) blocks.push(opened);
    else if (line === 'end') blocks.pop();
    const [, key, value] = /^(url|sha256|version) "([^"]*)"/.exec(line) ?? [];
    if (value === undefined) continue;
    if (key === 'version') version = value;
    if (key === 'url') url = value;
    if (key === 'sha256' && url !== undefined) downloads.set(platformOf(blocks), { url, sha256: value });
  }
  return blocks.length === 0 && text.includes(' < Formula') ? { version, downloads } : undefined;
}

function platformOf(blocks: readonly string[]): string {
  return blocks.flatMap((block) => /^on_(macos|linux|arm|intel)$/.exec(block)?.[1] ?? []).join(' ');
}

function readScoop(text: string): ManifestText | undefined {
  const manifest = jsonObject(Buffer.from(text));
  if (manifest === undefined || !isObject(manifest['architecture'])) return undefined;
  const found = Object.entries(manifest['architecture']).map(([place, one]) => [place, downloadOf(one, 'url', 'hash')] as const);
  return { version: manifest['version'], downloads: new Map(found) };
}

function readWinget(text: string): ManifestText | undefined {
  const manifest = yamlObject(text);
  const version = manifest?.['PackageVersion'];
  if (manifest?.['ManifestType'] !== 'installer') return manifest === undefined ? undefined : { version };
  const installers = Array.isArray(manifest['Installers']) ? manifest['Installers'] : [];
  return { version, downloads: new Map(installers.map((one: unknown) => [String(isObject(one) ? one['Architecture'] : ''), downloadOf(one, 'InstallerUrl', 'InstallerSha256')])) };
}

function downloadOf(value: unknown, url: string, sha256: string): Download {
  return isObject(value) ? { url: String(value[url]), sha256: String(value[sha256]).toLowerCase() } : { url: '', sha256: '' };
}

function yamlObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = parseYaml(text, { maxAliasCount: 0 });
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // the caller says which file it is
  }
}
