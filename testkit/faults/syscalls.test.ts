/**
 * Every system call with which a run changes its output folder or its cache fails once, or is the last one before the
 * process is killed: the run says so, nothing half-written has a final name, and the next run ends well.
 */
import { beforeAll, expect, test } from '@jest/globals';
import { expectRecovery } from './aftermath.ts';
import { listCalls, requireStrace, runWithFault, type Call, type Fault } from './injection.ts';
import { workFolders } from './leftovers.ts';
import { expectSomeFailure, expectSuccess } from './outcome.ts';
import { run } from './program.ts';
import { emptyCache, helloProject, linkedCache, type Project } from './project.ts';
import { slice, sampled } from './suite.ts';
import { recorded, rounds } from './transcript.ts';
import { readTree, type Tree } from './tree.ts';

const fakeOf = (version: string): readonly string[] => ['dist', '--fake', '--target', 'linux-x64', '--set-version', version];
const real = ['dist', '--target', 'linux-x64'];
const errors: readonly Fault[] = ['error=ENOSPC', 'error=EIO', 'error=EACCES'];
/** What happens to a call: an error, another one for each call in turn, or the end of the process. */
const kinds = [
  ['an error', (index: number): Fault => errors[index % errors.length] as Fault],
  ['SIGKILL', (): Fault => 'signal=KILL'],
] as const;
const clean: Record<string, Tree> = {};

beforeAll(async () => {
  requireStrace();
  for (const version of ['1.0.0', '1.1.0']) {
    const project = helloProject({ cache: emptyCache });
    expectSuccess(await run(project, fakeOf(version)));
    clean[version] = readTree(project.dist);
  }
});

/** How the runs of a loop ended; printed at its end, because a loop that meets nothing proves nothing. */
class Tally {
  injected = 0;
  refused = 0;
  tolerated = 0;
  killed = 0;
  missed = 0;

  /** Run the loop and print, however it ends. */
  async of(title: string, loop: Promise<void>): Promise<void> {
    await loop.finally(() => this.#print(title));
  }

  #print(title: string): void {
    process.stderr.write(`${title}: ${this.injected} injected, of these ${this.refused} reported, ${this.tolerated} tolerated, ${this.killed} killed; ${this.missed} met another call\n`);
  }
}

interface Round {
  readonly project: Project;
  readonly args: readonly string[];
  readonly call: Call;
  readonly fault: Fault;
  readonly clean: Tree;
  readonly before?: Tree;
}

async function inject({ project, args, call, fault, ...trees }: Round, tally: Tally): Promise<'missed' | undefined> {
  const { ran, hit } = await runWithFault(project, args, call, fault);
  const ours = hit !== undefined && (hit.includes(project.dist) || hit.includes(project.cache));
  if (ours) tally.injected += 1;
  else tally.missed += 1;
  if (ran.signal === 'SIGKILL') tally.killed += 1;
  else if (ran.code === 0) tally.tolerated += 1;
  else if (ours) {
    expectSomeFailure(ran);
    tally.refused += 1;
  }
  if (ran.signal === null && ours) expect(cannotRemove(call) ? [] : workFolders(project)).toEqual([]);
  await expectRecovery(project, { args, ...trees });
  return ours ? undefined : 'missed';
}

/** When removing the work folder itself fails, it stays for the next run. */
function cannotRemove({ name, text }: Call): boolean {
  return ['unlink', 'unlinkat', 'rmdir', 'openat'].includes(name) && text.includes('.work-');
}

type Attempt = readonly [Call, Fault];
const titleOf = ([{ name, ordinal, text }, fault]: Attempt): string => `${fault} at ${name} ${ordinal}: ${text}`;

test.each(kinds)('an upgrade of stand-ins, %s', (kind, faultOf) => recorded(async () => {
  const first = await released();
  const calls = await listCalls(first, fakeOf('1.1.0'), [first.dist, first.cache]);
  expect(calls.length).toBeGreaterThan(40);
  const tally = new Tally();
  let usable: readonly [Project, string] | undefined;
  await tally.of(`an upgrade of ${calls.length} calls, ${kind}`, rounds(sampled(calls, 8).map((call, index): Attempt => [call, faultOf(index)]), titleOf, async ([call, fault]) => {
    const [project, present] = usable ?? [await released(), '1.0.0'];
    usable = undefined; // until this round has ended well
    const other = present === '1.0.0' ? '1.1.0' : '1.0.0';
    const outcome = await inject({ project, args: fakeOf(other), call, fault, clean: clean[other] as Tree, before: clean[present] as Tree }, tally);
    usable = [project, other];
    return outcome;
  }));
  expect(tally.injected).toBeGreaterThan(tally.missed);
})());

test.each(kinds)('a real executable and an empty block cache, %s', (kind, faultOf) => recorded(async () => {
  const project = helloProject({ cache: linkedCache });
  const calls = await listCalls(project, real, [project.dist, project.cache]);
  const undisturbed = readTree(project.dist);
  const tally = new Tally();
  await tally.of(`a real run of ${calls.length} calls, ${kind}`, rounds(evenly(calls, slice ? 1 : 6).map((call, index): Attempt => [call, faultOf(index)]), titleOf, async ([call, fault]) => inject({ project: helloProject({ cache: linkedCache }), args: real, call, fault, clean: undisturbed }, tally)));
  expect(tally.injected).toBeGreaterThan(0); // blocks are compressed side by side, so the order of calls varies
})());

async function released(): Promise<Project> {
  const project = helloProject({ cache: emptyCache });
  expectSuccess(await run(project, fakeOf('1.0.0')));
  return project;
}

function evenly<Row>(rows: readonly Row[], many: number): readonly Row[] {
  return Array.from({ length: many }, (_, index) => rows[Math.floor(((index + 0.5) * rows.length) / many)] as Row);
}
