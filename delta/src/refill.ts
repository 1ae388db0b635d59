import type { ByteSource } from '@slipway/core';
import type { Kernel } from './kernel.ts';

/** Feed the range decoder from a stretch of the patch. */
export function refillFrom(kernel: Kernel, patch: ByteSource, from: number, size: number): void {
  let at = from;
  const end = from + size;
  kernel.host.refill = (to) => {
    const length = Math.min(to.length, end - at);
    if (length > 0) to.set(patch.read(at, length).subarray(0, length));
    at += length;
    return length;
  };
}
