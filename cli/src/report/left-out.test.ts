import { expect, test } from '@jest/globals';
import type { Plan } from '@slipway/core';
import { leftOut } from './left-out.ts';

test.each<[what: string, skipped: Plan['skipped'], lines: readonly string[]]>([
  ['nothing', [], []],
  ['one target', [{ wrapper: 'pip', target: 'linux-x64', reason: 'no' }], ['left out: pip for linux-x64: no']],
  ['some targets for one reason', [{ wrapper: 'pip', target: 'linux-x64', reason: 'no' }, { wrapper: 'pip', target: 'darwin-x64', reason: 'no' }], ['left out: pip for linux-x64, darwin-x64: no']],
  ['all targets for one reason', (['linux-x64', 'darwin-x64', 'windows-x64'] as const).map((target) => ({ wrapper: 'pip', target, reason: 'no' })), ['left out: pip: no']],
  ['two reasons and two wrappers', [{ wrapper: 'pip', target: 'linux-x64', reason: 'a' }, { wrapper: 'pip', target: 'darwin-x64', reason: 'b' }, { wrapper: 'npm', target: 'linux-x64', reason: 'a' }], ['left out: pip for linux-x64: a', 'left out: pip for darwin-x64: b', 'left out: npm for linux-x64: a']],
  ['a target that this run does not make', [{ wrapper: 'pip', target: 'windows-arm64', reason: 'no' }], []],
])('%s', (_, skipped, lines) => {
  expect(leftOut(skipped, ['linux-x64', 'darwin-x64', 'windows-x64'])).toEqual(lines);
});
