/**
 * The publisher's main path, in order:
 *
 * 1. plan     everything that will be written; nothing is touched yet
 * 2. build    one checked executable per target, or take those that are there
 * 3. measure  digest, CRC and compressed blocks of each executable, in one pass
 * 4. wrap     every package, from the same compressed bytes
 * 5. record   plan.json, metadata.json, the bill of materials, provenance, artifacts.json, checksums.txt
 * 6. clean    what an earlier run wrote and this one does not
 * 7. verify   open every package again and compare the executables inside
 *
 * Nothing appears under its final name before it is whole, and a second run makes only what changed.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { buildTarget, takeTarget, type BuildContext, type BuiltTarget } from '@slipway/compile';
import { SlipwayError, type Artifact, type Plan, type Product, type TargetId } from '@slipway/core';
import { httpPort, openStamps, openWorkFolder, processPort, tarballAddress, type StampFile } from '@slipway/platform';
import { compressor, executePlan, measure, openBlockCache, provenSpan, verifyDist, type Binary, type Executor } from '@slipway/wrappers';
import { injectedSource } from '../injected/source.ts';
import { materialsOf, unlicensed, type Material } from '../materials/material.ts';
import { thirdPartyNotices } from '../materials/notices.ts';
import type { Project } from '../project/load.ts';
import { selfCommand } from '../self.ts';
import { openBundledStore } from './bundled-store.ts';
import { cacheFolder } from './cache-folder.ts';
import type { Report } from './events.ts';
import { planRun, type Selection } from './plan.ts';
import { writeRecords } from './records.ts';
import { pathsInside, recordedPaths, removeStale } from './stale.ts';

export interface DistOptions {
  readonly project: Project;
  /** Absolute. */
  readonly dist: string;
  readonly selection: Selection;
  /** Compile, write tiny stand-ins, or take the executables that are in dist/bin. */
  readonly executables: 'compile' | 'fake' | 'present';
  /** Cores to use. */
  readonly jobs: number;
  readonly report: Report;
}

export interface DistResult {
  readonly plan: Plan;
  readonly artifacts: readonly Artifact[];
  /** False when nothing had changed since a run that ended well. */
  readonly changed: boolean;
  /** Bytes that went through the compressor. */
  readonly deflatedBytes: number;
}

export async function runDist(options: DistOptions): Promise<DistResult> {
  const { project, dist, selection, report } = options;
  const { plan: promised } = planRun(project, selection);
  report({ event: 'plan', plan: promised });
  const cache = openWorkFolder(cacheFolder());
  const work = openWorkFolder(dist, true);
  const stamps = openStamps(cacheFolder(), dist, cache.path);
  const earlier = [...recordedPaths(dist), ...pathsInside(dist, stamps.paths())];
  process.prependOnceListener('exit', stamps.save); // an interrupted run keeps what it finished
  try {
    const built = await build(options, promised, { work: work.path, cache: cache.path, stamps });
    // A stand-in needs less than what it stands for: the plan is that of the real run.
    const facts = options.executables === 'fake' ? undefined : new Map(built.map((one) => [one.target, one.facts]));
    const materials = materialsOf(built, project.config.product.name, project.config.build);
    warnOf(materials, options.executables === 'present', report);
    const { plan, files } = planRun(project, selection, { facts, notices: noticesOf(project.config.product, materials) });
    const executor = openExecutor(options, { work: work.path, cache: cache.path, stamps });
    const binaries = await measureAll(executor, built, files.length > 0, report);
    const packed = await executePlan(executor, files, binaries);
    const artifacts = await writeRecords(executor, project, plan, binaries, packed, materials);
    removeStale(dist, earlier, plan, artifacts);
    const state = stateOf(artifacts);
    const changed = stamps.verified !== state || executor.count.writtenFiles > 0 || built.some(({ reused }) => !reused);
    if (changed) await verify(executor, report);
    stamps.verified = state;
    return { plan, artifacts, changed, deflatedBytes: executor.count.deflatedBytes };
  } finally {
    process.off('exit', stamps.save);
    stamps.save();
    work.remove();
    cache.remove();
  }
}

function noticesOf(product: Product, materials: readonly Material[]): ReadonlyMap<TargetId, string> {
  return new Map(materials.flatMap((material) => {
    const text = thirdPartyNotices(product, material);
    return text === undefined ? [] : [[material.target, text] as const];
  }));
}

function warnOf(materials: readonly Material[], taken: boolean, report: Report): void {
  const unknown = materials.filter(({ content }) => content === undefined).map(({ target }) => target);
  if (taken && unknown.length > 0) {
    report({ event: 'warning', warning: 'unknown-content', targets: unknown, message: `built or changed elsewhere, so the bill of materials does not know what is inside, and no notices are gathered: ${unknown.join(', ')}` });
  }
  for (const { name, version } of unlicensed(materials)) {
    report({ event: 'warning', warning: 'unlicensed', package: name, version, message: `${name} ${version} is bundled and states no licence` });
  }
}

/** One hash for everything a run has written. */
function stateOf(artifacts: readonly Artifact[]): string {
  return createHash('sha256').update(JSON.stringify(artifacts)).digest('hex');
}

/** What one run has for itself. */
interface Own {
  /** Private folders in dist/ and in the cache. */
  readonly work: string;
  readonly cache: string;
  readonly stamps: StampFile;
}

async function build(options: DistOptions, plan: Plan, { work, cache, stamps }: Own): Promise<readonly BuiltTarget[]> {
  const { project, report } = options;
  const injected = project.config.update === undefined || options.executables !== 'compile' ? undefined : await injectedSource();
  const context: BuildContext = {
    config: project.config,
    root: project.root,
    dist: options.dist,
    work,
    stamps,
    process: processPort,
    self: selfCommand(),
    fake: options.executables === 'fake',
    bundled: openBundledStore(join(cacheFolder(), 'bundled'), cache),
    ...(injected === undefined ? {} : { injected }),
    bases: {
      http: httpPort,
      tarball: (name, version) => tarballAddress(name, version, project.root),
      folder: join(cacheFolder(), 'bases'),
      work: cache,
      onDownload: (target, bytes) => report({ event: 'download', target, bytes }),
    },
    onStep: (target, step) => report({ event: 'step', target, step }),
    onNote: (target, note) => report({ event: 'note', target, note }),
  };
  const limit = pLimit(options.jobs);
  const results = await Promise.allSettled(
    plan.selected.targets.map((target) =>
      limit(async () => {
        const one = options.executables === 'present' ? takeTarget(context, target) : await buildTarget(context, target);
        report({ event: 'built', target, reused: one.reused });
        return one;
      }).catch((error: unknown) => {
        limit.clearQueue(); // the first failure decides; what runs is waited for, so that nothing is left behind
        throw error;
      }),
    ),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<BuiltTarget>).value);
}

async function measureAll(executor: Executor, built: readonly BuiltTarget[], packing: boolean, report: Report): Promise<ReadonlyMap<string, Binary>> {
  const measured = new Map<string, Binary>();
  for (const { target, binaries } of built) {
    if (packing) report({ event: 'step', target, step: 'compress' });
    for (const { id, path, key } of binaries) measured.set(id, await measure(executor, path, key, packing));
    if (packing) report({ event: 'compressed', target });
  }
  return measured;
}

function openExecutor({ project, dist, jobs, report }: DistOptions, { work, cache, stamps }: Own): Executor {
  return {
    dist,
    project: project.root,
    work,
    stamps,
    cache: openBlockCache(join(cacheFolder(), 'blocks'), compressor, cache),
    width: jobs + 1,
    count: { deflatedBytes: 0, writtenFiles: 0 },
    deflated: new Map(),
    onFile: (artifact, how) => report({ event: 'artifact', how, artifact }),
  };
}

async function verify({ dist, deflated, cache, stamps }: Executor, report: Report): Promise<void> {
  report({ event: 'verify' });
  const read = await Promise.all([...deflated].map(async ([path, one]) => [path, await one] as const));
  const proven = read.map(([, one]) => provenSpan(one, cache));
  const known = new Map(read.filter(([path]) => stamps.keyOf(path) !== undefined)); // untouched since
  const { ok, problems } = await verifyDist(dist, { proven, known });
  if (ok) return;
  throw new SlipwayError('VERIFY_FAILED', problems.map(({ path, message }) => `${path}: ${message}`).join('\n'), {
    hint: 'What was written is not what was planned. Run the command again; if it repeats, report it with this output.',
  });
}
