import { fileURLToPath } from 'node:url';

/** How to start this very program again: compiled, it is one file; in a checkout, Bun and the entry's source. */
export function selfCommand(): { readonly command: string; readonly args: readonly string[] } {
  const here = import.meta.url;
  if (here.includes('/$bunfs/') || here.includes('%7EBUN') || here.includes('~BUN')) return { command: process.execPath, args: [] };
  return { command: process.execPath, args: ['--no-env-file', fileURLToPath(new URL('./main.ts', here))] };
}
