import { summarise, type Summary } from './statistics.ts';

/** One line of the table: a ratio of two things measured in the same run, or of a thing and its limit. */
export interface Row extends Summary {
  readonly measure: string;
  readonly product: string;
  /** The ratio must not be above it; without one the row only informs. */
  readonly limit?: number;
  /** What the ratio is made of, in words. */
  readonly detail: string;
}

export function row(measure: string, product: string, ratios: readonly number[], detail: string, limit?: number): Row {
  return { measure, product, ...summarise(ratios), detail, ...(limit === undefined ? {} : { limit }) };
}

export function isOver({ median, limit }: Row): boolean {
  return limit !== undefined && !(median <= limit);
}

export function table(rows: readonly Row[]): string {
  const heads = ['measure', 'product', 'ratio', 'limit', '', 'middle half', ''];
  const cells = rows.map((one) => [
    one.measure, one.product, one.median.toFixed(3), one.limit?.toFixed(2) ?? '–', one.limit === undefined ? '' : isOver(one) ? 'OVER' : 'ok',
    `${one.low.toFixed(3)} to ${one.high.toFixed(3)}`, one.detail,
  ]);
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((line) => line[column]?.length ?? 0)));
  return [heads, ...cells].map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}
