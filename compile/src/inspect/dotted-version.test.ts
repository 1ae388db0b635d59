import { expect, test } from '@jest/globals';
import { compareDotted, toMinor } from './dotted-version.ts';

test.each([
  ['2.9', '2.17', -1],
  ['2.17', '2.17', 0],
  ['2.17', '2.17.0', 0],
  ['13.1', '13.0', 1],
  ['3.0', '2.99', 1],
])('%s against %s is %d', (a, b, sign) => {
  expect(Math.sign(compareDotted(a, b))).toBe(sign);
  expect(Math.sign(compareDotted(b, a))).toBe(-sign + 0);
});

test.each([
  [2, 17, 0, '2.17'],
  [2, 2, 5, '2.3'],
  [13, 3, 1, '13.4'],
])('%d.%d.%d as a floor of two numbers is never too low', (major, minor, patch, floor) => {
  expect(toMinor(major, minor, patch)).toBe(floor);
});
