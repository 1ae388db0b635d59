import type { InjectedSource } from './bundle.ts';

/** A compiled Slipway carries the text that the checkout it was compiled in would bundle: slipway.config.ts. */
declare const SLIPWAY_INJECTED: InjectedSource | undefined;

export async function injectedSource(): Promise<InjectedSource> {
  return typeof SLIPWAY_INJECTED === 'undefined' ? (await import('./bundle.ts')).bundleInjected() : SLIPWAY_INJECTED;
}
