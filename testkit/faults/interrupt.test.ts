/**
 * A run that is interrupted, ended or killed at any moment: what is finished stays, the rest is gone or has no final
 * name, and the next run continues.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expectRecovery } from './aftermath.ts';
import { findProcess, halfWritten, lingering, workFolders } from './leftovers.ts';
import { expectFailure, expectSuccess } from './outcome.ts';
import { killGroup, run, start, type Ran, type Running } from './program.ts';
import { emptyCache, helloProject, linkedCache, type Project } from './project.ts';
import { seeded } from './random.ts';
import { sendPart, withRegistry } from './registry.ts';
import { slice, sampled } from './suite.ts';
import { recorded, rounds } from './transcript.ts';
import { filesBelow, readTree, type Tree } from './tree.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
const fakeOf = (version: string): readonly string[] => ['dist', '--fake', '--set-version', version];
const after = (delay: number): string => `after ${delay} ms`;
const real = ['dist', '--target', 'linux-x64'];

/** Handlers are in place once the program has said anything; before that, and after all is done, others ends are fine. */
function expectInterrupted(project: Project, ran: Ran, signal: NodeJS.Signals): void {
  if (ran.code === 0) return;
  if (ran.signal === null) expectFailure(ran, { code: 'INTERRUPTED' });
  else expect({ signal: ran.signal, said: signal === 'SIGKILL' ? '' : ran.stderr }).toEqual({ signal, said: '' });
  if (signal === 'SIGKILL') return;
  expect(workFolders(project)).toEqual([]);
  expect(halfWritten(project)).toEqual([]);
}

/** A signal that came when all was done was met by nobody. */
function metBy({ code }: Ran): 'missed' | undefined {
  return code === 0 ? 'missed' : undefined;
}

describe('an upgrade of stand-ins for all targets', () => {
  const clean = new Map<string, Tree>();
  let lines: readonly string[];

  beforeAll(async () => {
    for (const version of ['1.0.0', '1.1.0']) {
      const project = helloProject({ cache: emptyCache });
      const seen: string[] = [];
      await run(project, fakeOf(version), { onLine: (line) => seen.push(line) });
      clean.set(version, readTree(project.dist));
      lines = seen;
    }
  });

  test.each(signals)('%s at any line of its progress', (signal) => recorded(async () => {
    const turn = [...lines.keys()].filter((at) => at % signals.length === signals.indexOf(signal)); // each line once
    await rounds(sampled(turn, 2), (at) => `line ${at + 1}: ${lines[at]}`, async (at) => {
      const project = helloProject({ cache: emptyCache });
      expectSuccess(await run(project, fakeOf('1.0.0')));
      let seen = 0;
      const onLine = (_: string, running: Running): void => void (seen++ === at && running.kill(signal));
      const ran = await run(project, fakeOf('1.1.0'), { onLine });
      expectInterrupted(project, ran, signal);
      await expectRecovery(project, { args: fakeOf('1.1.0'), clean: clean.get('1.1.0') as Tree, before: clean.get('1.0.0') as Tree });
      return metBy(ran);
    });
  })());

  test('Ctrl-C in a terminal, which reaches the launcher, too', recorded(async () => {
    await rounds(seeded().moments(slice ? 4 : 15, 500), after, async (delay) => {
      const project = helloProject({ cache: emptyCache });
      const running = start(project, fakeOf('1.0.0'), { node: 'node' });
      await wait(delay);
      killGroup(running.child, 'SIGINT');
      const ran = await running.ended;
      if (ran.code !== 0 && ran.signal === null && ran.stderr !== '') expect(ran.stderr).toContain('[INTERRUPTED]');
      expect(workFolders(project)).toEqual([]);
      await expectRecovery(project, { args: fakeOf('1.0.0'), clean: clean.get('1.0.0') as Tree });
      return metBy(ran);
    });
  }));

  test('a killed run whose process id another program has now is swept', recorded(async () => {
    const project = helloProject({ cache: emptyCache });
    const other = await startAs((pid) => mkdirSync(join(project.dist, `.work-${pid}-1-deadbeef/linux-x64`), { recursive: true }));
    try {
      await expectRecovery(project, { args: fakeOf('1.0.0'), clean: clean.get('1.0.0') as Tree });
    } finally {
      other.kill();
    }
  }));

  test('an impatient Ctrl-C, several times in a row', recorded(async () => {
    await rounds(seeded().moments(slice ? 2 : 10, 500), after, async (delay) => {
      const project = helloProject({ cache: emptyCache });
      const running = start(project, fakeOf('1.0.0'));
      await wait(delay);
      for (let times = 0; times < 5; times += 1) running.kill('SIGINT');
      const ran = await running.ended;
      expectInterrupted(project, ran, 'SIGINT');
      await expectRecovery(project, { args: fakeOf('1.0.0'), clean: clean.get('1.0.0') as Tree });
      return metBy(ran);
    });
  }));
});

describe('a real executable', () => {
  let project: Project;
  let clean: Tree;
  /** Of an undisturbed run with an empty block cache: milliseconds, and bytes that went through the compressor. */
  let duration: number;
  let deflated: number;

  beforeAll(async () => {
    project = helloProject({ cache: linkedCache });
    const began = Date.now();
    deflated = deflatedBytes(await run(project, [...real, '--json']));
    duration = Date.now() - began;
    clean = readTree(project.dist);
  });

  /** From the start, except for the runtime. */
  const forget = (): void => {
    rmSync(project.dist, { recursive: true, force: true });
    rmSync(join(project.cache, 'blocks'), { recursive: true, force: true });
    rmSync(join(project.cache, 'stamps'), { recursive: true, force: true });
  };

  const expectContinued = async (): Promise<void> => {
    const blocks = filesBelow(join(project.cache, 'blocks')).filter((path) => !path.endsWith('.tmp')).length;
    const again = await expectRecovery(project, { args: [...real, '--json'], clean, patience: 10_000 });
    expect(deflatedBytes(again)).toBeLessThanOrEqual(deflated - Math.max(0, blocks - 1) * 2 ** 20); // the last block is shorter
  };

  test.each(signals)('%s at random moments; compressed blocks are not made twice', (signal) => recorded(async () => {
    await rounds(seeded().moments(slice ? 1 : 4, duration), after, async (delay) => {
      forget();
      const running = start(project, real);
      await wait(delay);
      running.kill(signal);
      const ran = await running.ended;
      expectInterrupted(project, ran, signal);
      if (signal !== 'SIGKILL') expect(await lingering(project, 1000)).toEqual([]);
      await expectContinued();
      return metBy(ran);
    });
  })());

  test('the compiling process is killed, as by a system out of memory', recorded(async () => {
    await rounds(seeded().moments(slice ? 1 : 4, 400), after, async (delay) => {
      forget();
      const running = start(project, real);
      const worker = await findProcess(project, '__compile');
      await wait(delay);
      const met = kill(worker);
      const ran = await running.ended;
      if (met) expectFailure(ran, { code: 'COMPILE_FAILED', says: ['linux-x64', 'SIGKILL'] });
      expect(workFolders(project)).toEqual([]);
      await expectContinued();
      return met ? undefined : 'missed';
    });
  }));

  test('a run is killed while it compiles: the compiling process notices, and leaves nothing', recorded(async () => {
    await rounds(seeded().moments(slice ? 1 : 4, 400), after, async (delay) => {
      forget();
      const running = start(project, real);
      await findProcess(project, '__compile');
      await wait(delay);
      running.kill('SIGKILL');
      await running.ended;
      expect(await lingering(project, 20_000)).toEqual([]);
      expect(workFolders(project)).toEqual([]);
      await expectContinued();
    });
  }));

  test.each(['SIGINT', 'SIGTERM'] as const)('%s while a signing hook waits; the hook ends, too', (signal) => recorded(async () => {
    const script = 'touch hook-started; sleep 1000 & wait';
    const waiting = helloProject({ cache: linkedCache, files: { 'slipway.config.json': JSON.stringify({ build: { sign: ['sh', '-c', script] } }) } });
    const running = start(waiting, real);
    while (!existsSync(join(waiting.root, 'hook-started'))) await wait(20);
    running.kill(signal);
    expectFailure(await running.ended, { code: 'INTERRUPTED' });
    expect(await lingering(waiting, 1000)).toEqual([]);
    expect(workFolders(waiting)).toEqual([]);
    expect(filesBelow(waiting.dist)).toEqual([]);
  })());

  test.each(signals)('%s while the runtime is downloaded', (signal) => recorded(async () => {
    const fresh = helloProject({ cache: emptyCache });
    const stall = sendPart(new Uint8Array(50e6), 1e6, () => undefined);
    await withRegistry(stall, async ({ url, requests }) => {
      for (let round = 0; round < 2; round += 1) {
        const running = start(fresh, real, { env: { npm_config_registry: url } });
        while (requests.length <= round) await wait(20);
        await wait(200);
        running.kill(signal);
        expectInterrupted(fresh, await running.ended, signal);
      }
      const another = await run(fresh, ['dist', '--fake', '--target', 'linux-x64']);
      expectSuccess(another);
      expect(halfWritten(fresh)).toEqual([]);
    });
  })());
});

/** What `--json` says at the end. */
function deflatedBytes({ stdout }: Ran): number {
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { readonly deflatedBytes: number };
  return last.deflatedBytes;
}

/** Whether it was still there. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Start a program under a process id that `before` is told beforehand. */
async function startAs(before: (pid: number) => void): Promise<ChildProcess> {
  const last = '/proc/sys/kernel/ns_last_pid';
  for (let tries = 0; tries < 20; tries += 1) {
    const pid = Number(readFileSync(last, 'utf8')) + 500;
    before(pid);
    await wait(1500); // so that the program begins clearly later
    writeFileSync(last, String(pid - 1));
    const child = spawn('sleep', ['600']);
    if (child.pid === pid) return child;
    child.kill(); // another program was faster
  }
  throw new Error('no process could be started under a chosen id');
}
