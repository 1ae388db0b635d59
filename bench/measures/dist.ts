/**
 * `slipway dist` for all targets: beside the parts it is made of, run again, and run after a change of one line.
 *
 * A round is one sequence, so that all its runs meet the same machine: cold, the parts, cold with runtimes in the
 * cache, nothing changed, one line changed. Ratios are taken within a round.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { targetIds } from '@slipway/core';
import { mustRun } from '../child.ts';
import { compileAll } from '../compiles.ts';
import { distinctBlocks, totalLength, type Block } from '../passes/blocks.ts';
import { bun } from '../places.ts';
import { row, type Row } from '../result.ts';
import { slipway, type SlipwayPlace, type SlipwayRun } from '../slipway.ts';
import { summarise } from '../statistics.ts';
import type { Rounds, Subject } from '../subject.ts';

/** Bytes. */
const memoryLimit = 600e6;

/** Seconds of CPU of the parts; the rest are whole runs. */
interface Round {
  readonly compiles: number;
  readonly deflate: number;
  readonly hash: number;
  readonly cold: SlipwayRun;
  readonly cached: SlipwayRun;
  readonly unchanged: SlipwayRun;
  readonly changed: SlipwayRun;
}

export async function measureDist(subject: Subject, rounds: Rounds): Promise<readonly Row[]> {
  const { program, product: { name, project }, executables, registry } = subject;
  const place = { program, project, registry, cache: join(subject.folder, 'cache') };
  const blocks = distinctBlocks(executables);
  const all: Round[] = [];
  for (let index = 1; index <= rounds.long; index += 1) {
    rounds.progress(`${name}: dist, round ${index} of ${rounds.long}`);
    all.push(await oneRound(subject, place, blocks));
  }
  rounds.progress(`${name}: memory for fewer targets`);
  const fewer = [await cold(place, 1), await cold(place, 2)];
  return [...partsRows(name, all), ...countRows(name, all, blocks), ...againRows(name, all), ...memoryRows(name, [...fewer, ...all.map((one) => one.cold)])];
}

async function oneRound(subject: Subject, place: SlipwayPlace, blocks: readonly Block[]): Promise<Round> {
  const first = await cold(place, targetIds.length);
  const compiled = await compileAll({ ...place, cache: subject.runtimes }, join(subject.folder, 'round'), { command: place.program, args: [] });
  const deflate = await mustRun([bun, join(import.meta.dirname, '../passes/deflate.ts')], { input: JSON.stringify(blocks) });
  const hash = await mustRun([bun, join(import.meta.dirname, '../passes/hash.ts'), ...compiled.executables]);
  for (const folder of ['blocks', 'stamps']) rmSync(join(place.cache, folder), { recursive: true });
  rmSync(join(place.project, 'dist'), { recursive: true });
  const cached = await slipway(place, 'dist');
  const unchanged = await slipway(place, 'dist');
  subject.product.change(true);
  try {
    return { compiles: compiled.cpu, deflate: deflate.cpu, hash: hash.cpu, cold: first, cached, unchanged, changed: await slipway(place, 'dist') };
  } finally {
    subject.product.change(false);
  }
}

/** No cache, no output; the runtimes come from the registry. */
async function cold(place: SlipwayPlace, targets: number): Promise<SlipwayRun & { readonly targets: number }> {
  rmSync(place.cache, { recursive: true, force: true });
  rmSync(join(place.project, 'dist'), { recursive: true, force: true });
  const some = targetIds.slice(0, targets).flatMap((id) => ['--target', id]);
  return { ...(await slipway(place, 'dist', ...some)), targets };
}

function partsRows(name: string, all: readonly Round[]): readonly Row[] {
  const share = (part: (round: Round) => number): string => `${Math.round(100 * summarise(all.map((round) => part(round) / round.cached.cpu)).median)}%`;
  const parts = `of its CPU ${share(({ compiles }) => compiles)} are the compiles, ${share(({ deflate }) => deflate)} the compressor, ${share(({ hash }) => hash)} the hash`;
  return [
    row('dist / its parts', name, all.map(({ cached, compiles, deflate, hash }) => cached.cpu / (compiles + deflate + hash)), parts, 1.3),
    row('with runtimes to fetch / without', name, all.map(({ cold: { cpu }, cached }) => cpu / cached.cpu), 'what fetching and preparing eight runtimes adds, once'),
  ];
}

function countRows(name: string, all: readonly Round[], blocks: readonly Block[]): readonly Row[] {
  const bytes = totalLength(blocks);
  return [row('bytes deflated / bytes that differ', name, all.map(({ cached }) => cached.deflatedBytes / bytes), `${(bytes / 1e6).toFixed(1)} MB in ${blocks.length} blocks, for three kinds of package`, 1)];
}

function againRows(name: string, all: readonly Round[]): readonly Row[] {
  return [
    row('nothing changed / cold', name, all.map(({ unchanged, cold: { cpu } }) => unchanged.cpu / cpu), 'cold: no cache, runtimes fetched', 0.1),
    row('nothing changed / cold but runtimes', name, all.map(({ unchanged, cached }) => unchanged.cpu / cached.cpu), 'cold, with runtimes in the cache'),
    row('one line changed / cold', name, all.map(({ changed, cold: { cpu } }) => changed.cpu / cpu), 'cold: no cache, runtimes fetched', 0.25),
    row('one line changed / cold but runtimes', name, all.map(({ changed, cached }) => changed.cpu / cached.cpu), 'cold, with runtimes in the cache'),
  ];
}

function memoryRows(name: string, runs: readonly (SlipwayRun & { readonly targets?: number })[]): readonly Row[] {
  const counts = [...new Set(runs.map(({ targets = targetIds.length }) => targets))];
  return counts.map((count) => {
    const peaks = runs.filter(({ targets = targetIds.length }) => targets === count).map(({ peak }) => peak);
    return row(`peak memory, ${count} ${count === 1 ? 'target' : 'targets'} / 600 MB`, name, peaks.map((peak) => peak / memoryLimit), `a cold run's own process, ${Math.round(Math.max(...peaks) / 1e6)} MB at most`, 1);
  });
}
