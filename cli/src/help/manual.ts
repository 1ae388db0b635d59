import { allCommands, type Command, commonOptions, type Option } from './command-tree.ts';

/** A manual page in the macros of man(7), which every man reads. It has no date: the same commands give the same page. */
export function manualPage(program: Command, name = 'slipway'): string {
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "${name}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${roff(lowerFirst(program.describe.replace(/\.$/, '')))}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.I command',
    '[\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    roff(program.describe),
    '.SH OPTIONS',
    'Every command takes these.',
    ...commonOptions(program).flatMap(optionLines),
    '.SH COMMANDS',
    ...allCommands(program).filter(({ words, commands }) => words.length > 0 && commands.length === 0).flatMap((command) => commandLines(command, name)),
    '.SH EXIT STATUS',
    roff(program.epilogue.replace(/^Exit codes: /, '')),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ words, operands, describe, options, examples }: Command, name: string): readonly string[] {
  const usage = [...words.map((word) => `\\fB${roff(word)}\\fR`), ...operands.map(({ written }) => `\\fI${roff(written)}\\fR`)];
  return [
    `.SS "${usage.join(' ')}"`,
    roff(`${describe}.`),
    ...operands.flatMap(({ written, describe: text }) => ['.TP', `.I ${roff(written.replaceAll(/[<>[\]]/g, ''))}`, roff(`${text}.`)]),
    ...options.flatMap(optionLines),
    ...examples.flatMap(({ command, describe: text }) => ['.PP', roff(`${text}:`), '.PP', '.RS 4', '.nf', `.B ${roff(command.startsWith(name) ? command : `${name} ${command}`)}`, '.fi', '.RE']),
  ];
}

function optionLines({ name, describe, value, fallback }: Option): readonly string[] {
  const argument = value === 'none' ? '' : ` \\fI${value === 'any' ? 'value' : roff(value.join('|'))}\\fR`;
  const tail = fallback === undefined ? '' : ` Default: ${fallback}.`;
  return ['.TP', `\\fB\\-\\-${roff(name)}\\fR${argument}`, roff(`${describe.replace(/\.$/, '')}.${tail}`)];
}

/** Plain text as roff reads it: hyphens that can be copied, and no line that looks like a request. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replace(/^[.']/, '\\&$&');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
