/** What was typed after the program's name, as a command with its options. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { didYouMean, SlipwayError } from '@slipway/core';

export type Parsed =
  | { readonly command: 'help'; readonly topic?: string }
  | { readonly command: 'update'; readonly check: boolean; readonly channel?: string; readonly version?: string }
  | { readonly command: 'rollback'; readonly version?: string }
  | { readonly command: 'doctor'; readonly repair: boolean }
  | { readonly command: 'versions' | 'owner' | 'adopt' };

/** Those that people type. */
export const commandNames = ['update', 'rollback', 'doctor', 'versions', 'owner'] as const;

const options: Readonly<Record<string, NonNullable<ParseArgsConfig['options']>>> = {
  update: { check: { type: 'boolean' }, channel: { type: 'string' }, version: { type: 'string' } },
  doctor: { repair: { type: 'boolean' } },
  rollback: {},
  versions: {},
  owner: {},
  adopt: {},
};

/** `args` begin with `self`, or with a command where the program has it at its top level. Throws USAGE. */
export function parse(args: readonly string[]): Parsed {
  const [command = 'help', ...rest] = args[0] === 'self' ? args.slice(1) : args;
  if (command === 'help' || command === '--help' || command === '-h' || command === '--json') return { command: 'help', ...(rest[0] === undefined ? {} : { topic: rest[0] }) };
  if (!Object.hasOwn(options, command)) throw usage(`there is no command ${command}.${didYouMean(command, commandNames)}`);
  const { values, positionals } = read(command, rest);
  if (values['help'] === true) return { command: 'help', topic: command };
  const most = command === 'rollback' ? 1 : 0;
  if (positionals.length > most) throw usage(`${command} takes ${most === 0 ? 'no' : 'one'} argument, and ${positionals.join(' ')} is given`);
  for (const [name, value] of Object.entries(values)) if (value === '') throw usage(`--${name} is empty`);
  const text = (name: string): Record<string, string> => (typeof values[name] === 'string' ? { [name]: values[name] } : {});
  switch (command) {
    case 'update':
      return { command, check: values['check'] === true, ...text('channel'), ...text('version') };
    case 'rollback':
      return { command, ...(positionals[0] === undefined ? {} : { version: positionals[0] }) };
    case 'doctor':
      return { command, repair: values['repair'] === true };
    default:
      return { command: command as 'versions' };
  }
}

function read(command: string, args: readonly string[]): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options: { ...options[command], json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split(/\. To specify|\n/);
    throw usage(message.replace(/\.$/, ''));
  }
}

function usage(message: string): SlipwayError {
  return new SlipwayError('USAGE', message, { hint: 'See --help.' });
}
