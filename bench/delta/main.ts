/**
 * Patches beside those of other tools: `bench/delta/main.ts [WORDS] [--json] [--kept]`; docs/benchmarks.md says what is
 * measured. With words, only pairs whose name holds one of them. Peers' results are kept by file and version; the tool that
 * CPU is compared with runs again each time. With --kept no peer runs, and pairs of which nothing is kept are left out.
 * Exits with 1 when a limit is missed.
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { openScratch } from '../places.ts';
import { corpus, type Pair } from './corpus.ts';
import { describeMachine } from '../machine.ts';
import { ownResult } from './ours.ts';
import { pairFiles, type PairFiles } from './pair-files.ts';
import { fileDigest, peerResult, type PatchResult } from './peer-results.ts';
import { peersOf, reference } from './peers.ts';
import { bestOf, isOver, limitTable, limits, meanTable, pairTable, type PairResult } from './tables.ts';
import { toolchainOf } from './toolchain.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false }, kept: { type: 'boolean', default: false } } });
const pairs = corpus.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)));
const scratch = openScratch();
const say = (message: string): void => console.error(message);

const results: PairResult[] = [];
for (const pair of pairs) {
  say(pair.name);
  const files = await pairFiles(pair);
  checkGroup(pair, files);
  const digests = { base: await fileDigest(files.base), next: await fileDigest(files.next) };
  const nextSize = statSync(files.next).size;
  const peers: PatchResult[] = [];
  for (const peer of peersOf(pair.group, nextSize)) {
    const run = values.kept ? 'never' : peer.name === reference ? 'again' : 'when needed';
    const found = await peerResult(peer, files, digests, { scratch, say, run });
    if (found !== undefined) peers.push(found);
  }
  if (!peers.some(({ tool }) => tool === reference)) {
    say('  left out: nothing is kept of it');
    continue;
  }
  const ours = await ownResult(files, digests, scratch);
  const result = { pair, nextSize, ours, peers };
  results.push(result);
  say(`  ours ${ours.size}, best ${bestOf(result).size} (${bestOf(result).tool})`);
}

const found = limits(results);
const machine = await describeMachine();
if (values.json) console.log(JSON.stringify({ machine, results, limits: found }, null, 2));
else console.log([Object.entries(machine).map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join(''), pairTable(results), meanTable(results), limitTable(found)].join('\n'));
process.exit(found.some(isOver) ? 1 : 0);

/** The list says which pairs are of one toolchain; so do the files, most of them. */
function checkGroup({ name, group }: Pair, files: PairFiles): void {
  if (group !== 'same' && group !== 'bump') return;
  const [base, next] = [toolchainOf(files.base), toolchainOf(files.next)];
  if (base.length === 0 || next.length === 0) return; // stripped of all marks
  if ((group === 'same') !== (base.join() === next.join())) throw new Error(`${name} is listed as ${group}, and its files say ${base.join(', ')} and ${next.join(', ')}`);
}
