import { expect, test } from '@jest/globals';
import { executableSuffix, targetIds, targetOf, targets } from './target.ts';

test('there are eight targets, each with one row', () => {
  expect(targetIds).toEqual(['linux-x64', 'linux-x64-musl', 'linux-arm64', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'windows-x64', 'windows-arm64']);
  expect(new Set(targets.map(({ bun }) => bun.package)).size).toBe(8);
  expect(new Set(targets.map(({ rust }) => rust)).size).toBe(8);
});

test.each(targets)('$id: every ecosystem’s name agrees with its id', (target) => {
  const [os, cpu, musl] = target.id.split('-');
  expect([target.os, target.arch, target.libc]).toEqual([os, cpu, os === 'linux' ? (musl ?? 'glibc') : undefined]);
  expect([target.npm.cpu, target.npm.libc]).toEqual([target.arch, target.libc]);
  expect(target.go.goarch).toBe(cpu === 'x64' ? 'amd64' : 'arm64');
  expect(target.rust.startsWith(cpu === 'x64' ? 'x86_64-' : 'aarch64-')).toBe(true);
  expect(executableSuffix(targetOf(target.id))).toBe(os === 'windows' ? '.exe' : '');
});
