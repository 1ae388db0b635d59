import type { Outcome } from './command.ts';

/** Lines that a package manager means as a warning, wherever it writes them; `known` are its own, not about us. */
export function warnings({ stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'>, known?: RegExp): readonly string[] {
  const lines = `${stdout}\n${stderr}`.split('\n');
  return lines.filter((line) => /warn|deprecat|⚠/i.test(line) && known?.test(line) !== true);
}
