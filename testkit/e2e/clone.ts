import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, type Setting } from './command.ts';
import type { Tools } from './tools.ts';
import { repository } from './world.ts';

/** A clone of the commit with this checkout's changes, so that the suite also serves before a commit, and with what make has installed and made. */
export async function freshClone(tools: Tools, clone: string, setting: Setting): Promise<string> {
  const git = [tools.git, '-c', 'safe.directory=*'];
  await mustRun(['/bin/sh', '-c', 'umask 077; exec "$@"', 'sh', ...git, 'clone', '--quiet', '--no-hardlinks', repository, clone], setting);
  const changed = await mustRun([...git, 'ls-files', '-z', '--modified', '--others', '--exclude-standard'], { ...setting, cwd: repository });
  for (const path of changed.stdout.toString().split('\0').filter((one) => one !== '')) {
    rmSync(join(clone, path), { force: true });
    if (existsSync(join(repository, path))) cpSync(join(repository, path), join(clone, path));
  }
  const installed = ['.', ...readdirSync(repository)].map((one) => join(one, 'node_modules'));
  for (const path of [...installed, 'delta/src/kernel-bytes.ts']) {
    if (existsSync(join(repository, path))) cpSync(join(repository, path), join(clone, path), { recursive: true, verbatimSymlinks: true });
  }
  return clone;
}
