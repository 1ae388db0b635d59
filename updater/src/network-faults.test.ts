import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { SlipwayError, type UpdaterPorts } from '@slipway/core';
import { memoryMachine, mockRepository, withFaults, type FaultKind, type MemoryMachine } from '@slipway/testkit';
import { check } from './check/check.ts';
import { fetchPayloads } from './fetch/fetch-payloads.ts';
import { planRoutes } from './route/plan-routes.ts';
import { noFloors } from './trust/floors.ts';

const url = 'https://dl.example/tool/';
const program = Uint8Array.from({ length: 5000 }, (_, index) => (index * index) % 251);

const repository = mockRepository();
const component = repository.file('tool', program);
repository.channel({ candidates: [repository.release({ version: '2.0.0', components: [component] })] });
repository.rotate('timestamp');
repository.publish();

function machineWithServer(): MemoryMachine {
  const machine = memoryMachine();
  for (const [name, bytes] of repository.files) machine.served.set(url + name, bytes);
  machine.files.makeFolder('/app', 0o755);
  machine.files.syncFolder('/');
  return machine;
}

/** Check, route and fetch, as an update does. */
async function run(ports: UpdaterPorts): Promise<void> {
  const { outcome } = await check(ports, {
    descriptor: { product: 'tool', target: 'linux-x64', url, root: repository.root }, channel: 'stable', trustFolder: '/app/trust', floors: noFloors,
    installId: 'f'.repeat(32), current: { version: '1.0.0', record: 'a'.repeat(64) }, setAside: [], explicit: false,
  });
  if (outcome.outcome !== 'available') throw new Error(outcome.outcome);
  await fetchPayloads(ports, { url, folder: '/app/downloads', payloads: planRoutes(outcome.record, []).payloads });
}

/** Deterministic, so that a failure can be run again. */
function generator(seed: number): () => number {
  let draws = 0;
  return () => createHash('sha256').update(`${seed} ${draws += 1}`).digest().readUInt32BE(0) / 2 ** 32;
}

test.each<FaultKind>(['transient', 'persistent', 'crash-before', 'crash-after'])('whichever call fails (%s), the next run succeeds and nothing half-done is believed', async (kind) => {
  const traced = withFaults(machineWithServer().ports, 'transient', undefined);
  await run(traced.ports);
  let injections = 0;
  for (let at = 0; ; at += 1) {
    const machine = machineWithServer();
    const faults = withFaults(machine.ports, kind, at);
    const error: unknown = await run(faults.ports).then(() => undefined, (reason: unknown) => reason);
    if (!faults.injected()) break;
    injections += 1;
    if (kind === 'transient' || kind === 'persistent') {
      const said = error instanceof SlipwayError ? error.code : String(error);
      expect(['undefined', 'SERVER_UNREACHABLE', 'DISK_FULL', 'IO_FAILED', 'INSTALL_UNWRITABLE']).toContain(said);
    } else {
      machine.crash(at % 3 === 0 ? 'nothing' : at % 3 === 1 ? 'everything' : generator(at));
    }
    await run(machine.ports);
    const whole = machine.files.read(`/app/downloads/${component.full.sha256}`, 1e6) as Uint8Array;
    expect(createHash('sha256').update(whole).digest('hex')).toBe(component.full.sha256);
    for (const role of ['root', 'timestamp', 'snapshot', 'targets', 'stable']) {
      const version = repository.versions[role] as number;
      const published = repository.files.get(role === 'timestamp' ? 'metadata/timestamp.json' : `metadata/${version}.${role}.json`) as Uint8Array;
      expect(Buffer.from(machine.files.read(`/app/trust/${role}.json`, 1e6) as Uint8Array).equals(published)).toBe(true);
    }
  }
  expect(injections).toBe(traced.calls.length);
  expect(injections).toBeGreaterThan(100);
});
