/**
 * Where npm packages come from on this machine, as npm itself would decide: environment, then the project's .npmrc,
 * then the user's; a scope's own registry before the general one; the token of the registry's host.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'ini';

type Settings = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

export interface TarballAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The address of a package's tarball; every npm registry serves it at this path. Throws where the setting is no URL. */
export function tarballAddress(name: string, version: string, project: string, environment: Environment = process.env): TarballAddress {
  const settings = { ...readSettings(userFile(environment), environment), ...readSettings(join(project, '.npmrc'), environment), ...fromEnvironment(environment) };
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined;
  const registry = (scope === undefined ? undefined : settings[`${scope}:registry`]) ?? settings['registry'] ?? 'https://registry.npmjs.org/';
  const base = registry.endsWith('/') ? registry : `${registry}/`;
  if (!URL.canParse(base)) throw new TypeError(`the npm registry setting "${registry}" is no address`);
  const file = `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  return { url: `${base}${name}/-/${file}`, headers: authorization(settings, base) };
}

function userFile(environment: Environment): string {
  return environment['npm_config_userconfig'] ?? environment['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc');
}

function readSettings(path: string, environment: Environment): Settings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {}; // npm, too, works without one
  }
  const entries = Object.entries(parse(text)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries.map(([key, value]) => [key, value.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => environment[name] ?? all)]));
}

function fromEnvironment(environment: Environment): Settings {
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(environment)) {
    const name = /^npm_config_(.+)$/i.exec(key)?.[1];
    if (name !== undefined && value !== undefined && value !== '') settings[name] = value;
  }
  return settings;
}

/** `//host/path/:_authToken`, the longest path first. */
function authorization(settings: Settings, registry: string): Readonly<Record<string, string>> {
  const { host, pathname } = new URL(registry);
  for (let path = `//${host}${pathname}`; path.length > 2; path = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)) {
    const token = settings[`${path}:_authToken`];
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    const basic = settings[`${path}:_auth`];
    if (basic !== undefined) return { authorization: `Basic ${basic}` };
  }
  return {};
}
