/**
 * The benchmarks: `bench/main.ts [dist] [packing] [start-up] [--rounds N] [--starts N] [--json]`; docs/benchmarks.md says
 * what is measured. Everything is a ratio of two things that were measured in this run. Exits with 1 when a limit is
 * missed.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { targetIds } from '@slipway/core';
import { selfCommand } from '../cli/src/self.ts';
import { compileAll } from './compiles.ts';
import { describeMachine, describePeers } from './machine.ts';
import { measureDist } from './measures/dist.ts';
import { measurePacking } from './measures/packing.ts';
import { measureStartUp } from './measures/start-up.ts';
import { openScratch } from './places.ts';
import { copyHello, copySlipway, type Product } from './product.ts';
import { serveRuntimes } from './registry.ts';
import { isOver, table, type Row } from './result.ts';
import type { Rounds, Subject } from './subject.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, starts: { type: 'string', default: '80' }, json: { type: 'boolean', default: false } },
});
const chosen = (measure: string): boolean => positionals.length === 0 || positionals.includes(measure);
const rounds: Rounds = { long: Number(values.rounds), short: Number(values.starts), progress: (message) => console.error(message) };

const scratch = openScratch();
const registry = serveRuntimes();
// What is measured is the program that ships, so Slipway comes first: built by the checkout, it builds the rest.
const slipway = await prepare(copySlipway);
const hello = await prepare(copyHello, slipway.program);
const subjects: readonly Subject[] = [hello, slipway];

const rows: Row[] = [];
const keep = (found: readonly Row[]): void => {
  rows.push(...found);
  rounds.progress(table(found));
};
for (const subject of subjects) if (chosen('dist')) keep(await measureDist(subject, rounds));
for (const subject of subjects) if (chosen('packing')) keep(await measurePacking(subject, rounds));
if (chosen('start-up')) keep(await measureStartUp(subjects, join(scratch, 'start-up'), rounds));
await registry.close();

const machine = { ...(await describeMachine()), ...(await describePeers()) };
if (values.json) console.log(JSON.stringify({ machine, rounds: { long: rounds.long, short: rounds.short }, rows }, null, 2));
else console.log(`${Object.entries(machine).map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join('')}\n${table(rows)}`);
process.exit(rows.some(isOver) ? 1 : 0);

/** A copy of a product, compiled for every target, by `program` or by this checkout; also prepares the runtimes that all share. */
async function prepare(copy: (to: string) => Product, program?: string): Promise<Subject> {
  const folder = join(scratch, copy.name);
  mkdirSync(folder);
  const product = copy(folder);
  rounds.progress(`${product.name}: compile`);
  const runtimes = join(scratch, 'runtimes');
  const { executables } = await compileAll({ project: product.project, cache: runtimes, registry: registry.url }, join(folder, 'executables'), program === undefined ? selfCommand() : { command: program, args: [] });
  return { program: program ?? executables[targetIds.indexOf('linux-x64')] ?? '', product, folder, executables, runtimes, registry: registry.url };
}
