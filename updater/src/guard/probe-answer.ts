import type { Environment, GuardDescriptor } from './guard.ts';

/** What makes a program say who it is instead of running. */
export const probeVariable = 'SLIPWAY_PROBE';

/**
 * The line that a probed program prints, with its line feed, before it exits with 0 and without having run any code of
 * its own; undefined when nobody probes.
 */
export function answerProbe({ product, version, target }: GuardDescriptor, environment: Readonly<Environment>): string | undefined {
  const nonce = environment[probeVariable];
  return nonce === undefined ? undefined : `${JSON.stringify({ probe: nonce, product, version, target })}\n`;
}
