import { bytesSource, targetIds, targetOf, targets, type ExecutableFacts, type TargetId } from '@slipway/core';
import { describe, expect, test } from '@jest/globals';
import { fakeExecutable } from '../fake/fake-executable.ts';
import { checkFacts } from './check.ts';
import { inspectExecutable } from './inspect.ts';

const promised = { glibcFloor: '2.17', minimumMacos: '13.0' };
const factsOf = (id: TargetId): ExecutableFacts => inspectExecutable(bytesSource(fakeExecutable(targetOf(id), 'check')));
const messageOf = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    expect(error).toMatchObject({ code: 'INSPECT_MISMATCH' });
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

test.each(targetIds)('%s fits its own label and no other', (id) => {
  const facts = factsOf(id);
  expect(targets.filter((target) => {
    try {
      checkFacts(facts, target, promised);
      return true;
    } catch {
      return false;
    }
  }).map((target) => target.id)).toEqual([id]);
});

test('the message names the label and the bytes', () => {
  expect(messageOf(() => checkFacts(factsOf('linux-x64-musl'), targetOf('linux-x64'), {}))).toBe(
    'labelled linux-x64 (linux, x64, glibc) but its bytes are for linux, x64, musl (interpreter /lib/ld-musl-x86_64.so.1)',
  );
  expect(messageOf(() => checkFacts(factsOf('windows-x64'), targetOf('darwin-arm64'), {}))).toBe(
    'labelled darwin-arm64 (darwin, arm64) but its bytes are for windows, x64 (PE header)',
  );
});

test.each(['linux-x64', 'linux-x64-musl'] as const)('a static executable fits %s', (id) => {
  expect(() => checkFacts({ format: 'elf', os: 'linux', arch: 'x64', libc: 'static', needed: [] }, targetOf(id), promised)).not.toThrow();
});

test('an interpreter of neither C library fits no label', () => {
  const facts: ExecutableFacts = { format: 'elf', os: 'linux', arch: 'x64', interpreter: '/system/bin/linker64', needed: [] };
  expect(messageOf(() => checkFacts(facts, targetOf('linux-x64'), {}))).toContain('an unknown C library (interpreter /system/bin/linker64)');
});

describe('promises', () => {
  const linux = factsOf('linux-arm64');
  const darwin = factsOf('darwin-arm64');
  const rows: readonly (readonly [title: string, facts: ExecutableFacts, target: TargetId, promise: object, message: string | undefined])[] = [
    ['an older glibc than needed', { ...linux, glibcFloor: '2.28' }, 'linux-arm64', { glibcFloor: '2.9' }, 'linux-arm64 is promised for glibc 2.9 and newer but its bytes need glibc 2.28'],
    ['exactly the glibc needed', { ...linux, glibcFloor: '2.28' }, 'linux-arm64', { glibcFloor: '2.28' }, undefined],
    ['any glibc, where none is needed in particular', { format: 'elf', os: 'linux', arch: 'arm64', libc: 'glibc', needed: [] }, 'linux-arm64', promised, undefined],
    ['nothing', { ...linux, glibcFloor: '2.40' }, 'linux-arm64', {}, undefined],
    ['an older macOS than needed', { ...darwin, minimumMacos: '13.5' }, 'darwin-arm64', { minimumMacos: '13.0' }, 'darwin-arm64 is promised for macOS 13.0 and newer but its bytes need macOS 13.5'],
    ['a macOS of which the bytes say nothing', { format: 'macho', os: 'darwin', arch: 'arm64', needed: [], signature: 'ad-hoc' }, 'darwin-arm64', promised, 'darwin-arm64 is promised for macOS 13.0 and newer but its bytes name no oldest macOS'],
    ['a signature that is missing', { ...darwin, signature: 'none' }, 'darwin-arm64', promised, 'darwin-arm64 must be signed but its bytes hold no signature'],
    ['a signature with a certificate', { ...darwin, signature: 'certificate' }, 'darwin-arm64', promised, undefined],
  ];
  test.each(rows)('promising %s', (_, facts, id, promise, message) => {
    const check = (): void => checkFacts(facts, targetOf(id), promise);
    if (message === undefined) expect(check).not.toThrow();
    else expect(messageOf(check)).toBe(message);
  });

  test('an Intel program must be signed too', () => {
    expect(messageOf(() => checkFacts({ ...factsOf('darwin-x64'), signature: 'none' }, targetOf('darwin-x64'), {}))).toContain('must be signed');
  });
});
