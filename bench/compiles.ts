/**
 * The compiles of a product alone: Slipway's own steps from sources to executables, where only the compile workers are
 * counted. What else they start (smoke runs) is left out.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildTarget, type BuildContext } from '@slipway/compile';
import { targetIds, type ProcessPort, type Stamps } from '@slipway/core';
import { httpPort, processPort, scrubbedEnvironment, tarballAddress } from '@slipway/platform';
import { loadProject } from '../cli/src/project/load.ts';
import { mustRun } from './child.ts';
import type { SlipwayPlace } from './slipway.ts';

export interface Compiled {
  /** Seconds of CPU of the workers. */
  readonly cpu: number;
  /** One executable per target, in the order of the targets. */
  readonly executables: readonly string[];
}

const noStamps: Stamps = { keyOf: () => undefined, reuse: () => undefined, record: () => undefined };

/** Compile for every target into `dist`, a folder that is emptied first; `self` starts the workers. */
export async function compileAll({ project: cwd, cache, registry }: Omit<SlipwayPlace, 'program'>, dist: string, self: BuildContext['self']): Promise<Compiled> {
  rmSync(dist, { recursive: true, force: true });
  const work = join(dist, '.work');
  mkdirSync(work, { recursive: true });
  const project = await loadProject(processPort, { cwd });
  const workers = countingPort();
  const context: BuildContext = {
    config: project.config,
    root: project.root,
    dist,
    work,
    stamps: noStamps,
    process: workers,
    self,
    fake: false,
    bundled: { get: () => undefined, put: () => undefined },
    bases: { http: httpPort, tarball: (name, version) => tarballAddress(name, version, cwd, { npm_config_registry: registry }), folder: join(cache, 'bases'), work },
  };
  const executables = new Map<string, string>();
  const waiting = [...targetIds];
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) executables.set(id, (await buildTarget(context, id)).binaries[0]?.path ?? '');
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  rmSync(work, { recursive: true, force: true });
  return { cpu: workers.cpu, executables: targetIds.map((id) => executables.get(id) ?? '') };
}

/** Runs compile workers and counts what they cost; says of everything else that it went well. */
function countingPort(): ProcessPort & { readonly cpu: number } {
  let cpu = 0;
  return {
    get cpu() {
      return cpu;
    },
    async run(command, args, options = {}) {
      const fine = { code: 0, signal: undefined, stdout: '', stderr: '', timedOut: false };
      if (args.at(-1) !== '__compile') return fine;
      const { cwd, input } = options;
      const result = await mustRun([command, ...args], { env: scrubbedEnvironment(), ...(cwd === undefined ? {} : { cwd }), ...(input === undefined ? {} : { input }) });
      cpu += result.cpu;
      return { ...fine, stdout: result.stdout, stderr: result.stderr };
    },
  };
}
