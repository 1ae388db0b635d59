/**
 * The two products that are measured, as copies: runs change a line of the program, and write beside it.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './places.ts';

export interface Product {
  readonly name: 'hello' | 'slipway';
  /** The project's copy. */
  readonly project: string;
  /** Change one line of the program, or change it back. */
  change(changed: boolean): void;
}

/** The example: two short files that import nothing. */
export function copyHello(to: string): Product {
  const project = join(to, 'project');
  cpSync(join(root, 'examples/hello'), project, { recursive: true, filter: (path) => !['dist', 'node_modules'].includes(basename(path)) });
  return { name: 'hello', project, change: lineChange(join(project, 'src/cli.ts'), 'Hello, ', 'Hello again, ') };
}

/** Slipway itself: its packages, its own configuration, and the dependencies it bundles. */
export function copySlipway(to: string): Product {
  const project = join(to, 'project');
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: readonly string[] };
  for (const name of [...workspaces, 'node_modules', 'package.json', 'slipway.config.ts', 'tsconfig.base.json', 'README.md', 'LICENSE']) {
    cpSync(join(root, name), join(project, name), { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  }
  return { name: 'slipway', project, change: lineChange(join(project, 'cli/src/cli.ts'), "'Name a command'", "'Name one command'") };
}

/** Runtimes and caches are large, and no program is bundled from them. */
function isNeeded(path: string): boolean {
  return !/\/node_modules\/(\.cache|@oven|node-[^/]*-(x64|arm64))$/.test(path) && !/\/testkit\/(e2e|faults)$/.test(path);
}

function lineChange(file: string, before: string, after: string): Product['change'] {
  const original = readFileSync(file, 'utf8');
  if (original.split(before).length !== 2) throw new Error(`${file} does not hold ${before} exactly once: choose another line to change`);
  return (changed) => writeFileSync(file, changed ? original.replace(before, after) : original);
}
