/**
 * What a run of the delta benchmark prints: a line for each pair, the means of each tool, and the limits.
 */
import type { Group, Pair } from './corpus.ts';
import type { OwnResult } from './ours.ts';
import type { PatchResult } from './peer-results.ts';
import { reference } from './peers.ts';

export interface PairResult {
  readonly pair: Pair;
  readonly nextSize: number;
  readonly ours: OwnResult;
  readonly peers: readonly PatchResult[];
}

export interface Limit {
  readonly measure: string;
  readonly value: number;
  readonly limit: number;
  /** Which pair is the worst one, or of how many pairs this is the mean. */
  readonly detail: string;
}

export const groups: readonly Group[] = ['same', 'bump', 'app', 'unlike'];
const megabyte = 1e6;

export const bestOf = ({ peers }: PairResult): PatchResult => peers.reduce((best, peer) => (peer.size < best.size ? peer : best));
const referenceOf = ({ peers }: PairResult): PatchResult => peers.find(({ tool }) => tool === reference) ?? bestOf({ peers } as PairResult);
const toBest = (result: PairResult): number => result.ours.size / bestOf(result).size;
const diffToReference = (result: PairResult): number => result.ours.diff.cpu / referenceOf(result).diff.cpu;
// Beside work of some hundredths of a second, starting a program would be most of it.
const diffToHashing = ({ ours }: PairResult): number => (ours.diff.cpu - ours.ownStart.cpu) / (ours.hashing.cpu - ours.start.cpu);
const applyToCopying = ({ ours }: PairResult): number => (ours.apply.cpu - ours.ownStart.cpu) / (ours.copying.cpu - ours.start.cpu);
const applyMemory = ({ ours }: PairResult): number => (ours.apply.peak - ours.ownStart.peak) / megabyte;

/** A row for each pair. */
export function pairTable(results: readonly PairResult[]): string {
  return text(
    ['pair', 'group', 'MB', 'best peer', 'its bytes', 'ours', 'ours/best', 'diff s', '/hdiffz', '/hashing', 'diff MB', 'apply s', '/copying', 'apply MB'],
    results.map((result) => {
      const { pair, nextSize, ours } = result;
      const best = bestOf(result);
      return [
        pair.name, pair.group, (nextSize / megabyte).toFixed(0), best.tool, String(best.size), String(ours.size), toBest(result).toFixed(3),
        ours.diff.cpu.toFixed(1), diffToReference(result).toFixed(2), diffToHashing(result).toFixed(1), (ours.diff.peak / megabyte).toFixed(0),
        ours.apply.cpu.toFixed(2), applyToCopying(result).toFixed(2), applyMemory(result).toFixed(0),
      ];
    }),
  );
}

/** Geometric means by tool, over the pairs of a group that the tool was measured with, by those of ours over the same pairs. */
export function meanTable(results: readonly PairResult[]): string {
  const rows = groups.flatMap((group) => {
    const members = results.filter(({ pair }) => pair.group === group);
    const tools = [...new Set(members.flatMap(({ peers }) => peers.map(({ tool }) => tool)))];
    return tools.map((tool) => {
      const both = members.flatMap(({ ours, peers }) => peers.filter((peer) => peer.tool === tool).map((peer) => ({ ours, peer })));
      const ratio = (value: (result: PatchResult) => number): string => geometricMean(both.map(({ ours, peer }) => value(peer) / value(ours))).toFixed(2);
      return [group, tool, String(both.length), ratio(({ size }) => size), ratio(({ diff }) => diff.cpu), ratio(({ diff }) => diff.peak), ratio(({ apply }) => apply.cpu), ratio(({ apply }) => apply.peak)];
    });
  });
  return text(['group', 'tool / slipway', 'pairs', 'bytes', 'diff CPU', 'diff memory', 'apply CPU', 'apply memory'], rows);
}

/** What must hold; NaN, where nothing was measured, does not. */
export function limits(results: readonly PairResult[]): readonly Limit[] {
  const of = (...wanted: readonly Group[]): readonly PairResult[] => results.filter(({ pair }) => wanted.includes(pair.group));
  const worst = (measure: string, members: readonly PairResult[], value: (result: PairResult) => number, limit: number): readonly Limit[] => {
    const [found] = members.toSorted((a, b) => value(b) - value(a));
    return found === undefined ? [] : [{ measure, value: value(found), limit, detail: `worst: ${found.pair.name}` }];
  };
  const mean = (measure: string, members: readonly PairResult[], limit: number): readonly Limit[] =>
    (members.length === 0 ? [] : [{ measure, value: geometricMean(members.map(toBest)), limit, detail: `geometric mean of ${members.length} pairs` }]);
  return [
    ...mean('bytes / best peer, same toolchain', of('same'), 0.4),
    ...mean('bytes / best peer, toolchain bump', of('bump'), 0.8),
    ...worst('bytes / best peer, any delta', of('same', 'bump', 'app'), toBest, 1),
    ...worst('bytes / compressed file, nothing in common', of('unlike'), toBest, 1.001),
    ...worst('diff CPU / hdiffz -m-1', of('same', 'bump', 'unlike'), diffToReference, 2),
    ...worst('diff CPU / hashing both, app only', of('app'), diffToHashing, 3),
    ...worst('diff memory / 400 MB', results, ({ ours }) => ours.diff.peak / (400 * megabyte), 1),
    ...worst('apply CPU / hashing both and writing', results, applyToCopying, 3),
    ...worst('apply memory beyond the runtime / 64 MB', results, (result) => applyMemory(result) / 64, 1),
  ];
}

export const isOver = ({ value, limit }: Limit): boolean => !(value <= limit);

export function limitTable(found: readonly Limit[]): string {
  return text(['measure', 'value', 'limit', '', ''], found.map((one) => [one.measure, one.value.toFixed(3), one.limit.toFixed(3), isOver(one) ? 'OVER' : 'ok', one.detail]));
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((total, value) => total + Math.log(value), 0) / values.length);
}

function text(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => `${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd()}\n`).join('');
}
