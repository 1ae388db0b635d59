/**
 * Every call of the updater to the outside fails once: transiently, for good, or because the power goes, with what was
 * not synced lost, kept or lost by chance. After each: the program starts, whole, as the old or the new version, and the
 * next update arrives. The loop ends by itself when a run injects nothing, so no call is left out.
 */
import { afterAll, expect, test } from '@jest/globals';
import { withFaults, type FaultKind, type MemoryMachine } from '@slipway/testkit';
import type { UpdaterPorts } from '@slipway/core';
import { offer, openWorld, runRollback, runUpdate, start, violations } from './updater-world.ts';
import { generator } from './random.ts';
import { slice } from './suite.ts';

type Step = (machine: MemoryMachine, ports: UpdaterPorts) => Promise<unknown> | unknown;

const scripts: Readonly<Record<string, readonly Step[]>> = {
  'update, two starts': [(_, ports) => runUpdate(ports, '1.0.0'), start, start],
  'update, a start, rollback, a start': [(_, ports) => runUpdate(ports, '1.0.0'), start, (_, ports) => runRollback(ports), start],
};
/** What survives of what was not synced when the power goes. */
type Survival = 'nothing' | 'everything' | 'chance';
const crashes = (['crash-before', 'crash-after'] as const).flatMap((kind) => (['nothing', 'everything', 'chance'] as const).map((survival) => ({ kind, survival })));
const faults: readonly { readonly kind: FaultKind; readonly survival?: Survival }[] = [{ kind: 'transient' }, { kind: 'persistent' }, ...crashes];
const rows = Object.keys(scripts).flatMap((script) => faults.map(({ kind, survival }) => ({ script, kind, survival, what: survival === undefined ? kind : `${kind} (${survival} survives)` })));
/** In the slice, every n-th call of each row. */
const stride = slice ? 7 : 1;

const counts: string[] = [];
afterAll(() => void process.stdout.write(`${counts.join('\n')}\n`));

test.each(rows)('$script: whichever call a $what fault meets, the program starts and the next update arrives', async ({ script, kind, survival, what }) => {
  const steps = scripts[script] as readonly Step[];
  const trace = await play(steps, kind, undefined);
  expect(trace.errors).toEqual([]);
  let [injected, survived] = [0, 0];
  for (let at = 0; ; at += stride) {
    const world = await play(steps, kind, at);
    if (!world.injected) break;
    injected += 1;
    const wrong = await recovered(world.machine, survival, at);
    if (wrong.length === 0) survived += 1;
    else expect({ at, call: world.calls[at], errors: world.errors, wrong }).toEqual({});
  }
  counts.push(`${script}; ${what}: ${trace.calls.length} calls, ${injected} injected, ${survived} survived`);
  expect([injected, survived]).toEqual([Math.ceil(trace.calls.length / stride), injected]);
}, 600_000);

interface Played {
  readonly machine: MemoryMachine;
  readonly calls: readonly string[];
  readonly injected: boolean;
  readonly errors: readonly string[];
}

/** What a user does, one thing after the other, whatever each comes to; until the power goes. */
async function play(steps: readonly Step[], kind: FaultKind, at: number | undefined): Promise<Played> {
  const machine = await openWorld();
  const faults = withFaults(machine.ports, kind, at);
  const errors: string[] = [];
  for (const step of steps) {
    try {
      await step(machine, faults.ports);
    } catch (error) {
      errors.push(String(error));
    }
    if (faults.injected() && kind.startsWith('crash')) break;
  }
  return { machine, calls: faults.calls, injected: faults.injected(), errors };
}

/** Power on, start, and update to the next version: what went wrong. */
async function recovered(machine: MemoryMachine, survival: Survival | undefined, seed: number): Promise<readonly string[]> {
  try {
    if (survival !== undefined) machine.crash(survival === 'chance' ? generator(seed) : survival);
    const first = start(machine, machine.ports);
    if (first !== '1.0.0' && first !== '2.0.0') return [`the first start ran ${first}`];
    offer(machine, '3.0.0');
    await runUpdate(machine.ports, first);
    const next = [start(machine, machine.ports), start(machine, machine.ports)];
    return [...(next.join() === '3.0.0,3.0.0' ? [] : [`after the next update, starts ran ${next.join()}`]), ...violations(machine, '3.0.0')];
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}
