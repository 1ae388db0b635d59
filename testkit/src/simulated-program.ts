/**
 * Start a program of a machine in memory as a user would, by `<bin>/<name>`: its guard runs, it may become another
 * version, its own entry loads or does not, it ends. Its bytes are JSON that says which version it is and how it behaves.
 */
import type { TargetId, UpdaterPorts } from '@slipway/core';
import { answerProbe, guardStart, watchCandidate, type ProcessEvents } from '@slipway/updater/guard';
import type { MemoryMachine } from './memory-machine.ts';

/** fine: loads and ends with 0. throws: its entry throws. killed: a signal ends it while it loads. */
export type Behaviour = 'fine' | 'throws' | 'killed';

interface Program { readonly product: string; readonly version: string; readonly target: TargetId; readonly behaviour: Behaviour }

export interface Ended {
  /** The version whose own code ran; undefined when none got that far. */
  readonly version: string | undefined;
  readonly behaviour: Behaviour;
}

/** Systems start no file that does not begin like a program. */
const scriptLine = '#!simulated\n';

export function programBytes(version: string, behaviour: Behaviour = 'fine', size = 600): Uint8Array {
  const program: Program = { product: 'tool', version, target: 'linux-x64', behaviour };
  return new TextEncoder().encode(`${scriptLine}${JSON.stringify(program)}`.padEnd(size));
}

/** The program a file holds; undefined when the bytes are not those of one, whole. */
export function readProgram(bytes: Uint8Array | undefined): Program | undefined {
  try {
    const text = new TextDecoder().decode(bytes);
    return text.startsWith(scriptLine) ? (JSON.parse(text.slice(scriptLine.length)) as Program) : undefined;
  } catch {
    return undefined;
  }
}

/** Start by the link in a bin folder. Throws when there is no whole program behind it; what ports throw comes out only as in a real start: not at all. */
export function startProgram(machine: MemoryMachine, ports: UpdaterPorts, link: string): Ended {
  machine.pid += 1;
  const pid = machine.pid;
  let executable = realPath(machine, link);
  const environment: Record<string, string | undefined> = {};
  for (;;) {
    const program = readProgram(machine.files.read(executable, 2 ** 20));
    if (program === undefined) throw new Error(`no whole program at ${executable}, by ${link}`);
    machine.running.set(pid, executable);
    const descriptor = { ...program, topLevel: true };
    if (answerProbe(descriptor, environment) !== undefined) throw new Error('a start is no probe');
    const process = ofThisProcess(ports);
    const candidate = guardStart(process.ports, { executablePath: executable, argv0: 'tool', args: [], environment, descriptor });
    const next = process.became();
    if (next === undefined) {
      const events = processEvents();
      const watch = candidate === undefined ? undefined : watchCandidate(ports, candidate, events);
      if (program.behaviour === 'fine') {
        watch?.loaded();
        events.exit();
      } else if (program.behaviour === 'throws') {
        watch?.failed();
        events.exit();
      }
      machine.running.delete(pid);
      return { version: program.version, behaviour: program.behaviour };
    }
    executable = next.executable;
    Object.assign(environment, next.environment);
  }
}

interface Image { readonly executable: string; readonly environment: Readonly<Record<string, string>> }

/** Ports of a process image: `become` ends it, and nothing that it does afterwards reaches the machine. */
function ofThisProcess(ports: UpdaterPorts): { readonly ports: UpdaterPorts; became(): Image | undefined } {
  let became: Image | undefined;
  const live = <T extends object>(port: T): T => new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      return typeof value !== 'function' ? value : (...args: unknown[]): unknown => {
        if (became !== undefined) throw new Error('this process is another program now');
        return value.apply(target, args);
      };
    },
  });
  const processes = live(ports.processes);
  return {
    became: () => became,
    ports: {
      ...ports,
      fs: live(ports.fs),
      lock: live(ports.lock),
      processes: {
        ...processes,
        self: () => processes.self(),
        isAlive: (process) => processes.isAlive(process),
        uid: () => processes.uid(),
        runningFrom: (folder) => processes.runningFrom(folder),
        become(executable, argv, environment) {
          ports.processes.become(executable, argv, environment);
          became = { executable, environment };
          throw new Error('this process is another program now');
        },
      },
    },
  };
}

function processEvents(): ProcessEvents & { exit(): void } {
  const listeners = new Set<() => void>();
  const none = (): (() => void) => () => undefined;
  return {
    onExit(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onSignal: none,
    onUncaught: none,
    after: none,
    raise: () => undefined,
    exit: () => [...listeners].forEach((listener) => listener()),
  };
}

/** Every symbolic link on the way resolved, as the kernel does it. */
function realPath({ files }: MemoryMachine, path: string): string {
  let real = '';
  const left = path.split('/').filter((part) => part !== '');
  for (let steps = 0; left.length > 0; steps += 1) {
    if (steps > 64) throw new Error(`too many links: ${path}`);
    const part = left.shift() as string;
    const to = part !== '..' && files.stat(`${real}/${part}`)?.kind === 'link' ? files.readLink(`${real}/${part}`) : undefined;
    if (part === '..') real = real.slice(0, real.lastIndexOf('/'));
    else if (to === undefined) real = `${real}/${part}`;
    else {
      if (to.startsWith('/')) real = '';
      left.unshift(...to.split('/').filter((one) => one !== '' && one !== '.'));
    }
  }
  return real;
}
