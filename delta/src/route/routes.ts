/**
 * Which way to a release costs least: patches from what is here, blocks, or the full download. Pure; the caller tries the
 * routes in order, and goes on to the next one when a route fails.
 */
import { cheapestChain } from './chain.ts';

/** A patch that the repository has. Digests are SHA-256 in lower-case hex. */
export interface AvailablePatch {
  /** Path of the component within a release. */
  readonly component: string;
  readonly fromSha256: string;
  readonly toSha256: string;
  /** Bytes of the patch, and of what it makes. */
  readonly size: number;
  readonly nextSize: number;
}

/** A file of the release. */
export interface WantedComponent {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

export interface RouteQuestion {
  readonly wanted: readonly WantedComponent[];
  /** Digests of the whole files that are here, whatever their names. */
  readonly here: ReadonlySet<string>;
  readonly patches: readonly AvailablePatch[];
  /** What a plan of the block index says; absent where the release has no blocks. */
  readonly blocks?: { readonly fetchBytes: number; readonly requests: number };
  /** Bytes of the full download. */
  readonly fullSize: number;
}

/** What things cost, in bytes of download. */
export interface Prices {
  readonly request: number;
  /** Of making one byte of a new file: by a patch, from blocks, from the full download. */
  readonly patched: number;
  readonly rebuilt: number;
  readonly unpacked: number;
}

/**
 * A request is worth the gap that `planBlocks` fetches rather than asking again. A machine that downloads 10 MB/s and
 * patches 200 MB/s spends on 20 bytes that it patches the time of one that it downloads; hashing local files for blocks,
 * and unpacking a download, are about twice as fast.
 */
export const defaultPrices: Prices = { request: 64 * 1024, patched: 0.05, rebuilt: 0.025, unpacked: 0.025 };

interface Priced {
  readonly bytes: number;
  readonly requests: number;
  /** Bytes, requests and work together, in bytes. */
  readonly cost: number;
}

export type Route =
  /** Everything is here. */
  | (Priced & { readonly kind: 'present' })
  /** Patches in the order in which they are applied; `chain` when one is applied to what another made. */
  | (Priced & { readonly kind: 'patch' | 'chain'; readonly patches: readonly AvailablePatch[] })
  | (Priced & { readonly kind: 'blocks' })
  | (Priced & { readonly kind: 'full' });

/** More than this many different sets of patches are not tried: blocks or the full download come to an end sooner. */
const mostPatchRoutes = 3;

/**
 * The routes, cheapest first; at equal cost patches before blocks before the full download. A later route of patches uses
 * none of an earlier one's, so that one damaged patch spoils one route.
 */
export function routes(question: RouteQuestion, prices: Prices = defaultPrices): readonly Route[] {
  const missing = question.wanted.filter(({ sha256 }) => !question.here.has(sha256));
  if (missing.length === 0) return [{ kind: 'present', bytes: 0, requests: 0, cost: 0 }];
  const made = missing.reduce((total, { size }) => total + size, 0);
  const found: Route[] = [...patchRoutes(question, missing, prices)];
  if (question.blocks !== undefined) {
    const { fetchBytes, requests } = question.blocks;
    found.push({ kind: 'blocks', bytes: fetchBytes, requests, cost: fetchBytes + requests * prices.request + made * prices.rebuilt });
  }
  const { fullSize } = question;
  found.push({ kind: 'full', bytes: fullSize, requests: 1, cost: fullSize + prices.request + made * prices.unpacked });
  return found.sort((a, b) => a.cost - b.cost);
}

function patchRoutes(question: RouteQuestion, missing: readonly WantedComponent[], prices: Prices): readonly Route[] {
  const found: Route[] = [];
  let left = question.patches;
  while (found.length < mostPatchRoutes) {
    const chains = missing.map((component) => cheapestChain(component, question.here, left, prices));
    if (chains.includes(undefined)) break;
    const patches = [...new Set(chains.flatMap((chain) => chain ?? []))];
    const bytes = patches.reduce((total, { size }) => total + size, 0);
    const work = patches.reduce((total, { nextSize }) => total + nextSize * prices.patched, 0);
    const kind = chains.some((chain) => (chain ?? []).length > 1) ? 'chain' : 'patch';
    found.push({ kind, patches, bytes, requests: patches.length, cost: bytes + patches.length * prices.request + work });
    left = left.filter((patch) => !patches.includes(patch));
  }
  return found;
}
