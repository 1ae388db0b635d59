/**
 * A compiled program updates itself, and is killed, or meets an error, at each system call with which it changes its
 * installation; so is the start that takes the new version. Whatever happens, the program runs, as the old version or
 * the new one, and the next update arrives.
 */
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serveFolder, type Served } from '@slipway/release';
import { listCalls, requireStrace, runWithFault, type Call, type Fault } from './injection.ts';
import { expectSuccess } from './outcome.ts';
import { run, type Ran } from './program.ts';
import { helloProject, type Project } from './project.ts';
import { sampled } from './suite.ts';
import { recorded, rounds } from './transcript.ts';

const errors: readonly Fault[] = ['error=ENOSPC', 'error=EIO'];
const kinds = [
  ['an error', (index: number): Fault => errors[index % errors.length] as Fault],
  ['SIGKILL', (): Fault => 'signal=KILL'],
] as const;
const source = 'declare const SLIPWAY_PRODUCT_VERSION: string;\nconsole.log(SLIPWAY_PRODUCT_VERSION);\n';

let project: Project;
let served: Served;

/** 1.0.0 is installed in the home, 1.1.0 is on offer; the home as it is then is kept aside. */
beforeAll(async () => {
  requireStrace();
  const port = await freePort();
  project = helloProject({
    files: {
      'src/cli.ts': source,
      'slipway.config.json': JSON.stringify({ targets: ['linux-x64'], wrappers: { npm: false, pip: false }, update: { url: `http://127.0.0.1:${port}/` } }),
    },
  });
  const env = { SLIPWAY_PASSPHRASE: 'a phrase for tests' };
  const site = join(project.root, 'site');
  const publish = async (version: string): Promise<void> => {
    expectSuccess(await run(project, ['dist', '--set-version', version]));
    expectSuccess(await run(project, ['release', '--channel', 'stable', '--to', site], { env }));
  };
  expectSuccess(await run(project, ['keys', 'init', '--channel', 'stable'], { env }));
  await publish('1.0.0');
  served = await serveFolder(site, { host: '127.0.0.1', port });
  expectSuccess(await run(project, [], { program: ['/bin/sh', '-c', `curl -fsSL ${served.url}install.sh | sh -s -- --no-modify-path`] }));
  await publish('1.1.0');
  renameSync(project.home, `${project.home}.kept`);
}, 600_000);
afterAll(async () => {
  await served.close();
  rmSync(project.folder, { recursive: true, force: true });
});

const hello = (...args: readonly string[]): Promise<Ran> => run(project, args, programOf());
const programOf = (): { readonly program: readonly string[] } => ({ program: [join(project.home, '.local/bin/hello')] });
const update = ['self', 'update'];

/** The home as it was, at the same path. */
function restore(): void {
  rmSync(project.home, { recursive: true, force: true });
  spawnSync('cp', ['-a', `${project.home}.kept`, project.home]);
}

async function updated(): Promise<void> {
  restore();
  expectSuccess(await hello(...update));
}

test.each(kinds.flatMap(([kind, faultOf]) => [
  { what: 'the update', kind, faultOf, prepare: async () => restore(), args: update },
  { what: 'the start that takes the new version', kind, faultOf, prepare: updated, args: [] },
]))('$what meets $kind at each call', ({ what, kind, faultOf, prepare, args }) => recorded(async () => {
  await prepare();
  const root = join(project.home, '.local/share/hello');
  const calls = await listCalls(project, args, [root], programOf());
  expect(calls.length).toBeGreaterThan(4);
  const tally = { injected: 0, old: 0, new: 0 };
  const attempts = sampled(telling(calls), 6).map((call, index) => [call, faultOf(index)] as const);
  await rounds(attempts, ([call, fault]) => `${fault} at ${call.name} ${call.ordinal}: ${call.text}`, async ([call, fault]) => {
    await prepare();
    const { hit } = await runWithFault(project, args, call, fault, programOf());
    if (hit !== undefined) tally.injected += 1;
    const first = await hello();
    expect({ code: first.code, said: first.stdout.trim() }).toEqual({ code: 0, said: expect.stringMatching(/^1\.[01]\.0$/) });
    tally[first.stdout.trim() === '1.0.0' ? 'old' : 'new'] += 1;
    expectSuccess(await hello(...update));
    await hello();
    expect((await hello()).stdout.trim()).toBe('1.1.0');
    const { findings } = JSON.parse((await hello('self', 'doctor', '--json')).stdout) as { findings: readonly { check: string; ok: boolean }[] };
    expect(findings.filter(({ check, ok }) => !ok && check !== 'path')).toEqual([]);
    return hit === undefined ? 'missed' : undefined;
  }).finally(() => process.stderr.write(`${what}, ${calls.length} calls, ${telling(calls).length} of them unlike, ${kind}: ${tally.injected} of ${attempts.length} injected; then the old version ran ${tally.old} times, the new one ${tally.new} times\n`));
  expect(tally.injected).toBeGreaterThan(attempts.length / 2);
})(), 3_600_000);

/** All calls but the bulk of a file's many writes, which are alike: of these the first ones, the last ones, and some between. */
function telling(calls: readonly Call[]): readonly Call[] {
  const path = ({ name, text }: Call): string => `${name} ${/<([^>]*)>/.exec(text)?.[1] ?? text}`;
  const alike = Map.groupBy(calls, path);
  return calls.filter((call) => {
    const group = alike.get(path(call)) ?? [];
    const at = group.indexOf(call);
    return at < 3 || at >= group.length - 3 || at % 400 === 0;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
