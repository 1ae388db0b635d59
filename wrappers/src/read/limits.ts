/** Bounds of every package reader: far above what a release holds, far below what hurts. */
export const limits = {
  /** What a zip without zip64 can list (APPNOTE 4.4.1.4). */
  members: 65_535,
  /** PATH_MAX on Linux. */
  pathBytes: 4_096,
  /** One pax header (POSIX.1-2024 pax, "pax Header Block"). */
  paxBytes: 65_536,
  /** Everything a package inflates to; also the largest size a zip without zip64 can state. */
  inflatedBytes: 2 ** 32 - 1,
  /** What the caller may ask to keep of one package. */
  keptBytes: 16 * 2 ** 20,
  /** The central directory of a zip. */
  directoryBytes: 32 * 2 ** 20,
} as const;
