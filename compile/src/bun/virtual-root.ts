/**
 * A program's files have one virtual root inside the executable, the same on every build machine. Bun replaces
 * `__dirname` and `__filename` by the build folder's own paths; in the bundle these become paths below the root.
 */
import { relative, sep } from 'node:path';

/** Where Bun mounts a standalone executable's files. */
export function virtualRoot(os: string): string {
  return os === 'windows' ? 'B:/~BUN/root' : '/$bunfs/root';
}

/** The virtual path of a file: below the root as it is below the project; a hoisted dependency from its node_modules on. */
export function virtualPath(file: string, root: string, mount: string): string {
  const inside = relative(root, file).split(sep).join('/');
  if (!inside.startsWith('..')) return inside === '' ? mount : `${mount}/${inside}`;
  const parts = file.split(sep);
  const modules = parts.indexOf('node_modules');
  return modules >= 0 ? `${mount}/${parts.slice(modules).join('/')}` : `${mount}/_/${parts.at(-1)}`;
}

/** How Bun declares the two, renamed with a number where names meet. */
const declaration = /\b(__(?:dirname|filename)\d*)\s*=\s*("(?:[^"\\]|\\.)*")/g;

/** Bundled text with the declared paths of `inputs` (absolute files and their folders) replaced by virtual ones. */
export function withVirtualPaths(text: string, inputs: ReadonlySet<string>, root: string, mount: string): string {
  return text.replaceAll(declaration, (whole, name: string, literal: string) => {
    const path = JSON.parse(literal) as string;
    return inputs.has(path) ? `${name}=${JSON.stringify(virtualPath(path, root, mount))}` : whole;
  });
}

/** An entry is the main module to itself, as it was when it was a program of its own; here another module starts it. */
export function asMainModule(source: string): string {
  return source
    .replaceAll(/\bimport\.meta\.main\b/g, 'true')
    .replaceAll(/\brequire\.main\s*={2,3}\s*module\b/g, 'true')
    .replaceAll(/\bmodule\s*={2,3}\s*require\.main\b/g, 'true');
}
