/**
 * A machine in memory for the updater: files that lose what was not synced, a server, a clock, processes. Programs are
 * files whose bytes are JSON: what they say decides how the simulated process behaves.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { HttpResponse, ProcessesPort, ProcessIdentity, RunOptions, RunResult, UpdaterPorts } from '@slipway/core';
import { memoryFiles, systemError, type MemoryFiles } from './memory-files.ts';

export interface MemoryMachine {
  readonly files: MemoryFiles;
  readonly ports: UpdaterPorts;
  /** What the server has, by URL. */
  readonly served: Map<string, Uint8Array>;
  /** Milliseconds since 1970. */
  now: number;
  /** The process that the ports speak of as their own. */
  pid: number;
  /** Processes that live, by number, with the executable each runs from. */
  readonly running: Map<number, string>;
  /** How a program answers when it is run to its end, for example by a probe. */
  run: (executable: string, args: readonly string[], options: RunOptions) => RunResult;
  /** Power goes: processes end, locks open, files lose what was not synced. */
  crash(survival: Parameters<MemoryFiles['crash']>[0]): void;
}

export function memoryMachine(): MemoryMachine {
  const files = memoryFiles();
  const locks = new Map<string, number>();
  let drawn = 0;
  const identity = (pid: number): ProcessIdentity => ({ pid, started: `start-${pid}` });
  const machine: MemoryMachine = {
    files,
    served: new Map(),
    now: Date.UTC(2026, 0, 1),
    pid: 1000,
    running: new Map(),
    run: () => ({ code: 127, signal: undefined, stdout: '', stderr: 'nothing answers here', timedOut: false }),
    crash(survival) {
      machine.running.clear();
      locks.clear();
      files.crash(survival);
    },
    ports: {
      fs: files,
      http: { get: (url, headers = {}) => Promise.resolve(answer(machine.served.get(url), headers['range'] ?? headers['Range'])) },
      clock: { now: () => machine.now },
      random: { bytes: (count) => new Uint8Array(createHash('sha512').update(`draw ${(drawn += 1)}`).digest().subarray(0, count)) },
      crypto: {
        sha256() {
          const hash = createHash('sha256');
          return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
        },
      },
      codec: {
        async *gunzip(bytes, limit) {
          const parts: Uint8Array[] = [];
          for await (const part of bytes) parts.push(part);
          yield gunzipSync(Buffer.concat(parts), { maxOutputLength: Math.max(1, limit) });
        },
      },
      process: { run: (command, args, options = {}) => Promise.resolve(machine.run(command, args, options)) },
      processes: {
        self: () => identity(machine.pid),
        isAlive: (process) => machine.running.has(process.pid) && process.started === identity(process.pid).started,
        uid: () => 1000,
        runningFrom: (folder) => [...machine.running].filter(([, executable]) => executable.startsWith(`${folder}/`)).map(([pid]) => pid),
        /** Whether it could; the simulated program goes on as the other one. */
        become: ((executable: string) => {
          if (files.read(executable, 2 ** 20) === undefined) throw systemError('ENOENT', `no such file or directory, '${executable}'`);
        }) as unknown as ProcessesPort['become'],
      },
      lock: {
        tryLock(path) {
          const holder = locks.get(path);
          if (holder !== undefined && (holder === machine.pid || machine.running.has(holder))) return undefined;
          locks.set(path, machine.pid);
          return { release: () => void (locks.get(path) === machine.pid && locks.delete(path)) };
        },
      },
    },
  };
  return machine;
}

/** What a static host says: 200, 206 for one range, 416, 404. */
function answer(content: Uint8Array | undefined, range: string | undefined): HttpResponse {
  const first = /^bytes=(\d+)-$/.exec(range ?? '')?.[1];
  const from = first === undefined ? 0 : Number(first);
  const found = content === undefined ? new Uint8Array() : content.subarray(from);
  const status = content === undefined ? 404 : first === undefined ? 200 : from >= content.length ? 416 : 206;
  const headers: Record<string, string> = {
    'content-length': String(status >= 400 ? 0 : found.length),
    ...(status === 206 ? { 'content-range': `bytes ${from}-${(content?.length ?? 0) - 1}/${content?.length}` } : {}),
  };
  return { status, header: (name) => headers[name], body: inParts(status >= 400 ? new Uint8Array() : found), discard: () => undefined };
}

/** Three parts, so that a fault can come between them. */
async function* inParts(content: Uint8Array): AsyncGenerator<Uint8Array> {
  const part = Math.max(1, Math.ceil(content.length / 3));
  for (let at = 0; at < content.length; at += part) yield content.slice(at, at + part);
}
