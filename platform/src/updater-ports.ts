import type { UpdaterPorts } from '@slipway/core';
import { codecPort } from './codec-port.ts';
import { fsPort } from './fs-port.ts';
import { httpPort } from './http.ts';
import { lockPort } from './lock-port.ts';
import { clockPort, cryptoPort, randomPort } from './machine-ports.ts';
import { processPort } from './process.ts';
import { processesPort } from './processes-port.ts';
import { retrying } from './retry.ts';

/** Everything the updater touches, for real. */
export function updaterPorts(): UpdaterPorts {
  return { fs: fsPort, http: retrying(httpPort), clock: clockPort, random: randomPort, crypto: cryptoPort, codec: codecPort, process: processPort, processes: processesPort, lock: lockPort };
}
