/**
 * The commands that every program with an update address has for its end user. This is a part of somebody else's
 * program: it speaks of that program alone.
 */
import { SlipwayError, type UpdateDescriptor } from '@slipway/core';
import { updaterPorts } from '@slipway/platform';
import { installError } from '@slipway/updater';
import { selfAdopt } from './adopt.ts';
import type { Answer, SelfContext } from './answer.ts';
import { parse, type Parsed } from './arguments.ts';
import { selfDoctor } from './doctor.ts';
import { helpText } from './help.ts';
import { selfOwner } from './owner.ts';
import { selfRollback } from './rollback.ts';
import { selfUpdate } from './update.ts';
import { selfVersions } from './versions.ts';

/** Run what was typed after the program's name; resolves to the exit code. */
export async function run(descriptor: UpdateDescriptor, args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const context = contextOf(descriptor, json);
  process.stdout.on('error', stopQuietly);
  try {
    const parsed = parse(args);
    if (parsed.command === 'help') {
      process.stdout.write(`${helpText(context, parsed.topic)}\n`);
      return 0;
    }
    const { data, text, code = 0 } = await answerTo(context, parsed);
    process.stdout.write(json ? `${JSON.stringify({ command: parsed.command, ...data })}\n` : `${text}\n`);
    return code;
  } catch (error) {
    context.progress('');
    return fail(context, error, json);
  }
}

function answerTo(context: SelfContext, parsed: Exclude<Parsed, { command: 'help' }>): Promise<Answer> {
  switch (parsed.command) {
    case 'update': {
      const { command: _, ...options } = parsed;
      return selfUpdate(context, options);
    }
    case 'rollback':
      return selfRollback(context, parsed.version);
    case 'doctor':
      return selfDoctor(context, parsed);
    case 'versions':
      return selfVersions(context);
    case 'owner':
      return selfOwner(context);
    case 'adopt':
      return selfAdopt(context);
  }
}

function contextOf(descriptor: UpdateDescriptor, json: boolean): SelfContext {
  const { product, names: [name = product], topLevel } = descriptor;
  const visible = process.stderr.isTTY && !json && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
  let shown = '';
  return {
    descriptor,
    ports: updaterPorts(),
    executable: process.execPath,
    environment: process.env,
    progress(line) {
      if (!visible || line === shown) return;
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`); // a line that wraps could not be cleared
      shown = line;
    },
    typed: (command) => (topLevel && ['update', 'rollback', 'doctor'].includes(command) ? `${name} ${command}` : `${name} self ${command}`),
  };
}

/** Print an error the one way there is. */
function fail({ descriptor: { product } }: SelfContext, error: unknown, json: boolean): number {
  const known = installError(error, 'go on');
  const { code, message, exitCode, cause } = known;
  const hint = code === 'INTERNAL' ? `This is a bug in ${product}: report it with the output.` : known.hint;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, hint, exitCode } })}\n`);
  else process.stderr.write(`error[${code}]: ${message}\nhint: ${hint}\n`);
  if (code === 'INTERNAL') process.stderr.write(`${(cause instanceof Error ? cause : (error as Error)).stack ?? ''}\n`);
  return error instanceof SlipwayError ? error.exitCode : exitCode;
}

/** Whoever read our output has gone: end as SIGPIPE would have it, without a word. */
function stopQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(128 + 13);
}
