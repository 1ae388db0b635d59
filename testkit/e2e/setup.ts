/**
 * What is made once, before the tests: the second product (examples/hello, built by the Slipway under test), the
 * private registry with both products' packages, and a view of the machine's programs that has no Node.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun } from './command.ts';
import { publish, type Registry, startRegistry } from './registry.ts';
import { findTools, type Tools } from './tools.ts';
import { copyOfHello, environment, openHome, type Product, publishWorld, repository } from './world.ts';

const made: { folder?: string; registry?: Registry } = {};

async function setUp(): Promise<void> {
  const tools = findTools();
  const slipway = await slipwayDist(tools);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-e2e-')));
  made.folder = folder;
  chmodSync(folder, 0o755); // another user builds in it, too
  const cache = warmCache(folder);
  const programs = programsWithoutNode(folder);
  const [hello, checksums, registry] = await Promise.all([
    buildHello(folder, cache, programs, slipway),
    checkoutChecksums(folder, cache, tools),
    startRegistry(tools, join(folder, 'registry')),
  ]);
  made.registry = registry;
  await publish(tools, registry.url, slipway.dist, folder);
  await publish(tools, registry.url, hello.dist, folder);
  publishWorld({ folder, tools, registry: registry.url, programs, cache, slipway, hello, checksums });
}

/** Undo everything; also called when setting up failed half way. */
export async function stop(): Promise<void> {
  made.registry?.process.kill();
  if (made.folder !== undefined) rmSync(made.folder, { recursive: true, force: true });
}

/** dist/ of this repository, which `make test-e2e` has made; of this very commit, or the comparisons mean nothing. */
async function slipwayDist({ git }: Tools): Promise<Product> {
  const dist = join(repository, 'dist');
  const metadata = join(dist, 'metadata.json');
  if (!existsSync(metadata)) throw new Error(`${dist} is not there. Run: make test-e2e`);
  const { version, commit } = JSON.parse(readFileSync(metadata, 'utf8')) as { version: string; commit: string };
  const head = (await mustRun([git, '-c', 'safe.directory=*', 'rev-parse', 'HEAD'], { cwd: repository, env: environment(homedir(), ['/usr/bin']) })).stdout.toString().trim();
  if (commit !== head) throw new Error(`${dist} was built from commit ${commit}, this is ${head}. Run: make test-e2e`);
  return { version, dist };
}

/** Bases and blocks of the user's own cache, which `make test-e2e` has filled; stamps of our own. */
function warmCache(folder: string): string {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const warm = process.env['SLIPWAY_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway');
  for (const part of ['bases', 'blocks']) symlinkSync(join(warm, part), join(cache, part));
  return cache;
}

/** Whatever comes with Node, or could stand for it. */
const withNode = /^(node|nodejs|npm|npx|corepack|bun|bunx|deno|yarn|yarnpkg|pnpm|pnpx)$/;

function programsWithoutNode(folder: string): string {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const name of readdirSync('/usr/bin')) if (!withNode.test(name)) symlinkSync(join('/usr/bin', name), join(programs, name));
  return programs;
}

/** For the platforms that the suite runs, by the executable that Slipway ships. */
async function buildHello(folder: string, cache: string, programs: string, slipway: Product): Promise<Product> {
  const project = copyOfHello(join(folder, 'hello'));
  writeFileSync(join(project, 'slipway.config.json'), JSON.stringify({ targets: ['linux-x64', 'linux-x64-musl', 'linux-arm64', 'windows-x64'] }));
  const env = { ...environment(openHome(folder, 'builder'), [programs]), SLIPWAY_CACHE_DIR: cache };
  await mustRun([join(slipway.dist, 'bin/linux-x64/slipway'), 'dist'], { cwd: project, env });
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
  return { version, dist: join(project, 'dist') };
}

/** What `npx slipway` of the checkout writes. */
async function checkoutChecksums(folder: string, cache: string, tools: Tools): Promise<string> {
  const project = copyOfHello(join(folder, 'checkout-hello'));
  const env = { ...environment(openHome(folder, 'checkout'), [dirname(tools.systemNode), '/usr/bin']), SLIPWAY_CACHE_DIR: cache };
  await mustRun([join(repository, 'node_modules/.bin/slipway'), 'dist', '--target', 'linux-x64'], { cwd: project, env });
  return readFileSync(join(project, 'dist/checksums.txt'), 'utf8');
}

// oxlint-disable-next-line import/no-default-export -- what jest calls
export default async function setup(): Promise<void> {
  try {
    await setUp();
  } catch (error) {
    await stop();
    throw error;
  }
}
