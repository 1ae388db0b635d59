import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openResumableFile, type Making } from './resumable-file.ts';
import { startOf } from './work-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'slipway-resumable-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
let making: Making;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  making = { path: join(folder, 'app'), key: 'one', size: 10, pieceSize: 4 };
});
const pieces = ['aaaa', 'bbbb', 'cc'].map((text) => Buffer.from(text));
const deadPid = spawnSync('true').pid;

/** What a killed run leaves: a journal of these lines and these bytes. */
function killed(lines: readonly string[], bytes: string, { key = 'one', pid = deadPid, end = '\n', name = 'app' } = {}): string {
  const path = join(folder, `.${name}.making-${pid}-${startOf(pid)}-00ff00ff`);
  mkdirSync(path);
  writeFileSync(join(path, 'journal'), [JSON.stringify({ format: 1, key, size: 10, pieceSize: 4 }), ...lines].join('\n') + end);
  writeFileSync(join(path, 'file'), bytes);
  return path;
}

function finish(): { readonly finished: number; readonly text: string } {
  const file = openResumableFile(making);
  for (const piece of pieces.slice(file.finished)) file.write(piece);
  file.commit(0o750);
  return { finished: file.finished, text: readFileSync(making.path, 'utf8') };
}

test('a file gets its name when it is whole, with its permission bits, and nothing else is left', () => {
  const file = openResumableFile(making);
  expect(readdirSync(folder)).toEqual([]);
  for (const piece of pieces) {
    file.write(piece);
    expect(existsSync(making.path)).toBe(false);
    expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).mode & 0o777).toBe(0o700);
  }
  file.commit(0o750);
  expect(readdirSync(folder)).toEqual(['app']);
  expect(statSync(making.path).mode & 0o777).toBe(0o750);
});

test('an empty file has no pieces', () => {
  making = { ...making, size: 0 };
  openResumableFile(making).commit(0o600);
  expect(readFileSync(making.path, 'utf8')).toBe('');
});

test('discarded, it leaves nothing, and what was there stays', () => {
  writeFileSync(making.path, 'old');
  const file = openResumableFile(making);
  file.write(pieces[0] as Buffer);
  file.discard();
  expect(readdirSync(folder)).toEqual(['app']);
  expect(readFileSync(making.path, 'utf8')).toBe('old');
});

describe('a run goes on behind what a killed one has finished', () => {
  test.each<[string, () => unknown, number]>([
    ['nothing', () => undefined, 0],
    ['one piece', () => killed(['1'], 'aaaa'), 1],
    ['two pieces and half of the third', () => killed(['1', '2'], 'aaaabbbbc'), 2],
    ['a piece beyond the journal', () => killed(['1'], 'aaaaXXXX'), 1],
    ['all, but no name yet', () => killed(['1', '2', '3'], 'aaaabbbbcc'), 3],
    ['a line of the journal that was being written', () => killed(['1', '2'], 'aaaabbbb', { end: '' }), 1],
    ['a folder without a journal', () => mkdirSync(join(folder, `.app.making-${deadPid}-0-11`)), 0],
    ['a journal without a file', () => rmSync(join(killed(['1'], ''), 'file')), 0],
    ['a file shorter than the journal says', () => killed(['1', '2'], 'aaaabb'), 0],
    ['more pieces than there are', () => killed(['1', '4'], 'aaaabbbbccdd'), 0],
    ['words in the journal', () => killed(['1', 'two'], 'aaaabbbb'), 0],
    ['another file', () => killed(['1'], 'XXXX', { key: 'two' }), 0],
    ['one piece, by a process of our own number', () => killed(['1'], 'aaaa', { pid: process.pid }), 1],
    ['two killed runs: the one that got further', () => [killed(['1'], 'aaaa', { pid: deadPid }), killed(['1', '2'], 'aaaabbbb', { pid: 2 ** 22 + 1 })], 2],
  ])('%s', (_, leave, finished) => {
    leave();
    expect(finish()).toEqual({ finished, text: 'aaaabbbbcc' });
    expect(readdirSync(folder)).toEqual(['app']);
  });

  test('what a living process makes is left alone, and so is another file\'s', () => {
    const living = killed(['1'], 'XXXX', { pid: process.ppid });
    const other = killed(['1'], 'XXXX', { name: 'application' });
    expect(finish()).toEqual({ finished: 0, text: 'aaaabbbbcc' });
    expect([existsSync(living), existsSync(other)]).toEqual([true, true]);
  });
});

test('one process makes a file twice at once: each its own', () => {
  const [first, second] = [openResumableFile(making), openResumableFile(making)];
  for (const piece of pieces) {
    first.write(piece);
    second.write(piece);
  }
  first.commit(0o600);
  second.commit(0o600);
  expect(readdirSync(folder)).toEqual(['app']);
  expect(readFileSync(making.path, 'utf8')).toBe('aaaabbbbcc');
});

test('a folder that is not there is one error', () => {
  making = { ...making, path: join(folder, 'missing/app') };
  expect(() => finish()).toThrow(expect.objectContaining({ code: 'IO_FAILED' }));
});
