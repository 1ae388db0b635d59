/** What several rounds say: the middle one, and the bounds of the middle half (of few rounds: of all). */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return {
    median: (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2,
    low: at(Math.floor(last / 4)),
    high: at(Math.ceil((last * 3) / 4)),
  };
}
