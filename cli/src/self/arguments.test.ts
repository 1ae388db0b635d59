import { describe, expect, test } from '@jest/globals';
import { parse } from './arguments.ts';

test.each<[typed: string, parsed: object]>([
  ['self', { command: 'help' }],
  ['self --help', { command: 'help' }],
  ['self help update', { command: 'help', topic: 'update' }],
  ['self update', { command: 'update', check: false }],
  ['update', { command: 'update', check: false }],
  ['self update --check --json', { command: 'update', check: true }],
  ['self update --channel beta --version=1.2.0', { command: 'update', check: false, channel: 'beta', version: '1.2.0' }],
  ['self update -h', { command: 'help', topic: 'update' }],
  ['rollback', { command: 'rollback' }],
  ['self rollback 1.2.0', { command: 'rollback', version: '1.2.0' }],
  ['doctor --repair', { command: 'doctor', repair: true }],
  ['self doctor', { command: 'doctor', repair: false }],
  ['self versions --json', { command: 'versions' }],
  ['self owner', { command: 'owner' }],
  ['self adopt', { command: 'adopt' }],
])('%s', (typed, parsed) => {
  expect(parse(typed.split(' '))).toEqual(parsed);
});

describe('what cannot be understood', () => {
  test.each<[typed: readonly string[], says: RegExp]>([
    [['self', 'updat'], /no command updat\..*Did you mean "update"\?/],
    [['self', 'constructor'], /no command constructor/],
    [['self', 'update', '--chek'], /Unknown option '--chek'/],
    [['self', 'update', '--version'], /--version.* argument missing/],
    [['self', 'update', '--version='], /--version is empty/],
    [['self', 'update', '1.2.0'], /update takes no argument, and 1\.2\.0 is given/],
    [['self', 'rollback', '1', '2'], /rollback takes one argument, and 1 2 is given/],
    [['self', 'doctor', '--check'], /Unknown option '--check'/],
  ])('%j', (typed, says) => {
    expect(() => parse(typed)).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(says) }));
  });
});
