import { SlipwayError, type Target, toNpmPlatformName, type Version } from '@slipway/core';
import type { NpmOptions } from './options.ts';

export interface PackageNames {
  readonly main: string;
  platform(target: Target): string;
}

/** npm's rules for new packages (validate-npm-package-name): at most 214, lower case, URL-safe, no leading dot or underscore. */
const packageName = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;

/** Names of the main package and of the platform packages; throws NAME_INVALID. */
export function packageNames(product: string, chosen: NpmOptions): PackageNames {
  const main = check(chosen.name ?? product);
  const [base = main, ownScope] = main.split('/').reverse();
  const scope = chosen.scope ?? ownScope ?? `@${base}`;
  // A scope may hold several products, unless it is named after this one.
  const prefix = scope === `@${base}` ? '' : `${base}-`;
  return { main, platform: (target) => check(toNpmPlatformName(scope, target, prefix)) };
}

function check(name: string): string {
  if (packageName.test(name) && name.length <= 214) return name;
  throw new SlipwayError('NAME_INVALID', `"${name}" cannot be the name of an npm package`, {
    hint: 'Set the option name of the wrapper npm: lower-case letters, digits, dot, hyphen and underscore, at most 214.',
  });
}

/** npm's own file name for a tarball: `@tool/linux-x64` is `tool-linux-x64-1.2.3.tgz` (npm pack). */
export function tarballPath(name: string, version: string): string {
  return `npm/${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

/**
 * The version as npm writes it. Build metadata is refused: the registry drops it, so that 1.0.0+a and 1.0.0+b would be
 * one and the same version, published once for ever.
 */
export function npmVersion(version: Version): string {
  if (version.build.length === 0) return version.text;
  throw new SlipwayError('VERSION_NOT_EXPRESSIBLE', `version ${version.text} cannot be written for npm: it drops what follows the +`, {
    hint: 'Choose another version, or leave that wrapper out with --wrapper.',
  });
}
