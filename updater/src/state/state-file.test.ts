import { beforeEach, describe, expect, test } from '@jest/globals';
import { memoryMachine, type MemoryMachine } from '@slipway/testkit';
import { layoutOf } from '../layout.ts';
import { decodeSlots, encodeSlot, stateFileSize } from './slots.ts';
import { readState, writeState } from './state-file.ts';
import { parseState, type State } from './state.ts';

const layout = layoutOf('/home/me/tool');
const hash = (digit: string): string => digit.repeat(64);
const state: State = {
  format: 1,
  installId: '0123456789abcdef0123456789abcdef',
  product: 'tool',
  channel: 'stable',
  confirmed: { version: '1.0.0', record: hash('a') },
  setAside: [],
  floors: { root: 1, timestamp: 2, snapshot: 3, date: 4 },
  dataVersion: 0,
};

let machine: MemoryMachine;
beforeEach(() => {
  machine = memoryMachine();
  for (const folder of ['/home', '/home/me', '/home/me/tool']) machine.ports.fs.makeFolder(folder, 0o755);
  for (const folder of ['/', '/home', '/home/me']) machine.ports.fs.syncFolder(folder);
});

const bytes = (): Uint8Array => machine.ports.fs.read(layout.state, stateFileSize) ?? new Uint8Array();
function putBytes(content: Uint8Array): void {
  if (machine.ports.fs.stat(layout.state) !== undefined) machine.ports.fs.unlink(layout.state);
  const file = machine.ports.fs.create(layout.state, 0o644);
  file.write(content, 0);
  file.close();
}

describe('the state file', () => {
  test('is absent, then what was written last', () => {
    expect(readState(machine.ports.fs, layout)).toEqual({ kind: 'none' });
    for (const channel of ['one', 'two', 'three', 'four']) {
      writeState(machine.ports, layout, { ...state, channel });
      expect(readState(machine.ports.fs, layout)).toMatchObject({ kind: 'state', state: { channel } });
    }
    expect(decodeSlots(bytes()).map(({ index, sequence }) => [index, sequence])).toEqual([[1, 4], [0, 3]]);
  });

  test('is durable when writing returns, the first time and later', () => {
    for (const channel of ['one', 'two', 'three']) {
      writeState(machine.ports, layout, { ...state, channel });
      machine.crash('nothing');
      expect(readState(machine.ports.fs, layout)).toMatchObject({ state: { channel } });
    }
  });

  test('keeps what it does not know', () => {
    const newer = { ...state, format: 2, compatible: 1, snapshots: [{ id: 'x' }], confirmed: { ...state.confirmed, since: 5 } };
    putBytes(Uint8Array.from([...encodeSlot(9, JSON.stringify(newer)), ...encodeSlot(8, '{}')]));
    const read = readState(machine.ports.fs, layout);
    if (read.kind !== 'state') throw new Error(read.kind);
    writeState(machine.ports, layout, { ...read.state, channel: 'beta' });
    expect(JSON.parse(decodeSlots(bytes())[0]?.text ?? '')).toEqual({ ...newer, channel: 'beta' });
  });

  test('is left to the newer program that wrote it', () => {
    putBytes(Uint8Array.from([...encodeSlot(1, JSON.stringify(state)), ...encodeSlot(2, JSON.stringify({ format: 3, compatible: 2 }))]));
    expect(readState(machine.ports.fs, layout)).toEqual({ kind: 'newer', format: 3 });
  });

  test('is the other slot when the newer one says nothing that can be read, and that one is written next', () => {
    putBytes(Uint8Array.from([...encodeSlot(1, JSON.stringify(state)), ...encodeSlot(2, '{"format":1,"installId":7}')]));
    expect(readState(machine.ports.fs, layout)).toMatchObject({ kind: 'state', state: { channel: 'stable' } });
    writeState(machine.ports, layout, { ...state, channel: 'beta' });
    expect(decodeSlots(bytes()).map(({ index, sequence }) => [index, sequence])).toEqual([[1, 3], [0, 1]]);
  });

  test.each([['empty', 0], ['cut short', 5000], ['of zeros', stateFileSize], ['far too long', stateFileSize * 3]])('is damaged when it is %s, and whole once written', (_, size) => {
    putBytes(new Uint8Array(size));
    expect(readState(machine.ports.fs, layout)).toEqual({ kind: 'damaged' });
    writeState(machine.ports, layout, state);
    machine.crash('nothing');
    expect(readState(machine.ports.fs, layout)).toMatchObject({ kind: 'state' });
    expect(bytes()).toHaveLength(stateFileSize);
  });

  test('leaves out the oldest of what is set aside when all of it is too long', () => {
    const setAside = Array.from({ length: 16 }, (_, index) => ({ version: `1.0.${index}`, record: hash('b'), reason: '€'.repeat(300) }));
    writeState(machine.ports, layout, { ...state, setAside });
    const read = readState(machine.ports.fs, layout);
    expect(read).toMatchObject({ kind: 'state', state: { setAside: expect.arrayContaining([setAside[15]]) } });
    expect(read.kind === 'state' && read.state.setAside[0]?.version).toBe('1.0.9');
  });

  test('leaves nothing beside it when the disk is full', () => {
    machine.files.free = 100;
    expect(() => writeState(machine.ports, layout, state)).toThrow('ENOSPC');
    expect(machine.ports.fs.list(layout.root)).toEqual([]);
  });
});

const rows: readonly (readonly [string, unknown])[] = [
  ['no object', []],
  ['no format', { ...state, format: undefined }],
  ['a format that is no number', { ...state, format: '1' }],
  ['no install id', { ...state, installId: 'short' }],
  ['a version that is a path', { ...state, confirmed: { version: '../../etc', record: hash('a') } }],
  ['a version of dots', { ...state, confirmed: { version: '..', record: hash('a') } }],
  ['a record that is no hash', { ...state, previous: { version: '1.0.0', record: 'A'.repeat(64) } }],
  ['deaths below zero', { ...state, trial: { version: '2.0.0', record: hash('b'), deaths: -1, dataVersion: 0 } }],
  ['more set aside than there may be', { ...state, setAside: Array.from({ length: 17 }, () => ({ ...state.confirmed, reason: '' })) }],
  ['a floor that is missing', { ...state, floors: { root: 1, timestamp: 1, snapshot: 1 } }],
  ['a fraction', { ...state, dataVersion: 0.5 }],
  ['nothing at all', null],
];

test.each(rows)('a state with %s does not hold', (_, value) => {
  expect(parseState(JSON.stringify(value))).toEqual({ kind: 'damaged' });
});

test('a state with everything holds', () => {
  const whole: State = {
    ...state,
    previous: { version: '0.9.0-beta.1+build.5', record: hash('c') },
    trial: { version: '2.0.0', record: hash('b'), deaths: 2, dataVersion: 3, settled: 'abc' },
    setAside: [{ version: '1.5.0', record: hash('d'), reason: 'it died', lived: true }],
    floors: { ...state.floors, keys: hash('e') },
  };
  expect(parseState(JSON.stringify(whole))).toEqual({ kind: 'state', state: whole });
});
