/**
 * What the programs of the current test printed. A failure shows all of it: many faults are random, and a second try
 * may not meet them.
 */
import { count } from './count.ts';

let lines: string[] = [];
let seed = '';
let counted = false;

export function note(text: string): void {
  lines.push(text);
}

/** How to repeat the random choices of this test. */
export function noteSeed(text: string): void {
  seed = text;
}

/**
 * The body of a test; when it fails, its message holds everything that was noted. It counts as one fault, unless it
 * counts its own `rounds`, or there is `no fault` in it.
 */
export function recorded(body: () => Promise<void> | void, fault: 'one fault' | 'no fault' = 'one fault'): () => Promise<void> {
  return async () => {
    lines = [];
    seed = '';
    counted = fault === 'no fault';
    try {
      await body();
      if (!counted) count('survived');
    } catch (error) {
      if (!counted) count('failed');
      throw told(error);
    }
  };
}

/** Most failed rounds that are told in full: often all have one cause. */
const most = 6;

/** One round for each row, which is one fault. When some fail, the others still run, and the failures are told together. */
export async function rounds<Row>(rows: readonly Row[], title: (row: Row) => string, body: (row: Row) => Promise<'missed' | undefined | void>): Promise<void> {
  const failed: Error[] = [];
  counted = true;
  for (const row of rows) {
    lines = [`# ${title(row)}`];
    try {
      count((await body(row)) ?? 'survived');
    } catch (error) {
      count('failed');
      failed.push(told(error));
    }
  }
  lines = [];
  if (failed.length === 0) return;
  throw new Error(`${failed.length} of ${rows.length} rounds failed:\n\n${failed.slice(0, most).map(({ stack }) => stack).join('\n\n')}`);
}

/** The same error with what was printed before it. */
function told(error: unknown): Error {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line)); // where the test failed, not here
  const result = new Error([message, seed, ...lines].join('\n\n'));
  result.stack = `${result.message}\n${frames.join('\n')}`;
  return result;
}
