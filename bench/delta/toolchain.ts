/**
 * Which compilers made an executable, as its own bytes say: what decides whether a pair is one of a toolchain bump.
 */
import { readFileSync } from 'node:fs';

/** Where a compiler leaves its mark, and what of it tells one release from another: patch releases of Go are one. */
const marks: readonly (readonly [string, RegExp])[] = [
  ['/rustc/', /^\/rustc\/([0-9a-f]{40})/],
  ['go1.', /^go(1\.\d\d)[.\s\0]/],
  ['clang version ', /^clang version (\d+)\./],
];

/** Releases of compilers, each told from others of its kind; empty where nothing is said. */
export function toolchainOf(path: string): readonly string[] {
  const bytes = readFileSync(path);
  return marks.flatMap(([mark, pattern]) => [...releases(bytes, mark, pattern)].sort().slice(0, 3).map((release) => `${mark}${release}`));
}

/** As many places as any compiler needs to leave its mark; other bytes may look like one. */
const mostPlaces = 2000;

function releases(bytes: Buffer, mark: string, pattern: RegExp): ReadonlySet<string> {
  const found = new Set<string>();
  let at = bytes.indexOf(mark);
  for (let place = 0; at >= 0 && place < mostPlaces; place += 1) {
    const release = pattern.exec(bytes.toString('latin1', at, at + 64))?.[1];
    if (release !== undefined) found.add(release);
    at = bytes.indexOf(mark, at + mark.length);
  }
  return found;
}
