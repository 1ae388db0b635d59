/**
 * README's tour of updates, word for word, in a fresh user account: keys, two builds, release, server, `curl … | sh`,
 * update, rollback. While it switches, others start the program all the time.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { type Account, openAccount } from './account.ts';
import { freshClone } from './clone.ts';
import { failure, mustRun, start } from './command.ts';
import { network, readWorld, repository, slice } from './world.ts';

const world = readWorld();
const { tools } = world;
const folder = join(world.folder, 'tour');
let account: Account | undefined;
afterAll(async () => {
  await account?.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Step {
  readonly command: string;
  /** What README shows below it. */
  readonly shown: readonly string[];
}

test('the tour of updates in README works as it is written, and no start fails meanwhile', async () => {
  mkdirSync(folder);
  account = await openAccount(tools, folder, 'tour', [dirname(tools.systemNode), '/usr/bin', '/bin']);
  const setting = { cwd: folder, env: { PATH: '/usr/bin:/bin', HOME: folder } };
  const clone = await freshClone(tools, join(account.home, 'slipway'), setting);
  const cache = join(account.home, 'cache');
  cpSync(join(world.cache, 'bases/'), join(cache, 'bases'), { recursive: true, dereference: true });
  for (const path of [clone, cache]) await mustRun(['/bin/chown', '-R', `${account.name}:`, path], setting);

  const port = await freePort();
  const steps = tourOf(readFileSync(join(repository, 'README.md'), 'utf8')).map(({ command, shown }) => ({ command: command.replaceAll('8080', String(port)), shown }));
  const script = join(account.home, 'tour.sh');
  writeFileSync(script, shellScript(steps, account.home), { mode: 0o755 });
  const env = { ...network(), ...account.env, SLIPWAY_CACHE_DIR: cache, SLIPWAY_PASSPHRASE: 'of the tour' };
  const outcome = await start([...account.as, '/bin/bash', script], { cwd: clone, env, limit: 1_500_000 }).ended;
  if (outcome.code !== 0) throw failure(outcome, 'a command of the tour failed');

  const said = outcome.stdout.toString().split(/^@@ \d+\n/m).slice(1);
  expect(said).toHaveLength(steps.length);
  // What varies between machines is written as … in README.
  steps.forEach(({ command, shown }, index) => {
    for (const line of shown) expect({ command, said: said[index] }).toEqual({ command, said: expect.stringMatching(pattern(line)) });
  });

  const starts = watched(account.home, 'starts');
  const looks = watched(account.home, 'looks');
  process.stdout.write(`during the tour: ${starts.count} starts and ${looks.count} looks at the program (${looks.perSecond} a second), none failed\n`);
  expect([starts.wrong, looks.wrong]).toEqual([[], []]);
  expect(starts.count).toBeGreaterThan(20);
  expect(looks.perSecond).toBeGreaterThan(slice ? 200 : 1000);
}, 1_800_000);

/** The commands of README's section and the lines below each. */
function tourOf(readme: string): readonly Step[] {
  const block = /## A tour of updates\n[^]*?```\n([^]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error('README has no tour of updates');
  return block.split(/^\$ /m).slice(1).map((text) => {
    const [command = '', ...shown] = text.trim().split('\n');
    return { command, shown: shown.filter((line) => line.trim() !== '') };
  });
}

const pattern = (line: string): RegExp => new RegExp(line.trim().split('…').map((part) => RegExp.escape(part)).join('.*'));

/** Each command under its number; from the installation on, the two loops run beside them. */
function shellScript(steps: readonly Step[], home: string): string {
  const lines = steps.map(({ command }, index) => `echo '@@ ${index}'\n${command}${after(command, home)}`);
  return `set -eu\nexec 2>&1\nwatchers=\ntrap 'touch ${home}/stop; for one in $watchers; do wait $one || true; done; kill $(jobs -p) 2> /dev/null || true; wait' EXIT\n${lines.join('\n')}\n`;
}

function after(command: string, home: string): string {
  if (command.includes('| sh')) return `\n${loops(home)}`;
  if (command.endsWith('&')) return '\nsleep 2';
  // One start at a time is on trial, and while it is, others run the old version: here it may be one of the loop's.
  return command.endsWith('slipway update') ? `\nfor one in $(seq 100); do [ "$(${home}/.local/bin/slipway --version)" = 0.1.0 ] || break; done` : '';
}

/**
 * Real starts, one after the other; and, since these take longer than a switch, looks: the link is followed and what is
 * there must be a whole program.
 */
function loops(home: string): string {
  const program = `${home}/.local/bin/slipway`;
  writeFileSync(join(home, 'look.mjs'), `import { closeSync, existsSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
let count = 0; const wrong = []; const begun = Date.now(); const head = Buffer.alloc(4); let rest = 0;
while (rest === 0 || !existsSync('${home}/stop')) {
  for (let i = 0; i < 50; i += 1) {
    count += 1;
    try {
      const file = openSync('${program}', 'r');
      readSync(file, head, 0, 4, 0);
      if (head.toString('latin1') !== '\\x7fELF' || fstatSync(file).size < 5e7) wrong.push('no program');
      closeSync(file);
    } catch (error) { wrong.push(String(error)); }
  }
  await new Promise((resolve) => setTimeout(resolve, 20)); rest = 1;
}
writeFileSync('${home}/looks.json', JSON.stringify({ count, wrong: wrong.slice(0, 9), perSecond: Math.round(count / ((Date.now() - begun) / 1000)) }));
`);
  return `node ${home}/look.mjs > /dev/null 2>&1 &
watchers=$!
( set +e; count=0; wrong=; while [ ! -e ${home}/stop ]; do
    said=$(${program} --version 2>&1) || wrong="$wrong exit-$?"
    case $said in 0.1.0 | 0.2.0) ;; *) wrong="$wrong $said" ;; esac
    count=$((count + 1)); done
  printf '{"count":%s,"perSecond":0,"wrong":[%s]}' "$count" "$(printf '%s' "$wrong" | tr -d '"\\\\\\n' | sed 's/..*/"&"/')" > ${home}/starts.json ) > /dev/null 2>&1 &
watchers="$watchers $!"`;
}

function watched(home: string, name: string): { readonly count: number; readonly wrong: readonly string[]; readonly perSecond: number } {
  return JSON.parse(readFileSync(join(home, `${name}.json`), 'utf8')) as ReturnType<typeof watched>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
