import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, mustRun } from './command.ts';
import type { Tools } from './tools.ts';

/** A user account that nobody has used before, with a home of its own. */
export interface Account {
  readonly name: string;
  readonly home: string;
  /** Words before a command that make it the account's. */
  readonly as: readonly string[];
  readonly env: Environment;
  remove(): Promise<void>;
}

/** Needs root. `path` are the folders of its PATH. */
export async function openAccount(tools: Tools, folder: string, name: string, path: readonly string[]): Promise<Account> {
  const account = `slipway-${name}-${process.pid}`;
  const home = join(folder, account);
  const root = { cwd: folder, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } };
  await mustRun(['useradd', '--create-home', '--home-dir', home, '--shell', '/bin/sh', account], root);
  chmodSync(home, 0o755);
  mkdirSync(join(home, 'tmp'));
  await mustRun(['chown', account, join(home, 'tmp')], root);
  return {
    name: account,
    home,
    as: [tools.setpriv, `--reuid=${account}`, `--regid=${account}`, '--init-groups'],
    env: { HOME: home, USER: account, LOGNAME: account, SHELL: '/bin/sh', LANG: 'C.UTF-8', PATH: path.join(':'), TMPDIR: join(home, 'tmp') },
    remove: async () => void (await mustRun(['userdel', '--remove', '--force', account], root)),
  };
}
