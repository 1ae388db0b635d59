/**
 * What every failure of the program has in common.
 */
import { errorCodes, SlipwayError, type ErrorCode } from '@slipway/core';
import { expect } from '@jest/globals';
import type { Ran } from './program.ts';

export interface Failure {
  readonly code: ErrorCode;
  /** Parts of the message. */
  readonly says?: readonly (string | RegExp)[];
}

/** One error: its code and exit code, what it says, a hint, and no stack. */
export function expectFailure(ran: Ran, { code, says = [] }: Failure): void {
  const text = plainError(ran);
  expect({ code: text.code, exit: ran.code }).toEqual({ code, exit: new SlipwayError(code, '').exitCode });
  for (const part of says) expect(text.message).toMatch(part);
  expect({ code, hint: text.hint }).toEqual({ code, hint: expect.stringMatching(/\S/) });
}

/** The same from `--json`: the last line of standard output, after events that are JSON, too. */
export function expectJsonFailure(ran: Ran, { code, says = [] }: Failure): void {
  const lines = ran.stdout.trimEnd().split('\n');
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  const exitCode = new SlipwayError(code, '').exitCode;
  const last = JSON.parse(lines.at(-1) ?? '') as { readonly error?: { readonly message: string } };
  expect(last).toEqual({ error: { code, message: expect.any(String), hint: expect.stringMatching(/\S/), exitCode } });
  for (const part of says) expect(last.error?.message).toMatch(part);
  expect(ran.code).toBe(exitCode);
  expect(ran.stderr).toBe('');
}

/** Any failure that the program has words for: a bug in it (INTERNAL) is none of these. */
export function expectSomeFailure(ran: Ran, among: readonly ErrorCode[] = errorCodes.filter((code) => code !== 'INTERNAL')): void {
  const { code } = plainError(ran);
  expect(among).toContain(code);
  expectFailure(ran, { code });
}

export function expectSuccess(ran: Ran): void {
  expect({ code: ran.code, signal: ran.signal }).toEqual({ code: 0, signal: null });
}

interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** `error[CODE]: MESSAGE`, which may have many lines, then `hint: HINT`. */
function plainError({ stderr, code, signal }: Ran): PlainError {
  const [, name, rest] = /^error\[([A-Z_]+)\]: ([^]*)$/m.exec(stderr) ?? [];
  if (name === undefined || rest === undefined) throw new Error(`the program ended with ${signal ?? code} and printed no error`);
  expect(errorCodes).toContain(name);
  const [message = '', hint = ''] = rest.split(/\nhint: /);
  return { code: name as ErrorCode, message, hint };
}
