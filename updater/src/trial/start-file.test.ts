import { beforeEach, describe, expect, test } from '@jest/globals';
import { memoryMachine, type MemoryMachine } from '@slipway/testkit';
import { layoutOf } from '../layout.ts';
import { verdictOf, type Verdict } from './settle.ts';
import { openLetters, readStart, writeStart, type TrialStart } from './start-file.ts';

const layout = layoutOf('/root');
const start: TrialStart = { id: 'abc', record: 'a'.repeat(64), version: '2.0.0', process: { pid: 7, started: 'boot/99' } };

let machine: MemoryMachine;
beforeEach(() => {
  machine = memoryMachine();
  machine.ports.fs.makeFolder('/root', 0o755);
  machine.ports.fs.syncFolder('/');
});

function put(content: Uint8Array): void {
  if (machine.ports.fs.stat(layout.trial) !== undefined) machine.ports.fs.unlink(layout.trial);
  const file = machine.ports.fs.create(layout.trial, 0o644);
  file.write(content, 0);
  file.close();
}

describe('the start on record', () => {
  test('is durable before anything is started', () => {
    writeStart(machine.ports, layout, start);
    machine.crash('nothing');
    expect(readStart(machine.ports.fs, layout)).toMatchObject({ start, letters: '' });
  });

  test('gathers letters in their order, those of another start go nowhere', () => {
    writeStart(machine.ports, layout, start);
    const letters = openLetters(machine.ports.fs, layout, ({ id }) => id === 'abc');
    letters?.add('I');
    letters?.add('L');
    writeStart(machine.ports, layout, { ...start, id: 'next' });
    letters?.add('D');
    expect(readStart(machine.ports.fs, layout)).toMatchObject({ start: { id: 'next' }, letters: '' });
    expect(openLetters(machine.ports.fs, layout, ({ id }) => id === 'abc')).toBeUndefined();
  });

  test.each(['', '{"id":1}\n', 'no line', '[]\nA', '{"id":"a","record":"b","version":"c","process":null}\nA', `${'x'.repeat(5000)}\n`])('is none where the file is %j', (content) => {
    put(new TextEncoder().encode(content));
    expect(readStart(machine.ports.fs, layout)).toBeUndefined();
  });

  test.each([11, 12, 13, 14])('is read without an error from any bytes (seed %i)', (seed) => {
    let state = seed * 48_271;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const whole = new TextEncoder().encode(`${JSON.stringify({ format: 1, ...start })}\nLA`);
    for (let round = 0; round < 300; round += 1) {
      const damaged = Uint8Array.from(whole);
      for (let count = random(8); count >= 0; count -= 1) damaged[random(damaged.length)] = random(256);
      put(damaged.subarray(0, random(damaged.length + 1)));
      const read = readStart(machine.ports.fs, layout);
      expect(read === undefined || /^[LDIA]*$/.test(read.letters)).toBe(true);
    }
  });
});

test.each<[string, boolean, Verdict]>([
  ['', true, 'running'], ['', false, 'died'],
  ['L', true, 'running'], ['L', false, 'not counted'],
  ['I', true, 'running'], ['I', false, 'not counted'],
  ['D', true, 'died'], ['D', false, 'died'],
  ['ID', false, 'died'], ['IL', false, 'not counted'],
  ['A', true, 'lived'], ['LA', false, 'lived'], ['ILA', false, 'lived'],
])('letters %j of a process that is alive: %s → %s', (letters, alive, verdict) => {
  expect(verdictOf({ start, letters, size: 0 }, () => alive)).toBe(verdict);
});
