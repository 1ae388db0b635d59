/**
 * The commands as data, from the very calls that define them for yargs: what is recorded here is what the command line
 * takes. yargs itself tells nothing of a command before it is run.
 */
import type { Argv } from 'yargs';

export interface Option {
  /** Without hyphens. */
  readonly name: string;
  readonly describe: string;
  /** A flag takes none. */
  readonly value: 'none' | 'any' | readonly string[];
  readonly fallback?: string;
}

export interface Command {
  /** The words after the program's name; none for the program itself. */
  readonly words: readonly string[];
  /** What the command takes in its place, for example `[dist]`. */
  readonly operands: readonly Operand[];
  readonly describe: string;
  readonly options: readonly Option[];
  readonly examples: readonly { readonly command: string; readonly describe: string }[];
  readonly commands: readonly Command[];
  readonly epilogue: string;
}

export interface Operand {
  /** With its brackets. */
  readonly written: string;
  readonly describe: string;
  readonly choices?: readonly string[];
}

/** How the program defines its commands. */
export type Definition = (parser: Argv, done: (result: Promise<number>) => Promise<void>) => unknown;

export function commandTree(program: string, define: Definition): Command {
  const recorder = new Recorder(program, [], '', []);
  define(recorder.parser, () => Promise.resolve());
  return recorder.command();
}

interface Declared {
  readonly type?: string;
  readonly describe?: string;
  readonly choices?: readonly unknown[];
  readonly default?: unknown;
  readonly defaultDescription?: string;
}

/** Stands for yargs: remembers what it is told and does nothing. */
class Recorder {
  readonly #program: string;
  readonly #words: readonly string[];
  #describe: string;
  #epilogue = '';
  readonly #written: readonly string[];
  readonly #options: Option[] = [];
  readonly #operands = new Map<string, Declared>();
  readonly #examples: { command: string; describe: string }[] = [];
  readonly #commands: Command[] = [];
  readonly parser: Argv;

  constructor(program: string, words: readonly string[], describe: string, operands: readonly string[]) {
    this.#program = program;
    this.#words = words;
    this.#describe = describe;
    this.#written = operands;
    const calls: Readonly<Record<string, (...args: never[]) => void>> = {
      command: (usage: string, describe: string, build: (parser: Argv) => unknown) => this.#subcommand(usage, describe, build),
      option: (name: string, declared: Declared) => this.#option(name, declared),
      options: (all: Readonly<Record<string, Declared>>) => Object.entries(all).forEach(([name, declared]) => this.#option(name, declared)),
      positional: (name: string, declared: Declared) => void this.#operands.set(name, declared),
      example: (command: string, describe: string) => void this.#examples.push({ command: command.replaceAll('$0', program), describe }),
      usage: (text: string) => void (this.#describe = text.split('\n').at(-1) ?? ''),
      epilogue: (text: string) => void (this.#epilogue = text),
    };
    this.parser = new Proxy({}, { get: (_, name) => (...args: never[]) => (calls[String(name)]?.(...args), this.parser) }) as Argv;
  }

  command(): Command {
    const operands = this.#written.map((written): Operand => {
      const { describe = '', choices } = this.#operands.get(written.replaceAll(/[<>[\].]/g, '')) ?? {};
      return { written, describe, ...(choices === undefined ? {} : { choices: choices.map(String) }) };
    });
    return { words: this.#words, operands, describe: this.#describe, options: this.#options, examples: this.#examples, commands: this.#commands, epilogue: this.#epilogue };
  }

  #subcommand(usage: string, describe: string, build: (parser: Argv) => unknown): void {
    const [name = '', ...operands] = usage.split(' ');
    const recorder = new Recorder(this.#program, [...this.#words, name], describe, operands);
    build(recorder.parser);
    this.#commands.push(recorder.command());
  }

  #option(name: string, { type, describe = '', choices, default: given, defaultDescription }: Declared): void {
    const fallback = defaultDescription ?? (given === undefined || typeof given === 'boolean' ? undefined : String(given));
    this.#options.push({ name, describe, value: choices?.map(String) ?? (type === 'boolean' ? 'none' : 'any'), ...(fallback === undefined ? {} : { fallback }) });
  }
}

/** The command and everything below it. */
export function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** Options that every command of a program takes. */
export function commonOptions(program: Command): readonly Option[] {
  return [...program.options, { name: 'help', describe: 'Show help', value: 'none' }];
}

/** What may stand at the next place after a command: its subcommands, or the words of its first operand. */
export function nextWords({ commands, operands }: Command): readonly { readonly word: string; readonly describe: string }[] {
  if (commands.length > 0) return commands.map(({ words, describe }) => ({ word: words.at(-1) ?? '', describe }));
  return (operands[0]?.choices ?? []).map((word) => ({ word, describe: operands[0]?.describe ?? '' }));
}
