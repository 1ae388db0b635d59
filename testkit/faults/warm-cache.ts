/**
 * Before the suite: a private cache with the runtime that the tests compile onto and the compressed blocks of the
 * example. A runtime that this user has already is linked instead of downloaded.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkTree } from './tree.ts';

const root = join(import.meta.dirname, '../..');

/** jest asks for a default export here. */
export default function warm(): void {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-'));
  chmodSync(folder, 0o755); // another user runs the program in it, too
  process.env['SLIPWAY_FAULTS_FOLDER'] = folder;
  const cache = join(folder, 'cache');
  mkdirSync(cache, { mode: 0o700 });
  const known = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway', 'bases');
  const bases = existsSync(known) ? readdirSync(known).filter((name) => name.includes('-linux-x64-h')) : [];
  for (const name of bases) linkOrNothing(join(known, name), join(cache, 'bases', name));
  const result = spawnSync(process.execPath, [join(root, 'cli/bin/slipway.js'), 'dist', '--target', 'linux-x64', '--out', join(folder, 'warm')], {
    cwd: join(root, 'examples/hello'),
    env: { ...process.env, SLIPWAY_CACHE_DIR: cache },
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`the suite needs one undisturbed run, and it failed:\n${result.stdout}${result.stderr}`);
}

/** On another file system there are no links; then the program downloads it. */
function linkOrNothing(from: string, to: string): void {
  try {
    linkTree(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
}
