/**
 * Whole starts of a program, played on a machine in memory: the guard decides, the candidate's own hooks note what
 * happens to it, the next start draws the conclusion.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { memoryMachine, type MemoryMachine } from '@slipway/testkit';
import { layoutOf } from '../layout.ts';
import { readState, writeState } from '../state/state-file.ts';
import type { State, VersionRef } from '../state/state.ts';
import { startTrial } from '../trial/start-trial.ts';
import { watchCandidate, type CandidateWatch, type InterruptSignal } from './candidate.ts';
import { guardStart, type GuardPorts } from './guard.ts';
import { answerProbe } from './probe-answer.ts';

const layout = layoutOf('/home/me/tool');
const refs = Object.fromEntries(['1.0.0', '2.0.0', '3.0.0'].map((version, index) => [version, { version, record: String(index).repeat(64) }])) as Record<string, VersionRef>;
const one = refs['1.0.0'] as VersionRef;
const two = refs['2.0.0'] as VersionRef;

let machine: MemoryMachine;

function makeFolder(path: string): void {
  machine.ports.fs.makeFolder(path, 0o755);
  machine.ports.fs.syncFolder(path.slice(0, path.lastIndexOf('/')) || '/');
}

function install(version: string): void {
  makeFolder(`${layout.versions}/${version}`);
  machine.ports.fs.create(`${layout.versions}/${version}/tool`, 0o755).close();
  machine.ports.fs.syncFolder(`${layout.versions}/${version}`);
}

beforeEach(() => {
  machine = memoryMachine();
  for (const folder of ['/home', '/home/me', '/home/me/tool', layout.versions]) makeFolder(folder);
  install('1.0.0');
  install('2.0.0');
  machine.ports.fs.symlink('versions/1.0.0', layout.current);
  machine.ports.fs.syncFolder(layout.root);
  const state: State = {
    format: 1, installId: '0'.repeat(32), product: 'tool', channel: 'stable', confirmed: one,
    setAside: [], floors: { root: 0, timestamp: 0, snapshot: 0, date: 0 }, dataVersion: 1,
  };
  writeState(machine.ports, layout, state);
  startTrial(machine.ports, layout, state, two, 4);
});

const state = (): State => {
  const read = readState(machine.ports.fs, layout);
  if (read.kind !== 'state') throw new Error(read.kind);
  return read.state;
};
const current = (): string | undefined => machine.ports.fs.readLink(layout.current);

let nextPid = 100;

/** A process of the program. */
class Process {
  readonly pid: number;
  version: string;
  environment: Record<string, string | undefined> = { HOME: '/home/me' };
  argv: readonly string[];
  /** How often it became something else. */
  became = 0;
  watch: CandidateWatch | undefined;
  readonly raised: string[] = [];
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(version: string, argv: readonly string[]) {
    this.pid = machine.pid = nextPid++;
    this.version = version;
    this.argv = argv;
    this.#load();
  }

  get executable(): string {
    return `${layout.versions}/${this.version}/tool`;
  }

  /** Something happens to this process. */
  happens(event: string): void {
    machine.pid = this.pid;
    const listeners = [...this.#listeners.get(event) ?? []]; // as it is now
    for (const listener of listeners) listener();
  }

  loads(): this {
    this.watch?.loaded();
    return this;
  }

  exits(): this {
    this.happens('exit');
    return this.isGone();
  }

  isGone(): this {
    machine.running.delete(this.pid);
    return this;
  }

  listening(): readonly string[] {
    return [...this.#listeners].filter(([, listeners]) => listeners.size > 0).map(([event]) => event).sort();
  }

  /** The guard's part; again after every change of identity. */
  #load(): void {
    machine.running.set(this.pid, this.executable);
    let ended = false;
    const ports = endable(() => ended, (executable, argv, environment) => {
      if (machine.ports.fs.stat(executable) === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      ended = true;
      this.version = executable.split('/').at(-2) ?? '';
      this.argv = argv;
      this.environment = { ...environment };
    });
    const [argv0 = '', ...args] = this.argv;
    const candidate = guardStart(ports, {
      executablePath: this.executable, argv0, args, environment: this.environment,
      descriptor: { product: 'tool', version: this.version, target: 'linux-x64', topLevel: true },
    });
    if (ended) {
      this.became += 1;
      if (this.became > 5) throw new Error('it never ends');
      this.#load();
    } else if (candidate !== undefined) {
      this.watch = watchCandidate(ports, candidate, {
        onExit: (listener) => this.#listen('exit', listener),
        onSignal: (signal, listener) => this.#listen(signal, listener),
        onUncaught: (listener) => this.#listen('uncaught', listener),
        after: (milliseconds, listener) => this.#listen(`${milliseconds} ms`, listener),
        raise: (signal: InterruptSignal) => void this.raised.push(signal),
      });
    }
  }

  #listen(event: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }
}

/** A process that has become another program calls nothing any more. */
function endable(ended: () => boolean, become: (executable: string, argv: readonly string[], environment: Readonly<Record<string, string>>) => void): GuardPorts {
  const guarded = <Port extends object>(port: Port): Port => new Proxy(port, {
    get: (target, name) => {
      if (ended()) throw new Error('this process is another program by now');
      return Reflect.get(target, name) as unknown;
    },
  });
  return {
    fs: guarded(machine.ports.fs), lock: guarded(machine.ports.lock), random: guarded(machine.ports.random),
    processes: guarded({
      ...machine.ports.processes,
      become(...args: Parameters<typeof become>): never {
        become(...args);
        throw new Error('unwinds this test');
      },
    }),
  };
}

/** As `<bin>/tool` does: whatever `current` points to. */
function start(...args: string[]): Process {
  return new Process(current()?.slice('versions/'.length) ?? '', ['tool', ...args]);
}

const died = (): void => void start().isGone();

describe('a start while a version is on trial', () => {
  test('becomes the candidate, with its name and arguments, and its children know nothing of it', () => {
    const process = start('build', '--fast');
    expect([process.version, process.argv, process.environment]).toEqual(['2.0.0', ['tool', 'build', '--fast'], { HOME: '/home/me' }]);
    expect(process.listening()).toEqual(['10000 ms', 'SIGHUP', 'SIGINT', 'SIGTERM', 'exit', 'uncaught']);
    expect([current(), state().confirmed]).toEqual(['versions/1.0.0', one]);
  });

  test.each([[['self', 'versions']], [['update']], [['rollback', '1.0.0']], [['doctor']]])('stays the confirmed version for %j', (args) => {
    expect(start(...args).version).toBe('1.0.0');
  });

  test('stays the confirmed version while another start is being watched', () => {
    const first = start();
    const others = Array.from({ length: 50 }, () => start());
    expect([first.version, ...new Set(others.map(({ version }) => version))]).toEqual(['2.0.0', '1.0.0']);
    others.forEach((process) => process.exits());
    first.loads().exits();
    expect(state()).toMatchObject({ confirmed: two, setAside: [] });
  });

  test('stays the confirmed version while somebody holds the lock', () => {
    machine.pid = 1;
    machine.running.set(1, '/usr/bin/updater');
    const lock = machine.ports.lock.tryLock(layout.lock);
    expect(start().version).toBe('1.0.0');
    machine.pid = 1;
    lock?.release();
    expect(start().version).toBe('2.0.0');
  });

  test('stays the confirmed version when nothing can be written', () => {
    machine.files.free = 0;
    expect(start().version).toBe('1.0.0');
    expect(state().trial?.deaths).toBe(0);
  });
});

describe('a candidate', () => {
  const lives: readonly (readonly [string, (process: Process) => void])[] = [
    ['loads and ends, with whatever exit code', (process) => process.loads().exits()],
    ['ends by itself while it loads', (process) => process.exits()],
    ['runs for ten seconds after loading', (process) => process.loads().happens('10000 ms')],
    ['lives in its top-level await', (process) => { process.happens('10000 ms'); process.happens('10000 ms'); }],
    ['throws after it has loaded', (process) => { process.loads(); process.happens('uncaught'); process.exits(); }],
    ['handles an interrupt by itself and ends', (process) => { process.happens('SIGINT'); process.exits(); }],
  ];
  test.each(lives)('that %s has lived: it is confirmed, and nothing watches it any more', (_, life) => {
    const process = start();
    life(process);
    expect(state()).toMatchObject({ confirmed: two, previous: one, dataVersion: 4 });
    expect(state().trial).toBeUndefined();
    expect([current(), process.listening()]).toEqual(['versions/2.0.0', []]);
    expect(start().version).toBe('2.0.0');
  });

  test('that has lived while the lock was taken is confirmed by the next start, which becomes it', () => {
    const process = start().loads();
    machine.pid = 1;
    machine.running.set(1, '/usr/bin/updater');
    const lock = machine.ports.lock.tryLock(layout.lock);
    process.exits();
    expect([state().confirmed, current()]).toEqual([one, 'versions/1.0.0']);
    machine.pid = 1;
    lock?.release();
    const next = start('x');
    expect([next.version, next.argv, next.watch, current()]).toEqual(['2.0.0', ['tool', 'x'], undefined, 'versions/2.0.0']);
  });

  const deaths: readonly (readonly [string, (process: Process) => void])[] = [
    ['is ended by a signal before its entry has loaded', (process) => process.isGone()],
    ['throws while it loads', (process) => { process.watch?.failed(); process.exits(); }],
    ['has an uncaught error while it loads', (process) => { process.happens('uncaught'); process.exits(); }],
    ['throws while it loads, after an interrupt it did not mind', (process) => { process.happens('SIGHUP'); process.watch?.failed(); process.exits(); }],
  ];
  test.each(deaths)('that %s three times is set aside, and the confirmed version runs', (_, death) => {
    for (let count = 1; count <= 3; count += 1) {
      const process = start();
      expect([process.version, state().trial?.deaths]).toEqual(['2.0.0', count - 1]);
      death(process);
    }
    expect(start().version).toBe('1.0.0');
    expect(state()).toMatchObject({ confirmed: one, setAside: [{ ...two, reason: 'it died 3 times before it had started' }] });
    expect([state().trial, current()]).toEqual([undefined, 'versions/1.0.0']);
  });

  test('that cannot even be started is three deaths, and each of these starts runs the confirmed version', () => {
    machine.ports.fs.unlink(`${layout.versions}/2.0.0/tool`);
    expect(Array.from({ length: 4 }, () => start().exits().version)).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0']);
    expect(state()).toMatchObject({ confirmed: one, setAside: [two] });
  });

  const innocent: readonly (readonly [string, (process: Process) => void])[] = [
    ['is interrupted before it has loaded', (process) => { process.happens('SIGINT'); process.isGone(); }],
    ['is killed after it has loaded', (process) => process.loads().isGone()],
    ['is killed after ten seconds in its top-level await', (process) => { process.happens('10000 ms'); process.isGone(); }],
  ];
  test.each(innocent)('that %s is neither confirmed nor blamed, however often', (_, end) => {
    for (let count = 0; count < 5; count += 1) {
      const process = start();
      expect(process.version).toBe('2.0.0');
      end(process);
    }
    expect(state()).toMatchObject({ confirmed: one, trial: { deaths: 0 }, setAside: [] });
  });

  test('gets the interrupt again once our listener is gone', () => {
    const process = start();
    process.happens('SIGTERM');
    expect([process.raised, process.listening()]).toEqual([['SIGTERM'], ['10000 ms', 'exit', 'uncaught']]);
  });

  test('counts one death once, however often it is looked at', () => {
    died();
    for (let count = 0; count < 3; count += 1) start('doctor').exits();
    start().loads();
    const { trial } = state();
    for (let count = 0; count < 3; count += 1) start().exits();
    expect([trial?.deaths, state().trial]).toEqual([1, trial]);
  });

  test('starts with a clean slate when it is put on trial once more', () => {
    died();
    died();
    startTrial(machine.ports, layout, state(), two, 4);
    start().isGone();
    start();
    expect(state().trial).toMatchObject({ deaths: 1 });
  });

  test('is not what a variable in the environment says it is', () => {
    const process = start('doctor');
    process.environment['SLIPWAY_TRIAL'] = 'made up';
    const result = guardStart(machine.ports, {
      executablePath: `${layout.versions}/2.0.0/tool`, argv0: 'tool', args: [], environment: process.environment,
      descriptor: { product: 'tool', version: '2.0.0', target: 'linux-x64', topLevel: true },
    });
    expect([result, process.environment['SLIPWAY_TRIAL']]).toEqual([undefined, undefined]);
  });
});

describe('a half-done switch', () => {
  beforeEach(() => {
    const { trial: _, ...rest } = state();
    writeState(machine.ports, layout, { ...rest, confirmed: two, previous: one });
  });

  test('is finished by the next start, which runs on as what it is', () => {
    expect([start().version, current()]).toEqual(['1.0.0', 'versions/2.0.0']);
    expect(start().version).toBe('2.0.0');
  });

  test('is left alone when what was switched to is gone', () => {
    machine.ports.fs.unlink(`${layout.versions}/2.0.0/tool`);
    machine.ports.fs.removeFolder(`${layout.versions}/2.0.0`);
    expect([start().version, current()]).toEqual(['1.0.0', 'versions/1.0.0']);
  });

  test('is left alone by another user', () => {
    const stranger: GuardPorts = { ...machine.ports, processes: { ...machine.ports.processes, uid: () => 0 } };
    guardStart(stranger, {
      executablePath: `${layout.versions}/1.0.0/tool`, argv0: 'tool', args: [], environment: {},
      descriptor: { product: 'tool', version: '1.0.0', target: 'linux-x64', topLevel: true },
    });
    expect([current(), machine.ports.fs.stat(layout.lock)]).toEqual(['versions/1.0.0', undefined]);
  });
});

test.each([
  ['lies elsewhere', '/usr/bin/tool'],
  ['lies elsewhere in the installation', '/home/me/tool/staging/tool'],
  ['belongs to another product', '/home/me/tool/versions/1.0.0/tool', 'other'],
])('a program that %s just runs', (_, executablePath, product = 'tool') => {
  const before = machine.files.paths();
  const result = guardStart(machine.ports, { executablePath, argv0: 'tool', args: [], environment: {}, descriptor: { product, version: '1.0.0', target: 'linux-x64', topLevel: true } });
  expect([result, machine.files.paths()]).toEqual([undefined, before]);
});

test('a start with nothing on trial reads the state once and does nothing else', () => {
  const { trial: _, ...rest } = state();
  writeState(machine.ports, layout, rest);
  const calls: string[] = [];
  const counted = <Port extends object>(name: string, port: Port): Port => new Proxy(port, { get: (target, property) => (calls.push(`${name}.${String(property)}`), Reflect.get(target, property) as unknown) });
  const ports: GuardPorts = { fs: counted('fs', machine.ports.fs), lock: counted('lock', machine.ports.lock), processes: counted('processes', machine.ports.processes), random: counted('random', machine.ports.random) };
  guardStart(ports, { executablePath: `${layout.versions}/1.0.0/tool`, argv0: 'tool', args: [], environment: {}, descriptor: { product: 'tool', version: '1.0.0', target: 'linux-x64', topLevel: true } });
  expect(calls).toEqual(['fs.read']);
});

test('a probed program says who it is, and one that is not probed says nothing', () => {
  const descriptor = { product: 'tool', version: '2.0.0', target: 'linux-x64', topLevel: false } as const;
  expect(answerProbe(descriptor, { SLIPWAY_PROBE: 'abc' })).toBe('{"probe":"abc","product":"tool","version":"2.0.0","target":"linux-x64"}\n');
  expect(answerProbe(descriptor, {})).toBeUndefined();
});
