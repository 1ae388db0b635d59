/**
 * What `slipway dist` has built, as the components of a release. Every byte is checked against the records of dist/;
 * executables come out of the block cache that the packages were made from, so nothing is compressed again.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { artifactsSchema, executableSuffix, planSchema, SlipwayError, targetOf, type Artifact, type Plan, type TargetId } from '@slipway/core';
import { openWorkFolder } from '@slipway/platform';
import type { BuiltComponent, BuiltRelease } from '@slipway/release';
import { compressor, deflateOnce, gzipBytes, gzipOf, openBlockCache, provenSpan, publisherFiles, type BlockCache, type Deflated, type PublisherFile } from '@slipway/wrappers';
import { cacheFolder } from '../pipeline/cache-folder.ts';
import { readJsonFile } from '../project/json-file.ts';
import { existsSync } from 'node:fs';

export interface Built extends BuiltRelease {
  /** Where the programs that were built look for newer ones; undefined when they do not. */
  readonly update: z.infer<typeof updateSchema> | undefined;
  /** What is worth saying. */
  readonly notes: readonly string[];
  /** Bytes that went through the compressor because the cache did not have them. */
  readonly deflatedBytes: number;
  close(): void;
}

const updateSchema = z.object({ url: z.url(), channel: z.string(), dataVersion: z.int().min(0) });
const metadataSchema = z.object({ project_name: z.string(), version: z.string(), update: updateSchema.optional() });

interface Records {
  readonly plan: Plan;
  readonly artifacts: ReadonlyMap<string, Artifact>;
  readonly metadata: z.infer<typeof metadataSchema>;
}

/** Open what is in `dist`, `width` blocks at a time. Close it when the payloads are written. Throws DIST_NOT_FOUND, VERIFY_FAILED. */
export async function openBuilt(dist: string, width: number): Promise<Built> {
  const records = readRecords(dist);
  const work = openWorkFolder(cacheFolder());
  try {
    const cache = openBlockCache(join(cacheFolder(), 'blocks'), compressor, work.path);
    return { ...(await read(dist, records, cache, width)), close: work.remove };
  } catch (error) {
    work.remove();
    throw error;
  }
}

async function read(dist: string, { plan, artifacts, metadata }: Records, cache: BlockCache, width: number): Promise<Omit<Built, 'close'>> {
  const count = { deflatedBytes: 0 };
  const executables = new Map<string, Deflated>();
  const binaries = plan.artifacts.filter(({ type, target }) => type === 'binary' && target !== undefined && plan.selected.targets.includes(target));
  for (const { id, path } of binaries) {
    const artifact = artifacts.get(id);
    if (artifact === undefined) throw new SlipwayError('DIST_NOT_FOUND', `${path} was planned and is not in artifacts.json`, { hint: 'Run `slipway dist` to its end first.' });
    executables.set(id, await deflateChecked(join(dist, path), artifact, cache, width, count));
  }
  const spans = [...executables.values()].map((one) => provenSpan(one, cache));
  const files = new Map<TargetId, readonly PublisherFile[]>();
  for (const target of plan.selected.targets) {
    const archive = artifacts.get(`archive:${target}`);
    if (archive !== undefined) files.set(target, await publisherFiles(join(dist, archive.path), archive, plan.executable, spans));
  }
  const targets = plan.selected.targets.map((target) => ({
    target,
    components: [
      ...binaries.filter((one) => one.target === target).map(({ id, path }) => executableComponent(path, executables.get(id) as Deflated, cache)),
      ...linksOf(plan, target),
      ...(files.get(target) ?? []).map(fileComponent),
    ],
  }));
  const notes = files.size === 0 ? ['dist/ has no archive, so the release has no licence and no README: build with the archive wrapper to include them'] : [];
  return { product: plan.product.name, version: plan.product.version, dataVersion: metadata.update?.dataVersion ?? 0, update: metadata.update, targets, notes, deflatedBytes: count.deflatedBytes };
}

async function deflateChecked(path: string, { size, sha256 }: Artifact, cache: BlockCache, width: number, count: { deflatedBytes: number }): Promise<Deflated> {
  if (!existsSync(path)) throw new SlipwayError('VERIFY_FAILED', `${path} is in artifacts.json and not there`);
  const deflated = await deflateOnce(path, cache, width, count);
  if (deflated.size === size && deflated.sha256 === sha256) return deflated;
  throw new SlipwayError('VERIFY_FAILED', `${path} is not the file that artifacts.json lists: SHA-256 ${deflated.sha256}, not ${sha256}`);
}

function executableComponent(path: string, deflated: Deflated, cache: BlockCache): BuiltComponent {
  return { kind: 'file', path: path.slice(path.lastIndexOf('/') + 1), mode: 0o755, size: deflated.size, sha256: deflated.sha256, gzip: () => gzipOf(deflated, cache) };
}

/** On Windows the other names are executables of their own, which are among the binaries. */
function linksOf({ executable }: Plan, target: TargetId): readonly BuiltComponent[] {
  if (targetOf(target).os === 'windows') return [];
  const to = executable.name + executableSuffix(targetOf(target));
  return executable.aliases.map((path) => ({ kind: 'link', path, to }));
}

function fileComponent({ path, sha256, bytes }: PublisherFile): BuiltComponent {
  return { kind: 'file', path, mode: 0o644, size: bytes.length, sha256, gzip: () => gzipBytes(bytes) };
}

function readRecords(dist: string): Records {
  const read = <Value>(name: string, schema: { safeParse(data: unknown): { success: true; data: Value } | { success: false; error: { message: string } } }): Value => {
    const path = join(dist, name);
    if (!existsSync(path)) throw new SlipwayError('DIST_NOT_FOUND', `there is no ${path}`);
    const result = schema.safeParse(readJsonFile(path));
    if (!result.success) throw new SlipwayError('VERIFY_FAILED', `${path} is not a record of a run: ${result.error.message}`);
    return result.data;
  };
  const plan = read('plan.json', planSchema) as Plan;
  const artifacts = read('artifacts.json', artifactsSchema) as readonly Artifact[];
  const metadata = read('metadata.json', metadataSchema);
  if (metadata.project_name !== plan.product.name || metadata.version !== plan.product.version) {
    throw new SlipwayError('VERIFY_FAILED', `${dist} is of two runs: metadata.json says ${metadata.project_name} ${metadata.version}, plan.json ${plan.product.name} ${plan.product.version}`);
  }
  return { plan, metadata, artifacts: new Map(artifacts.map((artifact) => [artifact.id, artifact])) };
}
