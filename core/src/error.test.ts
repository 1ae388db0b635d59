import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { errorCodes, SlipwayError } from './error.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const sections = [...page.matchAll(/^## (\w+)\n\nExit code (\d+)\./gm)].map(([, code, exit]) => [code, Number(exit)]);

test('docs/errors.md has one section for every code, in the order of the code, with its exit code', () => {
  expect(sections).toEqual(errorCodes.map((code) => [code, new SlipwayError(code, '').exitCode]));
});

test('an error keeps its code, hint and cause', () => {
  const cause = new Error('inner');
  const error = new SlipwayError('DISK_FULL', 'cannot write x', { hint: 'free some space', cause });
  expect(error).toMatchObject({ code: 'DISK_FULL', message: 'cannot write x', hint: 'free some space', cause, exitCode: 74 });
});
