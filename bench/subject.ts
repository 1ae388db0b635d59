/**
 * What every measure works on.
 */
import type { Product } from './product.ts';

export interface Subject {
  /** Slipway, compiled. */
  readonly program: string;
  readonly product: Product;
  /** The product's folder for this run: the copy, output, caches. */
  readonly folder: string;
  /** Compiled from the unchanged sources: one per target, in the order of the targets, in the layout of `dist/bin`. */
  readonly executables: readonly string[];
  /** A folder with the hardened runtimes. */
  readonly runtimes: string;
  readonly registry: string;
}

export interface Rounds {
  /** Of what takes minutes. */
  readonly long: number;
  /** Of what takes milliseconds. */
  readonly short: number;
  /** Says what goes on. */
  readonly progress: (message: string) => void;
}
