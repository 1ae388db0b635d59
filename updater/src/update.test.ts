/** Installations on a machine in memory, updated from a signed repository: each test is a story. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { SlipwayError, type Candidate, type Component, type UpdateDescriptor } from '@slipway/core';
import { memoryMachine, mockRepository, type MemoryMachine, type MockRepository } from '@slipway/testkit';
import { adopt } from './adopt.ts';
import { diagnose, type Finding, type Surroundings } from './doctor.ts';
import { layoutOf, recordFile, versionFolder } from './layout.ts';
import { repair, repairFiles } from './repair.ts';
import { rollback, type RolledBack } from './rollback.ts';
import { readState, writeState } from './state/state-file.ts';
import type { State } from './state/state.ts';
import { settle } from './trial/settle.ts';
import { readStart, StartLetters, writeStart, type Letter } from './trial/start-file.ts';
import { update, type Updated, type UpdateProgress } from './update.ts';

const url = 'https://tool.example/';
const layout = layoutOf('/home/me/tool');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let machine: MemoryMachine;
let repo: MockRepository;
let descriptor: UpdateDescriptor;
let releases: Record<string, Candidate>;
let progress: string[];

const shared = 'templates that never change';
const programOf = (version: string): string => `#!prog ${version}`;

/** A release with a program, a second name, and a file in a folder that is the same in all of them. */
function release(version: string, facts: Partial<{ dataVersion: number; program: string }> = {}): Candidate {
  const components: Component[] = [
    repo.file('tool', bytes(facts.program ?? programOf(version))),
    { kind: 'link', path: 'toold', to: 'tool' },
    repo.file('share/templates/a.txt', bytes(shared), 0o644),
  ];
  const candidate = repo.release({ version, components, dataVersion: facts.dataVersion ?? 0 });
  releases[version] = candidate;
  return candidate;
}

function publish(...candidates: Candidate[]): void {
  repo.channel({ candidates });
  repo.publish();
  serve();
}

function serve(): void {
  machine.served.clear();
  for (const [path, content] of repo.files) machine.served.set(url + path, content);
}

beforeEach(async () => {
  machine = memoryMachine();
  machine.running.set(machine.pid, '/usr/bin/updater');
  repo = mockRepository({ product: 'tool', date: Math.floor(machine.now / 1000) });
  releases = {};
  progress = [];
  descriptor = { product: 'tool', version: '1.0.0', target: 'linux-x64', names: ['tool', 'toold'], url, channel: 'stable', root: repo.root, topLevel: true, dataVersion: 0 };
  machine.run = (executable, _, { env }) => {
    const version = executable.split('/').at(-2);
    return { code: 0, signal: undefined, stdout: `${JSON.stringify({ probe: env?.['SLIPWAY_PROBE'], product: 'tool', version, target: 'linux-x64' })}\n`, stderr: '', timedOut: false };
  };
  for (const folder of ['/home', '/home/me', layout.root, layout.versions]) makeFolder(folder);
  layDown('1.0.0', release('1.0.0'));
  await adopt(machine.ports, layout, descriptor);
});

function makeFolder(path: string): void {
  machine.ports.fs.makeFolder(path, 0o755);
  machine.ports.fs.syncFolder(path.slice(0, path.lastIndexOf('/')) || '/');
}

/** What an installer does. */
function layDown(version: string, candidate: Candidate): void {
  const folder = versionFolder(layout, version);
  makeFolder(folder);
  makeFolder(`${folder}/share`);
  makeFolder(`${folder}/share/templates`);
  put(`${folder}/tool`, programOf(version), 0o755);
  put(`${folder}/share/templates/a.txt`, shared);
  machine.ports.fs.symlink('tool', `${folder}/toold`);
  put(recordFile(folder), repo.files.get(`records/${candidate.record.sha256}.json`) as Uint8Array);
  for (const name of [folder, `${folder}/share`, `${folder}/share/templates`]) machine.ports.fs.syncFolder(name);
}

function put(path: string, content: string | Uint8Array, mode = 0o644): void {
  if (machine.ports.fs.stat(path) !== undefined) machine.ports.fs.unlink(path);
  const file = machine.ports.fs.create(path, mode);
  file.write(typeof content === 'string' ? bytes(content) : content, 0);
  file.sync();
  file.close();
}

const text = (path: string): string => String.fromCharCode(...(machine.ports.fs.read(path, 10_000) ?? []));
const state = (): State => {
  const read = readState(machine.ports.fs, layout);
  if (read.kind !== 'state') throw new Error(read.kind);
  return read.state;
};
const current = (): string | undefined => machine.ports.fs.readLink(layout.current);
const ref = (version: string): { version: string; record: string } => ({ version, record: releases[version]?.record.sha256 ?? '' });

function runUpdate(request: { version?: string; explicit?: boolean; checkOnly?: boolean } = {}): Promise<Updated> {
  const { version, explicit = true, checkOnly = false } = request;
  return update(machine.ports, layout, descriptor, {
    explicit, checkOnly, ...(version === undefined ? {} : { version }),
    report: (event: UpdateProgress) => { if (progress.at(-1) !== event.step) progress.push(event.step); },
  });
}

/** A start on trial that ended so; the next one settles it. */
function trialStart(...letters: Letter[]): void {
  const { version, record } = state().trial ?? ref('');
  writeStart(machine.ports, layout, { id: String(machine.now++), version, record, process: { pid: 1, started: 'gone' } });
  const writer = new StartLetters(machine.ports.fs.open(layout.trial, 'write'), readStart(machine.ports.fs, layout)?.size ?? 0);
  letters.forEach((letter) => writer.add(letter));
  settle(machine.ports, layout, state());
}

async function updateTo(version: string): Promise<void> {
  publish(release(version));
  await runUpdate();
  trialStart('L', 'A');
}

describe('an update', () => {
  test('stages the new version beside the confirmed one and puts it on trial', async () => {
    publish(release('2.0.0'));
    expect(await runUpdate()).toMatchObject({ outcome: 'onTrial', from: '1.0.0', already: false, why: 'update', release: { version: '2.0.0' } });
    expect(progress).toEqual(['check', 'fetch', 'stage', 'probe']);
    expect(state()).toMatchObject({ confirmed: ref('1.0.0'), trial: { ...ref('2.0.0'), deaths: 0 } });
    const folder = versionFolder(layout, '2.0.0');
    expect([text(`${folder}/tool`), text(`${folder}/toold`), text(`${folder}/share/templates/a.txt`)]).toEqual([programOf('2.0.0'), programOf('2.0.0'), shared]);
    expect([machine.ports.fs.stat(`${folder}/tool`)?.mode, machine.ports.fs.stat(`${folder}/share/templates/a.txt`)?.mode, current()]).toEqual([0o755, 0o644, 'versions/1.0.0']);
  });

  test('is durable when it says so, and leaves no temporary files', async () => {
    publish(release('2.0.0'));
    await runUpdate();
    expect([machine.ports.fs.list(layout.staging), machine.ports.fs.list(layout.downloads)]).toEqual([[], []]);
    expect(machine.ports.fs.list(layout.root)).toEqual(['current', 'downloads', 'staging', 'state', 'trust', 'versions']);
    machine.crash('nothing');
    expect([state().trial?.version, text(`${versionFolder(layout, '2.0.0')}/tool`)]).toEqual(['2.0.0', programOf('2.0.0')]);
  });

  test('fetches only what no installed version has', async () => {
    publish(release('2.0.0'));
    const unchanged = [...repo.files.keys()].filter((path) => path.startsWith('payloads/'));
    const asked: string[] = [];
    const { get } = machine.ports.http;
    const ports = { ...machine.ports, http: { get: (address: string, headers?: Readonly<Record<string, string>>) => (asked.push(address.slice(url.length)), get(address, headers)) } };
    await update(ports, layout, descriptor, { explicit: true, checkOnly: false, report: () => undefined });
    expect([asked.filter((path) => path.startsWith('payloads/')).length, unchanged.length]).toEqual([1, 3]);
  });

  test('fetches what an installed version should have and has not', async () => {
    put(`${versionFolder(layout, '1.0.0')}/share/templates/a.txt`, 'x'.repeat(shared.length));
    publish(release('2.0.0'));
    expect(await runUpdate()).toMatchObject({ outcome: 'onTrial' });
    expect(text(`${versionFolder(layout, '2.0.0')}/share/templates/a.txt`)).toBe(shared);
  });

  test('that is asked for once more changes nothing', async () => {
    publish(release('2.0.0'));
    await runUpdate();
    trialStart('D');
    expect(await runUpdate()).toMatchObject({ outcome: 'onTrial', already: true });
    expect(state().trial?.deaths).toBe(1);
  });

  test('that is only asked for stages nothing', async () => {
    publish(release('2.0.0'));
    expect(await runUpdate({ checkOnly: true })).toMatchObject({ outcome: 'available', release: { version: '2.0.0' } });
    expect([machine.ports.fs.list(layout.versions), state().trial]).toEqual([['1.0.0'], undefined]);
  });

  test('remembers the largest signed numbers, whatever comes of it', async () => {
    publish(release('1.0.0'));
    expect(await runUpdate()).toEqual({ outcome: 'upToDate', withdrawn: false });
    expect(state().floors).toMatchObject({ root: 1, timestamp: repo.versions['timestamp'], snapshot: repo.versions['snapshot'] });
  });

  test('whose payload unpacks to other bytes than were signed installs nothing', async () => {
    const lying = repo.file('tool', bytes('what was packed'));
    const candidate = repo.release({ version: '2.0.0', components: [{ ...lying, sha256: 'f'.repeat(64) }] });
    publish(candidate);
    await expect(runUpdate()).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
    expect([machine.ports.fs.list(layout.versions), machine.ports.fs.list(layout.staging), machine.ports.fs.list(layout.downloads)]).toEqual([['1.0.0'], [], []]);
  });

  test('with too little space says how much it needs', async () => {
    publish(release('2.0.0'));
    machine.files.free = 10_000;
    await expect(runUpdate()).rejects.toMatchObject({ code: 'DISK_FULL', message: expect.stringMatching(/needs 17 MiB .*, 0 MiB are free/) });
    expect(machine.ports.fs.list(layout.versions)).toEqual(['1.0.0']);
  });

  test('of data that is newer than the chosen version understands is refused', async () => {
    publish(release('2.0.0', { dataVersion: 2 }));
    await runUpdate();
    trialStart('A');
    publish(releases['2.0.0'] as Candidate, release('1.5.0'));
    await expect(runUpdate({ version: '1.5.0' })).rejects.toMatchObject({ code: 'DATA_TOO_NEW' });
  });

  test('replaces a version of the same number that nobody uses, and refuses to replace one that is confirmed', async () => {
    publish(release('2.0.0', { program: '#!first' }));
    await runUpdate();
    publish(release('2.0.0', { program: '#!second' }));
    expect(await runUpdate()).toMatchObject({ outcome: 'onTrial', already: false });
    expect(text(`${versionFolder(layout, '2.0.0')}/tool`)).toBe('#!second');
    trialStart('A');
    publish(release('2.0.0', { program: '#!third' }), release('3.0.0'));
    expect(await runUpdate({ version: '3.0.0' })).toMatchObject({ outcome: 'onTrial' });
    trialStart('A');
    await expect(runUpdate({ version: '2.0.0' })).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(text(`${versionFolder(layout, '2.0.0')}/tool`)).toBe('#!second');
  });

  test('replaces single damaged files of a version that is there', async () => {
    publish(release('2.0.0'));
    await runUpdate();
    put(`${versionFolder(layout, '2.0.0')}/tool`, 'garbage', 0o755);
    writeState(machine.ports, layout, (({ trial: _, ...rest }) => rest)(state()));
    expect(await runUpdate()).toMatchObject({ outcome: 'onTrial' });
    expect(text(`${versionFolder(layout, '2.0.0')}/tool`)).toBe(programOf('2.0.0'));
  });
});

describe('a candidate that cannot be started', () => {
  const failures: readonly (readonly [string, Partial<ReturnType<MemoryMachine['run']>>, string])[] = [
    ['library', { code: 127, stderr: 'tool: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory\n' }, 'needs libfoo.so.1, which is not on this machine'],
    ['library', { code: 127, stderr: 'Error loading shared library libbar.so: No such file or directory (needed by /x/tool)\n' }, 'needs libbar.so, which is not on this machine'],
    ['signal', { code: undefined, signal: 'SIGILL' }, 'was ended by SIGILL when it was started'],
    ['exit', { code: 3, stderr: 'line\n\x1b[31mbroken\n' }, 'ended with exit code 3 when it was started: ?[31mbroken'],
    ['timeout', { code: undefined, signal: 'SIGTERM', timedOut: true }, 'did not answer within 30 seconds'],
    ['answer', { stdout: 'Usage: tool [options]\n' }, 'did not answer when it was asked who it is'],
  ];

  test.each(failures)('(%s) is refused, set aside, and not offered again by itself', async (cause, result, reason) => {
    publish(release('2.0.0'));
    const answers = machine.run;
    machine.run = (...args) => ({ ...answers(...args), stdout: '', ...result });
    expect(await runUpdate({ explicit: false })).toMatchObject({ outcome: 'refused', probe: { cause, reason } });
    expect(state()).toMatchObject({ confirmed: ref('1.0.0'), setAside: [{ ...ref('2.0.0'), reason }] });
    expect([state().trial, current()]).toEqual([undefined, 'versions/1.0.0']);
    expect(await runUpdate({ explicit: false })).toMatchObject({ outcome: 'held', why: 'setAside' });
    machine.run = answers;
    expect(await runUpdate()).toMatchObject({ outcome: 'onTrial' });
    expect(state().setAside).toEqual([]);
  });

  test('that says it is another version is refused', async () => {
    publish(release('2.0.0'));
    const answers = machine.run;
    machine.run = (executable, ...rest) => answers(executable.replace('2.0.0', '2.0.1'), ...rest);
    expect(await runUpdate()).toMatchObject({ outcome: 'refused', probe: { reason: 'says that its version is "2.0.1" instead of "2.0.0"' } });
  });

  const system = (code: string): Error => new SlipwayError('IO_FAILED', 'could not be started', { cause: Object.assign(new Error(code), { code }) });

  test('because the file system forbids it is not blamed', async () => {
    publish(release('2.0.0'));
    machine.run = () => { throw system('EACCES'); };
    await expect(runUpdate()).rejects.toMatchObject({ code: 'INSTALL_NOEXEC' });
    expect(state()).toMatchObject({ setAside: [] });
  });

  test.each([['ENOEXEC', 'is no program for this machine'], ['ENOENT', 'needs a loader that is not on this machine']])('(%s) is refused', async (code, reason) => {
    publish(release('2.0.0'));
    machine.run = () => { throw system(code); };
    expect(await runUpdate()).toMatchObject({ outcome: 'refused', probe: { cause: 'start', reason } });
  });
});

describe('who may change an installation', () => {
  test('nobody while somebody else does', async () => {
    const lock = machine.ports.lock.tryLock(layout.lock);
    for (const attempt of [runUpdate(), rollback(machine.ports, layout), adopt(machine.ports, layout, descriptor)]) {
      await expect(attempt).rejects.toMatchObject({ code: 'LOCKED', exitCode: 75 });
    }
    lock?.release();
    publish(releases['1.0.0'] as Candidate);
    expect(await runUpdate()).toMatchObject({ outcome: 'upToDate' });
  });

  test('no other user, not even one with all privileges', async () => {
    const root = { ...machine.ports, processes: { ...machine.ports.processes, uid: () => 0 } };
    const before = machine.files.paths();
    await expect(update(root, layout, descriptor, { explicit: true, checkOnly: false, report: () => undefined })).rejects.toMatchObject({ code: 'ROOT_NOT_OWNED', message: expect.stringContaining('belongs to user 1000, and this is user 0') });
    expect(machine.files.paths()).toEqual(before);
  });

  const privileged = (odd: Readonly<Record<string, { mode?: number; uid?: number }>>): MemoryMachine['ports'] => ({
    ...machine.ports,
    fs: { ...machine.ports.fs, stat: (path) => { const found = machine.ports.fs.stat(path); return found && { ...found, uid: 0, ...odd[path] }; } },
    processes: { ...machine.ports.processes, uid: () => 0 },
  });

  test.each([
    ['a folder on the way that all can write to', { '/home': { mode: 0o777 } }, '/home can be written by other users'],
    ['a folder on the way that belongs to somebody', { '/home/me': { uid: 1000 } }, '/home/me belongs to user 1000'],
    ['versions that a group can write to', { '/home/me/tool/versions': { mode: 0o775 } }, '/home/me/tool/versions can be written by other users'],
  ])('nobody with all privileges through %s', async (_, odd, message) => {
    await expect(rollback(privileged(odd), layout)).rejects.toMatchObject({ code: 'ROOT_UNSAFE', message });
  });

  test('somebody with all privileges through folders that are safe', async () => {
    await expect(rollback(privileged({ '/home': { mode: 0o1777 } }), layout)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
  });

  test('nobody where nothing is installed', async () => {
    await expect(rollback(machine.ports, layoutOf('/home/me/other'))).rejects.toMatchObject({ code: 'NOT_INSTALLED' });
  });
});

describe('a rollback', () => {
  const back = (version?: string): Promise<RolledBack> => rollback(machine.ports, layout, version);

  test('needs no server, goes to the version before, and what was left is not offered again by itself', async () => {
    await updateTo('2.0.0');
    expect(current()).toBe('versions/2.0.0');
    machine.served.clear();
    expect(await back()).toEqual({ kind: 'switched', from: '2.0.0', to: '1.0.0', revoked: false });
    machine.crash('nothing');
    machine.running.set(machine.pid, '/usr/bin/updater');
    expect([current(), state().confirmed, state().previous]).toEqual(['versions/1.0.0', ref('1.0.0'), ref('2.0.0')]);
    serve();
    expect(await runUpdate({ explicit: false })).toMatchObject({ outcome: 'held', why: 'setAside', version: '2.0.0' });
    await expect(back()).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK', hint: expect.stringContaining('rollback 2.0.0') });
    expect(await back('2.0.0')).toMatchObject({ kind: 'switched', to: '2.0.0' });
    expect([current(), state().setAside]).toEqual(['versions/2.0.0', [expect.objectContaining(ref('1.0.0'))]]);
  });

  test('of the first version has nowhere to go', async () => {
    await expect(back()).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
  });

  test('during a trial ends it, and the confirmed version stays', async () => {
    await updateTo('2.0.0');
    publish(release('3.0.0'));
    await runUpdate();
    expect(await back()).toEqual({ kind: 'trial ended', version: '3.0.0', confirmed: '2.0.0' });
    expect(state()).toMatchObject({ confirmed: ref('2.0.0'), setAside: [ref('3.0.0')] });
    expect([state().trial, current()]).toEqual([undefined, 'versions/2.0.0']);
  });

  test('to a chosen version says when that one was revoked, without asking the server again', async () => {
    await updateTo('2.0.0');
    repo.channel({ candidates: [releases['2.0.0'] as Candidate], revoked: ['0.1.0', '1.0.0'] });
    repo.publish();
    serve();
    expect(await runUpdate()).toMatchObject({ outcome: 'upToDate' });
    expect(state().revoked).toEqual(['1.0.0']);
    machine.served.clear();
    expect(await back('1.0.0')).toMatchObject({ to: '1.0.0', revoked: true });
    expect(await back('1.0.0')).toEqual({ kind: 'already there', version: '1.0.0' });
  });

  test('to a version that is not installed, or has never lived, is refused', async () => {
    publish(release('2.0.0'));
    await runUpdate();
    for (const version of ['0.9.0', '2.0.0']) await expect(back(version)).rejects.toMatchObject({ code: 'VERSION_NOT_INSTALLED' });
    for (let count = 0; count < 3; count += 1) trialStart('D');
    await expect(back('2.0.0')).rejects.toMatchObject({ code: 'VERSION_NOT_INSTALLED', message: expect.stringContaining('there is no other') });
  });

  test('to a damaged version is refused, and names the file', async () => {
    await updateTo('2.0.0');
    put(`${versionFolder(layout, '1.0.0')}/tool`, 'garbage', 0o755);
    await expect(back()).rejects.toMatchObject({ code: 'INSTALL_DAMAGED', message: expect.stringContaining('tool has 7 bytes instead of 12') });
    expect(current()).toBe('versions/2.0.0');
  });

  test('to a version that does not understand the data is refused', async () => {
    publish(release('2.0.0', { dataVersion: 1 }));
    await runUpdate();
    trialStart('A');
    await expect(back()).rejects.toMatchObject({ code: 'DATA_TOO_NEW' });
  });
});

describe('old versions', () => {
  test('go when they are neither confirmed, nor the way back, nor in use', async () => {
    await updateTo('2.0.0');
    machine.running.set(4711, `${versionFolder(layout, '1.0.0')}/tool`);
    await updateTo('3.0.0');
    expect(machine.ports.fs.list(layout.versions)).toEqual(['1.0.0', '2.0.0', '3.0.0']);
    await updateTo('4.0.0');
    expect(machine.ports.fs.list(layout.versions)).toEqual(['1.0.0', '2.0.0', '3.0.0', '4.0.0']);
    machine.running.delete(4711);
    await updateTo('5.0.0');
    expect(machine.ports.fs.list(layout.versions)).toEqual(['3.0.0', '4.0.0', '5.0.0']);
  });
});

describe('an installer', () => {
  test('that lays down another version makes it the confirmed one, and keeps what the installation knows', async () => {
    const { installId } = state();
    layDown('2.0.0', release('2.0.0'));
    await adopt(machine.ports, layout, { ...descriptor, version: '2.0.0' });
    expect(state()).toMatchObject({ installId, confirmed: ref('2.0.0'), previous: ref('1.0.0') });
    expect(current()).toBe('versions/2.0.0');
  });

  test('that lays down other files than the record says is refused', async () => {
    layDown('2.0.0', release('2.0.0'));
    put(`${versionFolder(layout, '2.0.0')}/tool`, 'cut sh', 0o755);
    await expect(adopt(machine.ports, layout, { ...descriptor, version: '2.0.0' })).rejects.toMatchObject({ code: 'INSTALL_DAMAGED' });
    await expect(adopt(machine.ports, layout, { ...descriptor, product: 'other' })).rejects.toMatchObject({ code: 'INSTALL_DAMAGED' });
    expect(state().confirmed).toEqual(ref('1.0.0'));
  });
});

describe('the doctor', () => {
  const surroundings: Surroundings = { binFolder: '/home/me/.local/bin', names: ['tool', 'toold'], searchPath: ['/usr/bin', '/home/me/.local/bin'] };
  const findings = (): readonly Finding[] => diagnose(machine.ports, layout, '1.0.0', surroundings);
  const wrong = (): readonly string[] => findings().filter(({ ok }) => !ok).map(({ check, message }) => `${check}: ${message}`);
  const heal = (): ReturnType<typeof repair> => repair(machine.ports, layout, descriptor, findings());

  beforeEach(() => {
    for (const folder of ['/home/me/.local', '/home/me/.local/bin', '/usr', '/usr/bin']) makeFolder(folder);
    for (const name of ['tool', 'toold']) machine.ports.fs.symlink(`${layout.current}/${name}`, `/home/me/.local/bin/${name}`);
  });

  test('finds nothing wrong with what is right', async () => {
    await updateTo('2.0.0');
    expect(findings().map(({ check, ok, message }) => `${check} ${ok} ${message}`)).toEqual([
      'state true version 2.0.0 is confirmed',
      'current true /home/me/tool/current points to version 2.0.0',
      'files true all 3 files of version 2.0.0 are as they were signed',
      'files true all 3 files of version 1.0.0 are as they were signed',
      'leftovers true no interrupted run has left anything',
      'link true /home/me/.local/bin/tool runs the current version',
      'path true tool is found in /home/me/.local/bin',
      'link true /home/me/.local/bin/toold runs the current version',
      'path true toold is found in /home/me/.local/bin',
    ]);
  });

  const harms: readonly (readonly [string, () => void, string])[] = [
    ['the state is damaged', () => put(layout.state, 'x'.repeat(16_384)), 'state: /home/me/tool/state cannot be read'],
    ['the state is gone', () => machine.ports.fs.unlink(layout.state), 'state: /home/me/tool/state is missing'],
    ['current is gone', () => machine.ports.fs.unlink(layout.current), 'current: /home/me/tool/current is no link instead of versions/1.0.0'],
    ['a link is gone', () => machine.ports.fs.unlink('/home/me/.local/bin/toold'), 'link: /home/me/.local/bin/toold is missing instead of being a link to /home/me/tool/current/toold'],
    ['a run was interrupted', () => { makeFolder(layout.staging); makeFolder(`${layout.staging}/x`); put(`${layout.staging}/x/y`, 'z'); }, 'leftovers: interrupted runs have left /home/me/tool/staging/x'],
  ];
  test.each(harms)('repairs it when %s', async (_, harm, message) => {
    harm();
    expect(wrong()).toEqual([message]);
    expect(await heal()).toEqual([]);
    expect(wrong()).toEqual([]);
  });

  const damages: readonly (readonly [string, () => void])[] = [
    ['has other contents', () => put(`${versionFolder(layout, '1.0.0')}/tool`, 'x'.repeat(12), 0o755)],
    ['has another mode', () => put(`${versionFolder(layout, '1.0.0')}/tool`, programOf('1.0.0'), 0o644)],
    ['is missing', () => machine.ports.fs.unlink(`${versionFolder(layout, '1.0.0')}/share/templates/a.txt`)],
    ['is a folder', () => { machine.ports.fs.unlink(`${versionFolder(layout, '1.0.0')}/toold`); makeFolder(`${versionFolder(layout, '1.0.0')}/toold`); }],
    ['is the record itself', () => put(recordFile(versionFolder(layout, '1.0.0')), '{}')],
  ];
  test.each(damages)('fetches exactly what is damaged when a file %s', async (_, harm) => {
    publish(releases['1.0.0'] as Candidate);
    harm();
    const [left] = await heal();
    if (left?.kind !== 'fetch') throw new Error(left?.kind);
    expect([left.version, left.paths.length]).toEqual([ref('1.0.0'), 1]);
    expect(await repairFiles(machine.ports, layout, url, left.version, () => undefined)).toEqual(left.paths);
    expect(wrong()).toEqual([]);
  });

  test('says what only a person can do', () => {
    put('/usr/bin/tool', 'another');
    machine.ports.fs.unlink('/home/me/.local/bin/toold');
    put('/home/me/.local/bin/toold', 'a file');
    expect(findings().filter(({ repair }) => repair?.kind === 'by hand').map(({ message }) => message)).toEqual([
      '/usr/bin/tool comes before /home/me/.local/bin/tool in PATH',
      '/home/me/.local/bin/toold is a file instead of being a link to /home/me/tool/current/toold',
    ]);
    expect(diagnose(machine.ports, layout, '1.0.0', { ...surroundings, searchPath: ['/usr/bin'] }).some(({ message }) => message === '/home/me/.local/bin is not in PATH')).toBe(true);
  });
});
