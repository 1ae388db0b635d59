/**
 * New versions that die, each in another way, on a real installation: before they are taken, or when they are started.
 * Running the program is all it takes to be back on the old one. And what must roll nothing back.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Account, openAccount } from './account.ts';
import { mustRun, type Outcome, run, type Running, start } from './command.ts';
import { environment, openHome, readWorld, slice } from './world.ts';

const world = readWorld();
const { tools } = world;
const folder = join(world.folder, 'trial');
const slipway = join(world.slipway.dist, 'bin/linux-x64/slipway');
const port = 42_000 + (process.pid % 20_000);
const app = `// Says its version; its argument says how it ends.
declare const SLIPWAY_PRODUCT_VERSION: string;
const [word] = process.argv.slice(2);
if (word === 'exit') process.exitCode = 3;
if (word === 'throw') setTimeout(() => { throw new Error('after loading'); }, 20);
if (word === 'wait') setInterval(() => undefined, 1000);
console.log(SLIPWAY_PRODUCT_VERSION);
`;

let account: Account;
let served: Running | undefined;

beforeAll(async () => {
  mkdirSync(folder);
  account = await openAccount(tools, folder, 'trial', ['/usr/bin', '/bin']);
  await publish('1.0.0', app);
}, 600_000);
afterEach(async () => {
  await stopServing();
  rmSync(join(account.home, '.local'), { recursive: true, force: true });
});
afterAll(async () => {
  await account.remove();
  rmSync(folder, { recursive: true, force: true });
});

const some = <Row>(rows: readonly Row[]): readonly Row[] => (slice ? rows.slice(0, 1) : rows);

test.each(some([
  ['illegal instruction', 'SIGILL'],
  ['missing library', 'libQ.so.6'],
  ['hang', 'did not answer'],
]))('a release with this defect is not taken: %s', async (defect, reason) => {
  await offer(defect, app, defect);
  await install();
  const refused = await program('self', 'update');
  expect([refused.code, text(refused)]).toEqual([1, expect.stringContaining(reason)]);
  expect(text(await program())).toBe('1.0.0');
  await expectSetAside();
}, 600_000);

test.each(some(['truncated', 'illegal instruction', 'missing library']))('a new version whose file is damaged before its first start is left after three starts: %s', async (defect) => {
  await offer('fine', app);
  await install();
  await mustRun(words('self', 'update'), setting());
  await damage(defect, join(account.home, '.local/share/app/versions/2.0.0/app'));
  await expectThreeDeaths();
}, 600_000);

test('a new version that throws while it loads is left after three starts', async () => {
  await offer('throws', `throw new Error('at the top');\n${app}`);
  await install();
  await mustRun(words('self', 'update'), setting());
  await expectThreeDeaths();
}, 600_000);

test.each<[what: string, start: () => Promise<unknown>]>([
  ['an exit code of 3', async () => expect((await program('exit')).code).toBe(3)],
  ['an error after it has loaded', async () => expect((await program('throw')).code).toBe(1)],
  ['Ctrl-C', async () => {
    for (let times = 0; times < 4; times += 1) await interrupt();
  }],
  ['fifty starts at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => program()));
    expect(all.map(({ code, stdout }) => [code, ['1.0.0\n', '2.0.0\n'].includes(stdout.toString())])).toEqual(all.map(() => [0, true]));
  }],
])('a new version is kept after %s', async (_, begin) => {
  await offer('fine', app);
  await install();
  await mustRun(words('self', 'update'), setting());
  await begin();
  expect(text(await program())).toBe('2.0.0');
  const { versions } = JSON.parse(text(await program('self', 'versions', '--json'))) as { versions: readonly { version: string; confirmed?: boolean }[] };
  expect(versions).toContainEqual(expect.objectContaining({ version: '2.0.0' }));
  expect(JSON.parse(text(await program('self', 'update', '--check', '--json')))).toMatchObject({ outcome: 'upToDate', version: '2.0.0' });
}, 600_000);

/** Three starts fail, each with the new version; from the fourth on the old one runs, and the new one is not offered again. */
async function expectThreeDeaths(): Promise<void> {
  const starts: Outcome[] = [];
  for (let times = 0; times < 5; times += 1) starts.push(await program());
  const lived = starts.map(({ code, stdout }) => (code === 0 ? stdout.toString().trim() : 'died'));
  expect(lived.slice(3)).toEqual(['1.0.0', '1.0.0']);
  expect(lived.slice(0, 3).filter((one) => one !== 'died' && one !== '1.0.0')).toEqual([]);
  await expectSetAside();
}

async function expectSetAside(): Promise<void> {
  expect(JSON.parse(text(await program('self', 'update', '--check', '--json')))).toMatchObject({ outcome: 'held', why: 'setAside', version: '2.0.0' });
}

const words = (...args: readonly string[]): readonly string[] => [...account.as, join(account.home, '.local/bin/app'), ...args];
const setting = () => ({ cwd: account.home, env: account.env, limit: 120_000 });
const program = async (...args: readonly string[]): Promise<Outcome> => run(words(...args), setting());
const text = ({ stdout, stderr }: Outcome): string => `${stdout}${stderr}`.trim();

/** The program is told to stop by the terminal once it runs. */
async function interrupt(): Promise<void> {
  const running = start(words('wait'), setting());
  await running.firstLine;
  process.kill(-running.pid, 'SIGINT');
  expect((await running.ended).signal).toBe('SIGINT');
}

/** Serve a repository that offers 2.0.0, made from this source and damaged in this way, beside 1.0.0. */
async function offer(name: string, source: string, defect?: string): Promise<void> {
  const repository = await publish('2.0.0', source, name, defect);
  served = start([slipway, 'serve', repository, '--port', String(port)], { cwd: folder, env: publisher(), limit: 600_000 });
  await served.firstLine;
}

async function stopServing(): Promise<void> {
  if (served === undefined) return;
  process.kill(-served.pid, 'SIGINT');
  await served.ended;
  served = undefined;
}

async function install(): Promise<void> {
  const script = `curl -fsSL http://127.0.0.1:${port}/install.sh | sh -s -- --version 1.0.0 --no-modify-path`;
  await mustRun([...account.as, '/bin/sh', '-c', script], setting());
}

const made = new Map<string, string>();

/** Build and sign; the repository's folder. Each but the first begins as a copy of the one with 1.0.0 alone. */
async function publish(version: string, source: string, name = 'first', defect?: string): Promise<string> {
  const known = made.get(name);
  if (known !== undefined) return known;
  const project = join(folder, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  writeFileSync(join(project, 'src/app.ts'), source);
  writeFileSync(join(project, 'slipway.config.json'), JSON.stringify({
    name: 'app', version, entries: { app: 'src/app.ts' }, targets: ['linux-x64'], wrappers: { npm: false, pip: false },
    update: { url: `http://127.0.0.1:${port}/` },
    build: { smoke: false, ...(defect === undefined ? {} : { sign: [tools.pinnedNode, join(import.meta.dirname, 'damage.mjs'), defect, '{path}'] }) },
  }));
  const at = { cwd: project, env: publisher(), limit: 300_000 };
  if (made.size === 0) {
    writeFileSync(join(project, 'README.md'), '# App\n');
    await mustRun([slipway, 'keys', 'init'], at);
  }
  await mustRun([slipway, 'dist'], at);
  const repository = join(folder, `repository ${name}`);
  if (made.size > 0) cpSync(join(folder, 'repository first'), repository, { recursive: true });
  await mustRun([slipway, 'release', '--channel', 'stable', '--to', repository], at);
  made.set(name, repository);
  return repository;
}

function publisher(): ReturnType<typeof environment> {
  return { ...environment(openHome(folder, 'publisher'), [dirname(tools.pinnedNode), world.programs]), SLIPWAY_CACHE_DIR: world.cache, SLIPWAY_PASSPHRASE: 'of the trial' };
}

async function damage(kind: string, path: string): Promise<void> {
  await mustRun([tools.pinnedNode, join(import.meta.dirname, 'damage.mjs'), kind, path], { cwd: folder, env: publisher() });
}
