/**
 * CRC-32 as in gzip and zip (ITU-T V.42). The guard computes two at every start of a program, where some thousand steps
 * of JavaScript cost more than all else it does: so Bun's own, where there is Bun, and no table of 256 to be made first.
 */
const native = (globalThis as { readonly Bun?: { readonly hash: { crc32(bytes: Uint8Array): number } } }).Bun?.hash.crc32;

/** For half a byte. */
const table = [
  0x0000_0000, 0x1db7_1064, 0x3b6e_20c8, 0x26d9_30ac, 0x76dc_4190, 0x6b6b_51f4, 0x4db2_6158, 0x5005_713c,
  0xedb8_8320, 0xf00f_9344, 0xd6d6_a3e8, 0xcb61_b38c, 0x9b64_c2b0, 0x86d3_d2d4, 0xa00a_e278, 0xbdbd_f21c,
] as const;

/** An unsigned 32-bit number. */
export function crc32(bytes: Uint8Array): number {
  return native?.(bytes) ?? portableCrc32(bytes);
}

export function portableCrc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let index = 0; index < bytes.length; index += 1) {
    crc ^= bytes[index] as number;
    crc = (crc >>> 4) ^ (table[crc & 15] as number);
    crc = (crc >>> 4) ^ (table[crc & 15] as number);
  }
  return ~crc >>> 0;
}
