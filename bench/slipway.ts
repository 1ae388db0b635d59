/**
 * `slipway dist` and `slipway package`, as a user in the project's folder would run them.
 */
import { mustRun, type ChildResult } from './child.ts';

export interface SlipwayRun extends ChildResult {
  /** Bytes that went through the compressor. */
  readonly deflatedBytes: number;
}

export interface SlipwayPlace {
  /** Slipway, compiled: what users run. */
  readonly program: string;
  /** The project's root. */
  readonly project: string;
  /** SLIPWAY_CACHE_DIR. */
  readonly cache: string;
  /** Address of the npm registry. */
  readonly registry: string;
}

/** One run to its end; throws when it fails. */
export async function slipway({ program, project, cache, registry }: SlipwayPlace, ...args: readonly string[]): Promise<SlipwayRun> {
  const result = await mustRun([program, ...args, '--json'], { cwd: project, env: { SLIPWAY_CACHE_DIR: cache, npm_config_registry: registry } });
  const done = JSON.parse(result.stdout.trimEnd().split('\n').at(-1) ?? '') as { event: string; deflatedBytes: number };
  if (done.event !== 'done') throw new Error(`slipway ${args.join(' ')} did not say that it is done: ${JSON.stringify(done)}`);
  return { ...result, deflatedBytes: done.deflatedBytes };
}
