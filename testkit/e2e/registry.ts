import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, mustRun } from './command.ts';
import type { Tools } from './tools.ts';
import { warnings } from './warnings.ts';
import { environment, openHome } from './world.ts';

export interface Registry {
  readonly url: string;
  readonly process: ChildProcess;
}

/** The private registry of tools/registry.js. It ends with its standard input, so also when this process is killed. */
export async function startRegistry(tools: Tools, folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const script = join(import.meta.dirname, 'tools/registry.js');
  const child = spawn(tools.pinnedNode, [script, folder], { cwd: folder, env: environment(folder, []), stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await Promise.race([
    once(child.stdout, 'data').then(([chunk]) => String(chunk).trim()),
    once(child, 'exit').then(([code]) => { throw new Error(`the registry exited with ${code} before it listened`); }),
  ]);
  if (!/^http:\/\/127\.0\.0\.1:\d+\/$/.test(url)) throw new Error(`the registry said ${url}`);
  return { url, process: child };
}

/** npm's settings for the private registry; it wants a token, which nobody checks. */
export function npmSettings(registry: string): string {
  return `registry=${registry}\n${registry.replace('http:', '')}:_authToken=none\naudit=false\nfund=false\nupdate-notifier=false\n`;
}

/**
 * Publish the npm packages of a dist/ as a publisher would: the platform packages first, the one that people install
 * last.
 */
export async function publish(tools: Tools, registry: string, dist: string, folder: string, tag = 'latest'): Promise<void> {
  const home = openHome(folder, 'publisher');
  writeFileSync(join(home, '.npmrc'), npmSettings(registry));
  const env = environment(home, ['/usr/bin']);
  const publishOne = async (file: string): Promise<void> => {
    const outcome = await mustRun([tools.systemNode, tools.systemNpm, 'publish', '--tag', tag, join(dist, 'npm', file)], { cwd: home, env });
    if (warnings(outcome).length > 0) throw failure(outcome, 'npm warns about a package when it is published');
  };
  const files = readdirSync(join(dist, 'npm')).filter((file) => file.endsWith('.tgz'));
  const isMain = (file: string): boolean => /^[a-z]+-\d/.test(file);
  const platforms = files.filter((file) => !isMain(file));
  const half = Math.ceil(platforms.length / 2);
  await Promise.all([platforms.slice(0, half), platforms.slice(half)].map(async (some) => {
    for (const file of some) await publishOne(file);
  }));
  for (const file of files.filter(isMain)) await publishOne(file);
}
