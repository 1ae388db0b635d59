/**
 * What the pinned Bun's executables need, as inspected. A plan is made of these before anything is compiled; the
 * inspectors then hold every executable to them, so a new Bun that needs more stops the build instead of breaking
 * users on older systems.
 */
import { targetOf, type ExecutableFacts, type TargetId } from '@slipway/core';
import type { Promised } from '../inspect/check.ts';

const glibcFloor = '2.17';
const minimumMacos = '13.0';

export const bunPromise: Promised = { glibcFloor, minimumMacos };

const cpu = { x64: 'x86_64', arm64: 'aarch64' } as const;
const glibcLoader = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' } as const;

/** The facts that a compiled executable of this target will have. */
export function promisedFacts(id: TargetId): ExecutableFacts {
  const { os, arch, libc } = targetOf(id);
  if (os === 'darwin') {
    return { format: 'macho', os, arch, minimumMacos, needed: ['/usr/lib/libicucore.A.dylib', '/usr/lib/libresolv.9.dylib', '/usr/lib/libc++.1.dylib', '/usr/lib/libSystem.B.dylib'], signature: 'ad-hoc' };
  }
  if (os === 'windows') return { format: 'pe', os, arch, needed: ['ntdll.dll', 'KERNEL32.dll', 'api-ms-win-core-synch-l1-2-0.dll', 'bcryptprimitives.dll'] };
  if (libc === 'musl') return { format: 'elf', os, arch, libc, interpreter: `/lib/ld-musl-${cpu[arch]}.so.1`, needed: ['libstdc++.so.6', `libc.musl-${cpu[arch]}.so.1`] };
  const interpreter = glibcLoader[arch];
  return { format: 'elf', os, arch, libc: 'glibc', glibcFloor, interpreter, needed: ['libc.so.6', interpreter.slice(interpreter.lastIndexOf('/') + 1), 'libpthread.so.0', 'libdl.so.2', 'libm.so.6'] };
}
