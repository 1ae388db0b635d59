/**
 * Passphrases from `--passphrase-fd`, else `SLIPWAY_PASSPHRASE`, else the terminal. Prompts go to standard error, so
 * that `--json` stays JSON.
 */
import { readSync } from 'node:fs';
import { isCancel, password } from '@clack/prompts';
import { ioError, SlipwayError } from '@slipway/core';
import type { PassphraseSource } from '@slipway/release';

/** Characters: what a passphrase needs to be worth scrypt's work, and more than anybody types. */
const least = 8;
const most = 1024;

/** `descriptor` is the number given with --passphrase-fd. */
export function passphrases(descriptor: number | undefined, environment: Readonly<Record<string, string | undefined>> = process.env): PassphraseSource {
  const given = descriptor === undefined ? environment['SLIPWAY_PASSPHRASE'] : readDescriptor(descriptor);
  const from = descriptor === undefined ? 'SLIPWAY_PASSPHRASE' : `--passphrase-fd ${descriptor}`;
  if (given !== undefined && given !== '') return single(given, from);
  if (descriptor !== undefined) throw new SlipwayError('PASSPHRASE_MISSING', `${from} has no passphrase`, { hint: 'Write it as one line to that descriptor.' });
  return { create: createAtTerminal, open: (name, attempt) => ask(attempt === 0 ? `Passphrase of ${name}` : `That does not open ${name}. Passphrase`) };
}

function single(passphrase: string, from: string): PassphraseSource {
  return {
    async create() {
      const problem = tooShort(passphrase);
      if (problem !== undefined) throw new SlipwayError('PASSPHRASE_MISSING', `the passphrase in ${from} is too short: ${problem}`, { hint: 'A few random words are easy to keep and hard to guess.' });
      return passphrase;
    },
    async open(name, attempt) {
      if (attempt > 0) throw new SlipwayError('PASSPHRASE_WRONG', `the passphrase in ${from} does not open ${name}`);
      return passphrase;
    },
  };
}

async function createAtTerminal(): Promise<string> {
  const first = await ask('Passphrase for the new keys', tooShort);
  await ask('The same again', (value) => (value === first ? undefined : 'It is not the same.'));
  return first;
}

async function ask(message: string, validate: (value: string) => string | undefined = () => undefined): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new SlipwayError('PASSPHRASE_MISSING', 'a passphrase is needed, and there is no terminal to ask at');
  const answer = await password({ message, output: process.stderr, validate: (value) => validate(value ?? '') });
  if (isCancel(answer)) throw new SlipwayError('INTERRUPTED', 'no passphrase was given', { hint: 'Nothing was changed.' });
  return answer;
}

function tooShort(value: string): string | undefined {
  if (value.length > most) return `At most ${most} characters.`;
  return value.length < least ? `At least ${least} characters.` : undefined;
}

/** One line. */
function readDescriptor(descriptor: number): string {
  if (!Number.isInteger(descriptor) || descriptor < 0) throw new SlipwayError('USAGE', `--passphrase-fd ${descriptor} is no file descriptor`, { hint: 'For example: --passphrase-fd 0 < FILE' });
  const buffer = Buffer.alloc(most * 4);
  let size = 0;
  try {
    for (let read = -1; read !== 0 && size < buffer.length && !buffer.subarray(0, size).includes(10); size += read) read = readSync(descriptor, buffer, size, buffer.length - size, null);
  } catch (error) {
    // A launcher in between, such as npm's, passes on only the first three.
    if (['EBADF', 'EINVAL'].includes(String((error as NodeJS.ErrnoException).code))) throw new SlipwayError('PASSPHRASE_MISSING', `file descriptor ${descriptor} is not open in this process`, { hint: 'Give it as standard input: --passphrase-fd 0 < FILE', cause: error });
    throw ioError(error, `read the passphrase from descriptor ${descriptor}`);
  }
  return buffer.toString('utf8', 0, size).split(/\r?\n/, 1)[0] ?? '';
}
