/**
 * Make the n-th call to the outside fail. Every method of every port counts as a call, those of open files and each
 * part of an answer's body too; so does each that only asks.
 *
 * - transient: that call fails, the next ones work
 * - persistent: that call and every later one of the same method fail
 * - crash: the call may or may not have happened; nothing happens after it
 */
import type { HttpPort, HttpResponse, OpenFile, UpdaterPorts } from '@slipway/core';
import { systemError } from './memory-files.ts';

export type FaultKind = 'transient' | 'persistent' | 'crash-before' | 'crash-after';

export interface Faults {
  readonly ports: UpdaterPorts;
  /** `port.method` of each call so far. */
  readonly calls: readonly string[];
  /** Whether a fault was injected. */
  injected(): boolean;
}

/** Thrown by every call after the power went. */
export class PowerLost extends Error {}

/** Methods that cannot fail on a real machine, or whose failing means nothing. */
const reliable = new Set(['clock.now', 'random.bytes', 'crypto.sha256', 'processes.self', 'processes.uid', 'file.size']);
const errors: Readonly<Record<string, string>> = { 'file.write': 'ENOSPC', 'fs.create': 'ENOSPC', 'fs.makeFolder': 'ENOSPC', 'fs.rename': 'EACCES', 'fs.symlink': 'ENOSPC', 'http.get': 'ECONNREFUSED', 'http.body': 'ECONNRESET' };

/** The ports with one fault, at the `at`-th call from 0; none for undefined. */
export function withFaults(ports: UpdaterPorts, kind: FaultKind, at: number | undefined): Faults {
  const calls: string[] = [];
  let failing: string | undefined;
  let dead = false;
  let injected = false;

  function call<T>(name: string, run: () => T): T {
    if (dead) throw new PowerLost(name);
    if (reliable.has(name)) return run();
    const index = calls.push(name) - 1;
    if (failing === name) throw failure(name);
    if (index !== at) return run();
    injected = true;
    if (kind === 'persistent') failing = name;
    if (kind === 'transient' || kind === 'persistent') throw failure(name);
    if (kind === 'crash-after') attempt(run);
    dead = true;
    throw new PowerLost(name);
  }

  const failure = (name: string): Error => systemError(errors[name] ?? 'EIO', `injected, ${name} at call ${calls.length - 1}`);

  function wrapped<T extends object>(name: string, port: T): T {
    return new Proxy(port, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function' || typeof property !== 'string') return value;
        const method = `${name}.${property}`;
        if (method === 'http.get') return (...args: Parameters<HttpPort['get']>) => later(method, () => (value as HttpPort['get']).apply(target, args)).then(response);
        if (method === 'process.run') return (...args: unknown[]) => later(method, () => value.apply(target, args) as Promise<unknown>);
        return (...args: unknown[]) => {
          const result: unknown = call(method, () => value.apply(target, args));
          if (method === 'fs.create' || method === 'fs.open') return wrapped('file', result as OpenFile);
          return method === 'lock.tryLock' && result !== undefined ? wrapped('held', result as object) : result;
        };
      },
    });
  }

  /** A synchronous throw would surprise who awaits. */
  async function later<T>(name: string, run: () => Promise<T>): Promise<T> {
    return await call(name, run);
  }

  function response(given: HttpResponse): HttpResponse {
    async function* body(): AsyncGenerator<Uint8Array> {
      for await (const part of given.body) yield call('http.body', () => part);
    }
    return { ...given, body: body() };
  }

  return {
    ports: {
      ...ports,
      fs: wrapped('fs', ports.fs),
      http: wrapped('http', ports.http),
      process: wrapped('process', ports.process),
      processes: wrapped('processes', ports.processes),
      lock: wrapped('lock', ports.lock),
    },
    calls,
    injected: () => injected,
  };
}

function attempt(run: () => unknown): void {
  try {
    run();
  } catch {
    // it may fail by itself; the power goes either way
  }
}
