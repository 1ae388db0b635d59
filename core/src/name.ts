/**
 * One product name, and how each ecosystem writes it.
 */
import { SlipwayError } from './error.ts';
import type { Target } from './target.ts';

const commandName = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
/** Device names that Windows resolves in every directory, whatever the suffix. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that can be a file and a command everywhere; throws NAME_INVALID. */
export function checkCommandName(name: string): string {
  if (!commandName.test(name) || reserved.test(name) || name.endsWith('.')) {
    throw new SlipwayError('NAME_INVALID', `"${name}" cannot be the name of a command on every system`, {
      hint: 'Use letters, digits, dot, hyphen and underscore, at most 63, starting with a letter or digit.',
    });
  }
  return name;
}

/** PEP 503 normalised project name: `My.Tool` is `my-tool`. */
export function toPypiName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** The name inside wheel and sdist file names (PEP 625, binary distribution format): hyphens become underscores. */
export function toWheelName(name: string): string {
  return toPypiName(name).replaceAll('-', '_');
}

/** A Python identifier for the module that wraps the executable. */
export function toPythonModule(name: string): string {
  const module = toWheelName(name);
  return /^\d/.test(module) ? `_${module}` : module;
}

/**
 * The npm package that holds one target's executable: `@scope/linux-x64`.
 *
 * npm links `.bin/tool` straight to the native executable when two packages declare the same bin and the platform
 * package's name sorts before the main package's, so a start costs no Node. `@` sorts before every unscoped name.
 */
export function toNpmPlatformName(scope: string, target: Target, prefix = ''): string {
  return `${scope}/${prefix}${target.id.replace('windows', 'win32')}`;
}
