/**
 * `slipway dist` and `slipway package`, as a user in the project's folder would run them.
 */
import { join } from 'node:path';
import { mustRun, type ChildResult } from './child.ts';
import { bun, root } from './places.ts';

export interface SlipwayRun extends ChildResult {
  /** Bytes that went through the compressor. */
  readonly deflatedBytes: number;
}

export interface SlipwayPlace {
  /** The project's root. */
  readonly project: string;
  /** SLIPWAY_CACHE_DIR. */
  readonly cache: string;
  /** Address of the npm registry. */
  readonly registry: string;
}

const command = [bun, '--no-env-file', `--config=${join(root, 'cli/bin/bunfig.toml')}`, join(root, 'cli/src/main.ts')];

/** One run to its end; throws when it fails. */
export async function slipway({ project, cache, registry }: SlipwayPlace, ...args: readonly string[]): Promise<SlipwayRun> {
  const result = await mustRun([...command, ...args, '--json'], { cwd: project, env: { SLIPWAY_CACHE_DIR: cache, npm_config_registry: registry } });
  const done = JSON.parse(result.stdout.trimEnd().split('\n').at(-1) ?? '') as { event: string; deflatedBytes: number };
  if (done.event !== 'done') throw new Error(`slipway ${args.join(' ')} did not say that it is done: ${JSON.stringify(done)}`);
  return { ...result, deflatedBytes: done.deflatedBytes };
}
