import type { SelfContext } from './answer.ts';

interface Help {
  readonly synopsis: string;
  readonly about: string;
  readonly options: readonly (readonly [string, string])[];
  /** What is typed after the command, and what it does. */
  readonly examples: readonly (readonly [string, string])[];
}

const helps: Readonly<Record<string, Help>> = {
  update: {
    synopsis: '[--check] [--channel CHANNEL] [--version VERSION]',
    about: 'Get the newest version. The next start tries it out; the present one stays until it has proved itself.',
    options: [['--check', 'only say whether there is one'], ['--channel CHANNEL', 'from another release channel, this once'], ['--version VERSION', 'this version, newer or older']],
    examples: [['', 'the newest version'], [' --check', 'ask, and leave it at that'], [' --version 1.2.0', 'that version']],
  },
  rollback: {
    synopsis: '[VERSION]',
    about: 'Go back to the version that ran before, or to another one that is installed. Works offline.',
    options: [],
    examples: [['', 'the version before'], [' 1.2.0', 'that version']],
  },
  doctor: {
    synopsis: '[--repair]',
    about: 'Check whether everything is as it was installed.',
    options: [['--repair', 'make it so: damaged files are fetched again']],
    examples: [['', 'look'], [' --repair', 'look and repair']],
  },
  versions: { synopsis: '', about: 'List the versions that are installed.', options: [], examples: [['', 'all of them'], [' --json', 'for a script']] },
  owner: { synopsis: '', about: 'Say who installed this copy, and how it is upgraded.', options: [], examples: [['', 'who it was']] },
};

const always = [['--json', 'one JSON document on standard output'], ['--help', 'this text']] as const;

/** The help page of one command, or of all. */
export function helpText({ typed, descriptor: { product, names } }: SelfContext, topic?: string): string {
  const help = topic === undefined || !Object.hasOwn(helps, topic) ? undefined : helps[topic];
  if (topic === undefined || help === undefined) {
    const width = Math.max(...Object.keys(helps).map((name) => typed(name).length));
    const rows = Object.entries(helps).map(([name, { about }]) => `  ${typed(name).padEnd(width)}  ${about.split('. ')[0]?.replace(/\.$/, '')}`);
    return `About this copy of ${product}.\n\n${rows.join('\n')}\n\nEach takes --json and --help, for example: ${names[0] ?? product} self update --help`;
  }
  const rows = [...help.options, ...always].map(([name, about]) => `  ${name.padEnd(19)}  ${about}`);
  const width = Math.max(...help.examples.map(([rest]) => typed(topic).length + rest.length));
  const lines = help.examples.map(([rest, about]) => `${`${typed(topic)}${rest}`.padEnd(width)}  ${about}`);
  return `Usage: ${`${typed(topic)} ${help.synopsis}`.trimEnd()}\n\n${help.about}\n\n${rows.join('\n')}\n\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
