/**
 * The corpus through the second decoder, which knows only docs/formats: `second-decoder.ts [WORDS]`. Slow: it counts in
 * big integers and holds everything in memory. Exits with 1 when a pair does not come out as it went in.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytesSource } from '@slipway/core';
import { diff, makeBlocks } from '@slipway/delta';
import { brotliBlocks, openFileSource } from '@slipway/platform';
import { naiveChunks, naiveRebuild, readNaiveIndex } from '../../testkit/src/naive/blocks.ts';
import { naivePatch } from '../../testkit/src/naive/patch.ts';
import { corpus } from './corpus.ts';
import { pairFiles, type PairFiles } from './pair-files.ts';

const ports = { sha256: () => createHash('sha256') };
const words = process.argv.slice(2);
let wrong = 0;
for (const pair of corpus.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))) {
  const files = await pairFiles(pair);
  const next = readFileSync(files.next);
  for (const [what, found] of [['patch', patchComesBack(files, next)], ['blocks', blocksComeBack(next)]] as const) {
    if (!found) wrong += 1;
    console.log(`${found ? 'ok   ' : 'WRONG'} ${what} of ${pair.name}`);
  }
}
process.exit(wrong === 0 ? 0 : 1);

function patchComesBack({ base, next: nextPath }: PairFiles, next: Buffer): boolean {
  const { patch } = diff(ports, openFileSource(base), openFileSource(nextPath));
  return naivePatch(Buffer.from(patch), readFileSync(base)).equals(next);
}

/** Made by the delta package, read by the other: the same bytes, cut at the same places. */
function blocksComeBack(next: Buffer): boolean {
  const pieces: Uint8Array[] = [];
  const steps = makeBlocks(ports, bytesSource(next), brotliBlocks);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) pieces.push(step.value);
  const index = Buffer.from(step.value);
  const { row, blocks, ...cut } = readNaiveIndex(index);
  const lengths = naiveChunks(next, cut).map(({ length }) => length);
  return naiveRebuild(index, Buffer.concat(pieces)).equals(next) && lengths.join() === row.map((block) => blocks[block]?.size).join();
}
