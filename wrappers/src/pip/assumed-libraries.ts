/**
 * The shared libraries that a wheel may take for granted on the systems its platform tag names. Manylinux and
 * musllinux: PEP 600, PEP 656 and the policies of auditwheel 6.8; macOS: what the system itself holds.
 */
import type { ExecutableFacts } from '@slipway/core';

/** In every manylinux policy. */
const manylinux = new Set([
  'libatomic.so.1', 'libgcc_s.so.1', 'libstdc++.so.6', 'libm.so.6', 'libanl.so.1', 'libdl.so.2', 'librt.so.1', 'libc.so.6',
  'libnsl.so.1', 'libutil.so.1', 'libpthread.so.0', 'libX11.so.6', 'libXext.so.6', 'libXrender.so.1', 'libICE.so.6',
  'libSM.so.6', 'libGL.so.1', 'libgobject-2.0.so.0', 'libgthread-2.0.so.0', 'libglib-2.0.so.0', 'libresolv.so.2', 'libz.so.1',
]);

/** The glibc minor version from whose policy on a library is assumed. */
const manylinuxSince = new Map([['libexpat.so.1', 12], ['libmvec.so.1', 24]]);

const musllinux = new Set(['libc.so', 'libz.so.1']);

/** What the executable needs and the tag does not promise, in file order. */
export function unpromised(facts: ExecutableFacts): readonly string[] {
  return facts.needed.filter((library) => !isPromised(library, facts));
}

function isPromised(library: string, { os, libc }: ExecutableFacts): boolean {
  if (os === 'darwin') return /^\/(usr\/lib|System\/Library)\//.test(library);
  if (os === 'windows') return true;
  if (libc === 'musl') return musllinux.has(library) || /^(libc\.musl-|ld-musl-)/.test(library);
  return manylinux.has(library) || manylinuxSince.has(library) || library.startsWith('ld-linux');
}

/** The oldest glibc 2 minor version whose policy has all that is needed. */
export function sinceOf(needed: readonly string[]): number {
  return Math.max(0, ...needed.map((library) => manylinuxSince.get(library) ?? 0));
}
