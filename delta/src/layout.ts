/**
 * What a patch tells about the two executables: where their bytes lie in memory and where in the base references are. It
 * is all a decoder knows of executable formats. Addresses are relative to the image's base, below 2^31.
 */
export interface Segment { readonly address: number; readonly memory: number; readonly offset: number; readonly size: number; readonly code: boolean }

/** How the references of a region are found. */
export const rules = { x86: 1, arm64: 2, records: 3, data: 4, frames: 5, goFuncs: 6 } as const;
export type Rule = (typeof rules)[keyof typeof rules];

/** What the references with one code hold: `width` bytes whose low `bits` are an address minus a base; 0 bits: minus its own. */
export interface Field {
  /** Offset in the record; only for records. */
  readonly offset: number;
  readonly width: 4 | 8;
  readonly bits: number;
  readonly oldBase: bigint;
  readonly newBase: bigint;
}

export interface Region {
  readonly rule: Rule;
  readonly offset: number;
  readonly size: number;
  /** Address of the region's first byte. */
  readonly address: number;
  /** Bytes of a record; only for records. */
  readonly stride: number;
  readonly fields: readonly Field[];
  /** Lowest value that counts as a pointer; only for data. */
  readonly lowest: bigint;
  /** Whether data has pointers, and jump tables. */
  readonly pointers: boolean;
  readonly jumps: boolean;
}

/** One side's layout, as its marks are made from it. */
export interface Side { readonly segments: readonly Segment[]; readonly regions: readonly Region[] }

/**
 * SHA-256 of each page of 2^pageBits bytes of the new file up to `limit`, which the new file has at `at`, behind all those
 * pages. They are made from what comes out instead of being shipped.
 */
export interface PageHashes { readonly at: number; readonly limit: number; readonly pageBits: number }

export interface Layout { readonly old: Side; readonly newSegments: readonly Segment[]; readonly pageHashes: readonly PageHashes[] }

export const emptyLayout: Layout = { old: { segments: [], regions: [] }, newSegments: [], pageHashes: [] };
