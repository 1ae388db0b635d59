/**
 * `slipway release` is killed, or meets an error, at each system call with which it changes the repository: what is
 * there is the old repository or the new one, whole and signed, and the next run ends what was begun.
 */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { clockPort, fsPort, lockPort, randomPort } from '@slipway/platform';
import { changeRepository, initKeys, KeyFolder, KeyRing, rootFileName, rotateKey, type KeyContext, type Publisher } from '@slipway/release';
import { listCalls, requireStrace, runWithFault, type Fault } from './injection.ts';
import { expectSomeFailure, expectSuccess } from './outcome.ts';
import { run } from './program.ts';
import { emptyCache, helloProject, type Project } from './project.ts';
import { sampled, scratchFolder } from './suite.ts';
import { recorded, rounds } from './transcript.ts';
import { filesBelow } from './tree.ts';

const passphrase = 'a phrase for tests';
const env = { SLIPWAY_PASSPHRASE: passphrase };
const errors: readonly Fault[] = ['error=ENOSPC', 'error=EIO', 'error=EACCES'];
const kinds = [
  ['an error', (index: number): Fault => errors[index % errors.length] as Fault],
  ['SIGKILL', (): Fault => 'signal=KILL'],
] as const;

const repositoryOf = ({ root }: Project): string => join(root, 'site');
const releaseArgs = (project: Project): readonly string[] => ['release', '--channel', 'stable', '--to', repositoryOf(project)];

function keysOf({ root }: Project): KeyContext {
  const places = { keys: join(root, 'slipway-keys'), rootFile: join(root, rootFileName) };
  const source = { create: async () => passphrase, open: async () => passphrase };
  return { places, ring: new KeyRing(new KeyFolder(places.keys), source, 14), now: Date.now() }; // the least that scrypt may cost
}

/** A repository with 1.0.0, 1.1.0 in dist/, and a new timestamp key to be published. */
async function prepared(): Promise<Project> {
  const project = helloProject({ cache: emptyCache });
  const build = (version: string): Promise<unknown> => run(project, ['dist', '--fake', '--target', 'linux-x64', '--set-version', version]).then(expectSuccess);
  await build('1.0.0');
  await initKeys(keysOf(project), { channels: ['stable'], rootKeys: 1, rootThreshold: 1 });
  expectSuccess(await run(project, releaseArgs(project), { env }));
  await build('1.1.0');
  await rotateKey(keysOf(project), 'timestamp');
  return project;
}

/** The same project in another folder: building it anew for each round would take far longer than the round. */
function copied(project: Project): Project {
  const folder = scratchFolder('project');
  cpSync(project.folder, folder, { recursive: true, verbatimSymlinks: true });
  const moved = (path: string): string => join(folder, relative(project.folder, path));
  return { folder, root: moved(project.root), dist: moved(project.dist), home: moved(project.home), cache: moved(project.cache) };
}

/** What is offered, verified from the root that programs carry. */
async function offered(project: Project): Promise<string> {
  const { places, ring } = keysOf(project);
  const publisher: Publisher = { places, ring, folder: repositoryOf(project), ports: { fs: fsPort, clock: clockPort, random: randomPort, lock: lockPort } };
  return changeRepository(publisher, { dryRun: true }, (draft, { repository, reader }) => {
    const candidates = draft.records('stable').get('linux-x64')?.candidates ?? [];
    for (const candidate of candidates) reader.checkPayloads(reader.release(candidate));
    return `root ${repository?.root.signed.version}: ${candidates.map(({ version }) => version).join(' ')}`;
  });
}

beforeAll(requireStrace);

test.each(kinds)('a release that publishes a new root, %s', (kind, faultOf) => recorded(async () => {
  const start = await prepared();
  const traced = copied(start);
  const calls = await listCalls(traced, releaseArgs(traced), [repositoryOf(traced)], { env });
  expect(calls.length).toBeGreaterThan(30);
  expect(await offered(traced)).toBe('root 2: 1.1.0 1.0.0');
  const metadata = readdirSync(join(repositoryOf(traced), 'metadata'));
  const count = filesBelow(repositoryOf(traced)).length;
  const tally = { injected: 0, old: 0, between: 0, new: 0 };
  const attempts = sampled(calls, 10).map((call, index) => [call, faultOf(index)] as const);
  await rounds(attempts, ([call, fault]) => `${fault} at ${call.name} ${call.ordinal}: ${call.text}`, async ([call, fault]) => {
    const project = copied(start);
    const { ran, hit } = await runWithFault(project, releaseArgs(project), call, fault, { env });
    if (hit?.includes(repositoryOf(project)) === true) tally.injected += 1;
    if (ran.signal === null && ran.code !== 0) expectSomeFailure(ran);
    const found = await offered(project);
    const states = { 'root 1: 1.0.0': 'old', 'root 1: 1.1.0 1.0.0': 'between', 'root 2: 1.1.0 1.0.0': 'new' } as const;
    expect(Object.keys(states)).toContain(found);
    tally[states[found as keyof typeof states]] += 1;
    expectSuccess(await run(project, releaseArgs(project), { env }));
    expect(await offered(project)).toBe('root 2: 1.1.0 1.0.0');
    expect(readdirSync(join(repositoryOf(project), 'metadata'))).toEqual(metadata);
    expect(filesBelow(repositoryOf(project)).length).toBe(count);
    rmSync(project.folder, { recursive: true });
  }).finally(() => process.stderr.write(`a release of ${calls.length} calls, ${kind}: ${tally.injected} of ${attempts.length} injected; ${tally.old} left the old repository, ${tally.between} the new one under the old root, ${tally.new} the new one\n`));
  expect(tally.injected).toBeGreaterThan(attempts.length / 2);
})(), 1_800_000);
