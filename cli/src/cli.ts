/**
 * The publisher's commands. Each is a module that is loaded when it runs; this one place owns the exit code.
 */
import { availableParallelism } from 'node:os';
import yargs, { type Argv } from 'yargs';
import { didYouMean, ioError, SlipwayError } from '@slipway/core';
import { publishingCommands, publishingOptions } from './publisher/commands.ts';
import { version } from './version.ts';

/** Options that several commands take. */
const common = {
  config: { type: 'string', describe: 'Configuration file instead of the nearest slipway.config.*', requiresArg: true },
  out: { type: 'string', describe: 'Output folder; default: dist beside the configuration', requiresArg: true },
  target: { type: 'string', array: true, describe: 'Only these targets, for example linux-x64', requiresArg: true },
  wrapper: { type: 'string', array: true, describe: 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget', requiresArg: true },
  'set-version': { type: 'string', describe: 'The version to build, over what is configured', requiresArg: true },
  jobs: { type: 'number', describe: 'Cores to use', default: availableParallelism(), defaultDescription: 'all', requiresArg: true },
  fake: { type: 'boolean', describe: 'Tiny stand-ins with true headers instead of compiling: all targets in seconds', default: false },
} as const;

/** The one file that `diff` and `patch` write. */
const output = { type: 'string', alias: 'o', demandOption: true, describe: 'File to write', requiresArg: true } as const;

const { jobs: _jobs, fake: _fake, ...planning } = common;

/** Run the command line; resolves to the exit code. */
export async function runCli(given: readonly string[]): Promise<number> {
  // As validators of package managers and containers start it, it must end well.
  const args = given.length === 0 ? ['--help'] : given;
  const json = args.includes('--json');
  process.stdout.on('error', stopQuietly);
  // Not once: a launcher may pass on what the terminal has sent to us as well, and nothing ends the cleaning up.
  process.on('SIGINT', () => fail(new SlipwayError('INTERRUPTED', 'interrupted'), json, true));
  process.on('SIGTERM', () => fail(new SlipwayError('INTERRUPTED', 'terminated'), json, true));
  let code = 0;
  const done = (result: Promise<number>): Promise<void> => result.then((value) => void (code = value));
  try {
    await commands(yargs([...args]), done).parseAsync();
  } catch (error) {
    code = fail(error, json);
  }
  return code;
}

/** What the command line takes. */
export function commands(parser: Argv, done: (result: Promise<number>) => Promise<void>): Argv {
  const building = parser
    .scriptName('slipway')
    .usage('$0 <command>\n\nShip a command-line program everywhere, and keep every copy up to date.')
    .option('json', { type: 'boolean', describe: 'Machine-readable output', global: true, default: false })
    .command('init', 'Write a commented configuration from what the project says', (y) => y
      .options({ format: { choices: ['ts', 'json', 'yaml'] as const, default: 'ts' as const, describe: 'Kind of file' }, force: { type: 'boolean', default: false, describe: 'Replace a configuration that is there' } })
      .example('$0 init', 'Write slipway.config.ts'),
    async (argv) => done((await import('./commands/init.ts')).init(argv)))
    .command('plan', 'Print everything a run would write, touching nothing', (y) => y
      .options(planning).example('$0 plan --json', 'The plan as JSON').example('$0 plan --target linux-x64', 'Of one target'),
    async (argv) => done((await import('./commands/plan.ts')).plan(argv)))
    .command('build', 'Compile the executables, and pack nothing', (y) => y
      .options(common).example('$0 build --target linux-x64', 'One executable in dist/bin'),
    async (argv) => done((await import('./commands/dist.ts')).build(argv)))
    .command('package', 'Pack the executables that are in dist/bin', (y) => y
      .options(common).example('$0 package --wrapper npm', 'Only the npm packages'),
    async (argv) => done((await import('./commands/dist.ts')).packageOnly(argv)))
    .command('dist', 'Compile for every target, pack for every wrapper, record and verify', (y) => y
      .options(common)
      .example('$0 dist', 'Everything into dist/')
      .example('$0 dist --target linux-x64 --wrapper npm --wrapper pip', 'Two kinds of package for one target')
      .example('$0 dist --fake', 'Try the packaging in seconds'),
    async (argv) => done((await import('./commands/dist.ts')).dist(argv)))
    .command('verify [dist]', 'Open every package again and prove that all hold the same executables', (y) => y
      .positional('dist', { type: 'string', default: 'dist', describe: 'Output folder of a run' })
      .example('$0 verify', 'Check dist/').example('$0 verify build/dist --json', 'The table as JSON'),
    async (argv) => done((await import('./commands/verify.ts')).verify(argv)))
    .command('diff <base> <next>', 'Make a patch that turns one file into another', (y) => y
      .positional('base', { type: 'string', demandOption: true, describe: 'The old file' })
      .positional('next', { type: 'string', demandOption: true, describe: 'The new file' })
      .options({ output, stats: { type: 'boolean', default: false, describe: 'What the bytes of the patch are' } })
      .example('$0 diff app-1.3 app-1.4 -o app.patch', 'A patch from 1.3 to 1.4').example('$0 diff app-1.3 app-1.4 -o app.patch --stats', 'With what it is made of'),
    async (argv) => done((await import('./commands/diff.ts')).diff(argv)))
    .command('patch <base> <patch>', 'Make the new file from the old one and a patch', (y) => y
      .positional('base', { type: 'string', demandOption: true, describe: 'The old file, as it was when the patch was made' })
      .positional('patch', { type: 'string', demandOption: true, describe: 'What `slipway diff` wrote' })
      .options({ output })
      .example('$0 patch app-1.3 app.patch -o app-1.4', '1.4 from 1.3').example('$0 patch app app.patch -o app', 'In place: replaced when the new one is whole'),
    async (argv) => done((await import('./commands/patch.ts')).patch(argv)));
  return publishingCommands(building, done)
    .command('schema', 'Print the JSON Schema of the configuration, for editors', (y) => y
      .options({ markdown: { type: 'boolean', default: false, describe: 'The reference page instead' } })
      .example('$0 schema > slipway.schema.json', 'Save it'),
    async (argv) => done((await import('./commands/schema.ts')).schema(argv)))
    .command('self', 'About this copy of the program', (y) => y
      .command('owner', 'Which package manager installed this copy, and how it is upgraded', (z) => z,
        async (argv) => done((await import('./commands/owner.ts')).owner(argv)))
      .demandCommand(1, 'Name what to do: owner'))
    .command('completion <shell>', 'Print a completion script', (y) => y
      .positional('shell', { choices: ['bash', 'zsh', 'fish', 'powershell'] as const, demandOption: true, describe: 'Which shell it is for' })
      .example('$0 completion bash > ~/.local/share/bash-completion/completions/slipway', 'For bash, from its next start on'),
    async (argv) => done((await import('./commands/completion.ts')).completion(argv, commands)))
    .command('manual', 'Print the manual page', (y) => y.example('$0 manual > slipway.1', 'In roff, for man'),
    async () => done((await import('./commands/completion.ts')).manual(commands)))
    .demandCommand(1, 'Name a command')
    .check(checkValues)
    .strictCommands()
    .strictOptions()
    .recommendCommands()
    .version(version)
    .alias('h', 'help')
    .alias('v', 'version')
    .detectLocale(false)
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .epilogue('Exit codes: 0 done, 1 a check failed, 2 wrong usage or configuration, 65 bad data, 74 file system, 130 interrupted.')
    .exitProcess(false)
    .fail((message, error) => {
      throw error === undefined || error.name === 'YError' ? usageError(error?.message ?? message) : error;
    });
}

/** Options that take one value, given twice or empty: yargs would make a list or an empty string of them. */
function checkValues(argv: Readonly<Record<string, unknown>>): true {
  for (const [name, option] of Object.entries({ ...publishingOptions, ...common, output })) {
    const value = argv[name];
    if (Array.isArray(value) && !('array' in option)) throw new SlipwayError('USAGE', `--${name} is given ${value.length} times (${value.join(', ')})`, { hint: 'Give it once.' });
    if (value === '' || (Array.isArray(value) && value.includes(''))) throw new SlipwayError('USAGE', `--${name} is empty`, { hint: 'A shell variable may be unset.' });
  }
  return true;
}

function usageError(message: string): SlipwayError {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
  const options = unknown.map((word) => didYouMean(word, [...Object.keys({ ...common, ...publishingOptions }), 'output', 'stats'])).find((text) => text !== '') ?? '';
  return new SlipwayError('USAGE', `${message.replace(/(?<![.?!])$/, '.')}${options}`, { hint: 'Run `slipway --help`, or `slipway COMMAND --help`.' });
}

/** Whoever read our output has gone: end as SIGPIPE would have it, without a word. */
function stopQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(128 + 13);
}

/** Print an error the one way there is; with `exit`, end at once. */
function fail(error: unknown, json: boolean, exit = false): number {
  const known = ioError(error, 'go on');
  const { code, message, hint, exitCode, cause } = known;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, hint, exitCode } })}\n`);
  else process.stderr.write(`error[${code}]: ${message}\nhint: ${hint}\n`);
  if (code === 'INTERNAL' && cause instanceof Error) process.stderr.write(`${cause.stack ?? ''}\n`);
  if (exit) process.exit(exitCode);
  return exitCode;
}
