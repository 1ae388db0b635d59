/**
 * A program's files have one virtual root inside the executable, the same on every build machine. Bun replaces
 * `__dirname` and `__filename` by the build directory's own paths; a declaration before the module's text wins over
 * that, so each module that mentions them gets one with its virtual path.
 */
import { relative, sep } from 'node:path';

/** Where Bun mounts a standalone executable's files. */
export function virtualRoot(os: string): string {
  return os === 'windows' ? 'B:/~BUN/root' : '/$bunfs/root';
}

/** The virtual path of a file: below the root as it is below the project; a hoisted dependency from its node_modules on. */
export function virtualPath(file: string, root: string, mount: string): string {
  const inside = relative(root, file).split(sep).join('/');
  if (!inside.startsWith('..')) return `${mount}/${inside}`;
  const parts = file.split(sep);
  const modules = parts.indexOf('node_modules');
  return modules >= 0 ? `${mount}/${parts.slice(modules).join('/')}` : `${mount}/_/${parts.at(-1)}`;
}

/** The module's text with its virtual path declared, or undefined where it never asks for one. */
export function withVirtualPath(source: string, path: string): string | undefined {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const declared = [
    /\b__dirname\b/.test(source) ? `__dirname=${JSON.stringify(folder)}` : '',
    /\b__filename\b/.test(source) ? `__filename=${JSON.stringify(path)}` : '',
  ].filter((text) => text !== '');
  if (declared.length === 0 || /\b(?:const|let|var)\s+__(?:dir|file)name\b/.test(source)) return undefined;
  // One line, so that line numbers stay; a "use strict" must remain the first statement to count.
  const [, hashbang = '', strict = ''] = /^(#!.*\n)?(?:\s*(['"]use strict['"];?))?/.exec(source) ?? [];
  return `${strict === '' ? '' : '"use strict";'}var ${declared.join(',')};${source.slice(hashbang.length)}`;
}

/** An entry of a dispatching executable is the main module to itself, as it was when it was a program of its own. */
export function asMainModule(source: string): string {
  return source
    .replaceAll(/\bimport\.meta\.main\b/g, 'true')
    .replaceAll(/\brequire\.main\s*={2,3}\s*module\b/g, 'true')
    .replaceAll(/\bmodule\s*={2,3}\s*require\.main\b/g, 'true');
}
