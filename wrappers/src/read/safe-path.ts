/**
 * Names inside packages. What unpacks them elsewhere may be careless, so a name that could leave the folder it is
 * unpacked into, or mean another file on another system, is refused rather than repaired.
 */
import { limits } from './limits.ts';

/** Why this cannot be a member's path, or undefined. Directories are given without their final slash. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'the name is empty';
  if (Buffer.byteLength(path) > limits.pathBytes) return `the name is longer than ${limits.pathBytes} bytes`;
  if (path.startsWith('/')) return 'the name is absolute';
  if (/^[a-z]:/i.test(path)) return 'the name starts with a drive';
  if (path.includes('\\')) return 'the name holds a backslash';
  if (/[\0-\x1f\x7f]/.test(path)) return 'the name holds a control character';
  const odd = path.split('/').find((segment) => segment === '' || segment === '.' || segment === '..');
  return odd === undefined ? undefined : `the name holds the segment ${JSON.stringify(odd)}`;
}

/** The path, from the package's root, that a symbolic link at `path` points to; undefined when that lies outside. */
export function linkDestination(path: string, target: string): string | undefined {
  if (target === '' || target.startsWith('/') || /^[a-z]:/i.test(target) || /[\\\0-\x1f\x7f]/.test(target)) return undefined;
  const segments = path.split('/').slice(0, -1);
  for (const segment of target.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join('/');
}
