import { colorsFor } from './colors.ts';

/** One line on a terminal that says how far a piece of work is; nothing elsewhere. */
export interface Progress {
  /** From 0 to 1. */
  at(done: number): void;
  close(): void;
}

export function openProgress(what: string, json: boolean): Progress {
  if (json || !process.stderr.isTTY || process.env['CI'] !== undefined) return { at: () => undefined, close: () => undefined };
  const pc = colorsFor(process.stderr);
  let shown = -1;
  return {
    at(done) {
      const percent = Math.floor(done * 100);
      if (percent === shown) return;
      shown = percent;
      process.stderr.write(`\r\u001b[2K${pc.cyan('…')} ${pc.dim(`${what} ${percent}%`)}`);
    },
    close: () => void (shown >= 0 && process.stderr.write('\r\u001b[2K')),
  };
}
