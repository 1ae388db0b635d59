/** The same update with the machine's own files, locks, processes and gzip: only the server is in memory. */
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Candidate, UpdateDescriptor, UpdaterPorts } from '@slipway/core';
import { updaterPorts } from '@slipway/platform';
import { memoryMachine, mockRepository, type MockRepository } from '@slipway/testkit';
import { adopt } from './adopt.ts';
import { layoutOf, versionFolder, type Layout } from './layout.ts';
import { readState } from './state/state-file.ts';
import { update, type Updated } from './update.ts';

const url = 'https://tool.example/';
const sleeper = readFileSync('/bin/sleep');

let scratch: string;
let layout: Layout;
let repo: MockRepository;
let ports: UpdaterPorts;
let descriptor: UpdateDescriptor;

/** A program that answers a probe as its guard would. */
const script = (version: string): string => `#!/bin/sh
[ -n "$SLIPWAY_PROBE" ] && printf '{"probe":"%s","product":"tool","version":"${version}","target":"linux-x64"}\\n' "$SLIPWAY_PROBE" && exit 0
echo ${version}
`;

function release(version: string, program: string | Buffer): Candidate {
  return repo.release({ version, components: [repo.file('tool', Buffer.from(program)), { kind: 'link', path: 'toold', to: 'tool' }, repo.file('lib/helper', sleeper)] });
}

function publish(...candidates: Candidate[]): void {
  const machine = memoryMachine();
  repo.channel({ candidates });
  repo.publish();
  for (const [path, bytes] of repo.files) machine.served.set(url + path, bytes);
  ports = { ...updaterPorts(), http: machine.ports.http };
}

const run = (): Promise<Updated> => update(ports, layout, descriptor, { explicit: false, checkOnly: false, report: () => undefined });

beforeEach(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-update-')));
  layout = layoutOf(`${scratch}/tool`);
  repo = mockRepository({ product: 'tool', date: Math.floor(Date.now() / 1000) });
  descriptor = { product: 'tool', version: '1.0.0', target: 'linux-x64', names: ['tool', 'toold'], url, channel: 'stable', root: repo.root, topLevel: true, dataVersion: 0 };
  const first = release('1.0.0', script('1.0.0'));
  const folder = versionFolder(layout, '1.0.0');
  mkdirSync(`${folder}/lib`, { recursive: true });
  writeFileSync(`${folder}/tool`, script('1.0.0'));
  copyFileSync('/bin/sleep', `${folder}/lib/helper`);
  chmodSync(`${folder}/tool`, 0o755);
  chmodSync(`${folder}/lib/helper`, 0o755);
  symlinkSync('tool', `${folder}/toold`);
  writeFileSync(`${folder}/.record.json`, repo.files.get(`records/${first.record.sha256}.json`) as Uint8Array);
  publish(first);
  await adopt(ports, layout, descriptor);
});
afterEach(() => rmSync(scratch, { recursive: true }));

const setAside = (): readonly string[] => {
  const read = readState(ports.fs, layout);
  return read.kind === 'state' ? read.state.setAside.map(({ version }) => version) : [];
};

test('an update links what has not changed, even while it runs, and unpacks the rest', async () => {
  const helper = `${versionFolder(layout, '1.0.0')}/lib/helper`;
  const running = spawn(helper, ['60'], { stdio: 'ignore' });
  try {
    await once(running, 'spawn');
    publish(release('2.0.0', script('2.0.0')));
    expect(await run()).toMatchObject({ outcome: 'onTrial', from: '1.0.0' });
  } finally {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  const folder = versionFolder(layout, '2.0.0');
  expect([statSync(`${folder}/lib/helper`).ino, statSync(`${folder}/tool`).mode & 0o777, readlinkSync(`${folder}/toold`)]).toEqual([statSync(helper).ino, 0o755, 'tool']);
  expect([readFileSync(`${folder}/tool`, 'utf8'), readlinkSync(layout.current), readdirSync(layout.staging), readdirSync(layout.downloads)]).toEqual([script('2.0.0'), 'versions/1.0.0', [], []]);
  expect([statSync(layout.staging).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o700, 0o755]);
});

test('a file that others share a name with is copied where its mode is another', async () => {
  chmodSync(`${versionFolder(layout, '1.0.0')}/lib/helper`, 0o700);
  linkSync(`${versionFolder(layout, '1.0.0')}/lib/helper`, `${scratch}/elsewhere`);
  publish(release('2.0.0', script('2.0.0')));
  expect(await run()).toMatchObject({ outcome: 'onTrial' });
  const found = statSync(`${versionFolder(layout, '2.0.0')}/lib/helper`);
  expect([found.mode & 0o777, found.nlink]).toEqual([0o755, 1]);
});

test('a version in use is kept until nobody runs from it', async () => {
  publish(release('2.0.0', script('2.0.0')));
  await run();
  const running = spawn(`${versionFolder(layout, '2.0.0')}/lib/helper`, ['60'], { stdio: 'ignore' });
  try {
    await once(running, 'spawn');
    publish(release('3.0.0', script('3.0.0')));
    await run();
    expect(readdirSync(layout.versions).sort()).toEqual(['1.0.0', '2.0.0', '3.0.0']);
  } finally {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  publish(release('4.0.0', script('4.0.0')));
  await run();
  expect(readdirSync(layout.versions).sort()).toEqual(['1.0.0', '4.0.0']);
});

describe('a candidate that cannot start on this machine', () => {
  test.each<[string, string | Buffer, string, string]>([
    // Bun gets the system's answer; Node lets a shell try what the system does not take, hence the tabs.
    ['is cut short', Buffer.from('\x7fELF'.padEnd(64, '\t')), 'start|exit', ''],
    ['is no program', 'neither script nor program', 'start', 'is no program for this machine'],
    ['needs a loader that is not there', '#!/nowhere/sh\n', 'start', 'needs a loader that is not on this machine'],
    ['is ended by an illegal instruction', '#!/bin/sh\nkill -ILL $$\n', 'signal', 'was ended by SIGILL when it was started'],
    ['ends with an error', '#!/bin/sh\necho "no such option" >&2\nexit 2\n', 'exit', 'ended with exit code 2 when it was started: no such option'],
    ['misses a library', '#!/bin/sh\necho "tool: error while loading shared libraries: libodd.so.3: cannot open shared object file" >&2\nexit 127\n', 'library', 'needs libodd.so.3, which is not on this machine'],
    ['knows nothing of probes', '#!/bin/sh\necho hello\n', 'answer', 'did not answer when it was asked who it is'],
  ])('because it %s is refused and set aside', async (_, program, cause, reason) => {
    publish(release('2.0.0', program));
    expect(await run()).toMatchObject({ outcome: 'refused', probe: { cause: expect.stringMatching(`^(${cause})$`), reason: expect.stringContaining(reason) } });
    expect([setAside(), readlinkSync(layout.current)]).toEqual([['2.0.0'], 'versions/1.0.0']);
    expect(await run()).toMatchObject({ outcome: 'held', why: 'setAside' });
  });
});

test('two updates at once are one update and one clear error', async () => {
  publish(release('2.0.0', script('2.0.0')));
  const results = await Promise.allSettled([run(), run()]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(results[1]).toMatchObject({ reason: { code: 'LOCKED', hint: 'Wait until the other one has ended, then run the command again.' } });
});
