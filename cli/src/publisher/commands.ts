/** The commands that sign and publish, as the command line describes them. */
import type { Argv } from 'yargs';

/** What every command takes. */
interface Common {
  readonly json: boolean;
}

type Done = (result: Promise<number>) => Promise<void>;

const keyOptions = {
  config: { type: 'string', describe: 'Configuration file instead of the nearest slipway.config.*', requiresArg: true },
  keys: { type: 'string', describe: 'Folder of keys; default: slipway-keys beside the configuration', requiresArg: true },
  'passphrase-fd': { type: 'number', describe: 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal', requiresArg: true },
} as const;

const repositoryOptions = {
  to: { type: 'string', describe: 'Folder of the release repository', requiresArg: true, demandOption: true },
  ...keyOptions,
} as const;

const channel = { type: 'string', describe: 'Release channel, for example stable', requiresArg: true, demandOption: true } as const;

/** Options that take one value; the command line checks that each is given once. */
export const publishingOptions = {
  ...repositoryOptions,
  'root-keys': { type: 'number' },
  'root-threshold': { type: 'number' },
  from: { type: 'string' },
  'to-channel': { type: 'string' },
  dist: { type: 'string' },
  rollout: { type: 'number' },
  notes: { type: 'string' },
  'recall-to': { type: 'string' },
  key: { type: 'string' },
  port: { type: 'number' },
  host: { type: 'string' },
} as const;

export function publishingCommands(parser: Argv<Common>, done: Done): Argv<Common> {
  return parser
    .command('keys', 'Make and change the keys that releases are signed with', (y) => keyCommands(y, done))
    .command('release', 'Sign what is in dist/ and add it to a release repository', (y) => y
      .options(repositoryOptions)
      .options({
        channel,
        dist: { type: 'string', describe: 'Output folder of a run; default: dist beside the configuration', requiresArg: true },
        rollout: { type: 'number', default: 100, describe: 'Percentage of installations that are offered it', requiresArg: true },
        notes: { type: 'string', describe: 'File that says what changed', requiresArg: true },
        severity: { choices: ['normal', 'important', 'critical'] as const, describe: 'How much it matters to update', requiresArg: true },
        'dry-run': { type: 'boolean', default: false, describe: 'Say what would be released, and write nothing' },
      })
      .example('$0 release --channel stable --to site/releases', 'Everything in dist/')
      .example('$0 release --channel stable --to site/releases --rollout 10 --notes NOTES.md', 'To a tenth of the installations first'),
    async (argv) => done((await import('../commands/release.ts')).release(argv)))
    .command('promote <release>', 'Offer a release of one channel in another', (y) => y
      .positional('release', { type: 'string', demandOption: true, describe: 'For example 1.4.0' })
      .options(repositoryOptions)
      .options({ from: { type: 'string', describe: 'Channel that has it', requiresArg: true, demandOption: true }, 'to-channel': { type: 'string', describe: 'Channel that gets it', requiresArg: true, demandOption: true } })
      .example('$0 promote 1.4.0 --from beta --to-channel stable --to site/releases', 'The bytes that beta tested'),
    async (argv) => done((await import('../commands/offers.ts')).promote(argv)))
    .command('rollout <release> <percent>', 'Offer a release to a share of a channel', (y) => y
      .positional('release', { type: 'string', demandOption: true, describe: 'For example 1.4.0' })
      .positional('percent', { type: 'number', demandOption: true, describe: '0 holds it back, 100 offers it to all' })
      .options({ channel, ...repositoryOptions })
      .example('$0 rollout 1.4.0 50 --channel stable --to site/releases', 'Half of the installations, who had it before among them'),
    async (argv) => done((await import('../commands/offers.ts')).rollout(argv)))
    .command('yank <release>', 'Offer a release to nobody any more', (y) => y
      .positional('release', { type: 'string', demandOption: true, describe: 'For example 1.4.0' })
      .options({ channel, ...repositoryOptions })
      .options({
        revoke: { type: 'boolean', default: false, describe: 'For ever, and not even by choice' },
        'recall-to': { type: 'string', describe: 'Version that those who have it go back to', requiresArg: true },
      })
      .example('$0 yank 1.4.0 --channel stable --recall-to 1.3.2 --to site/releases', 'And bring back those who have it'),
    async (argv) => done((await import('../commands/offers.ts')).yank(argv)))
    .command('unyank <release>', 'Offer a yanked release again', (y) => y
      .positional('release', { type: 'string', demandOption: true, describe: 'For example 1.4.0' })
      .options({ channel, ...repositoryOptions })
      .example('$0 unyank 1.4.0 --channel stable --to site/releases', 'It was a mistake'),
    async (argv) => done((await import('../commands/offers.ts')).unyank(argv)))
    .command('resign', 'Sign timestamp and snapshot again, and tell what expires soon', (y) => y
      .options(repositoryOptions)
      .options({ channel: { type: 'string', array: true, describe: 'Channels to sign again as well', requiresArg: true } })
      .example('$0 resign --to site/releases', 'Daily, from a scheduled job: it fails when somebody must come'),
    async (argv) => done((await import('../commands/resign.ts')).resign(argv)))
    .command('serve <dir>', 'Serve a release repository over HTTP, for development', (y) => y
      .positional('dir', { type: 'string', demandOption: true, describe: 'Folder of the repository' })
      .options({
        port: { type: 'number', default: 8080, describe: '0 takes any that is free', requiresArg: true },
        host: { type: 'string', default: '127.0.0.1', describe: 'Address to listen on', requiresArg: true },
      })
      .example('$0 serve site/releases', 'On this machine only'),
    async (argv) => done((await import('../commands/serve.ts')).serve(argv)));
}

function keyCommands(parser: Argv<Common>, done: Done): Argv<Common> {
  return parser
    .command('init', 'Make all keys and slipway.root.json', (y) => y
      .options(keyOptions)
      .options({
        channel: { type: 'string', array: true, default: ['stable', 'beta', 'nightly'], describe: 'Release channels, each with a key of its own', requiresArg: true },
        'root-keys': { type: 'number', default: 3, describe: 'Root keys to make', requiresArg: true },
        'root-threshold': { type: 'number', default: 2, describe: 'Root keys that must sign', requiresArg: true },
      })
      .example('$0 keys init', 'Asks for a passphrase, twice')
      .example('$0 keys init --channel stable --root-keys 1 --root-threshold 1', 'The least there can be'),
    async (argv) => done((await import('../commands/keys.ts')).keysInit(argv)))
    .command('list', 'Which keys are trusted, and which of them are here', (y) => y
      .options(keyOptions).example('$0 keys list --json', 'For scripts'),
    async (argv) => done((await import('../commands/keys.ts')).keysList(argv)))
    .command('rotate <role>', 'A new key in the place of one', (y) => y
      .positional('role', { type: 'string', demandOption: true, describe: 'root, targets, snapshot, timestamp or a channel' })
      .options(keyOptions).options({ key: { type: 'string', describe: 'Which of several', requiresArg: true } })
      .example('$0 keys rotate timestamp', 'Once a year, or when somebody leaves'),
    async (argv) => done((await import('../commands/keys.ts')).keysRotate(argv)))
    .command('revoke <key>', 'A new key in the place of one that leaked or is lost', (y) => y
      .positional('key', { type: 'string', demandOption: true, describe: 'As `keys list` names it' })
      .options(keyOptions).example('$0 keys revoke root-1a2b3c4d', 'It is never used again'),
    async (argv) => done((await import('../commands/keys.ts')).keysRevoke(argv)))
    .command('renew', 'Sign root and targets for another year', (y) => y
      .options(keyOptions).example('$0 keys renew', 'When `slipway resign` says so'),
    async (argv) => done((await import('../commands/keys.ts')).keysRenew(argv)))
    .demandCommand(1, 'Name what to do: init, list, rotate, revoke or renew');
}
