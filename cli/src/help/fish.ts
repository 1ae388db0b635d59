import { allCommands, type Command, commonOptions, nextWords, type Option } from './command-tree.ts';

/** A completion script for fish 3 and later. */
export function fishCompletion(program: Command, name = 'slipway'): string {
  const commands = allCommands(program);
  const paths = commands.filter(({ words }) => words.length > 0).map(({ words }) => quoted(words.join(' ')));
  const lines = commands.flatMap((command) => {
    const at = `complete -c ${name} -n ${quoted(`__${name}_at ${quoted(command.words.join(' '))}`)}`;
    const files = command.commands.length > 0 || command.operands.length === 0 || command.operands[0]?.choices !== undefined ? [`${at} -f`] : [];
    return [...files, ...nextWords(command).map(({ word, describe }) => `${at} -a ${quoted(word)} -d ${quoted(describe)}`), ...command.options.filter((option) => !program.options.includes(option)).map((option) => `${at} ${optionWords(option)}`)];
  });
  return `# fish completion of ${name}

# Whether the words so far name this command.
function __${name}_at
    set -l path
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if contains -- (string join ' ' -- $path $word) ${paths.join(' ')}
            set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end

${commonOptions(program).map((option) => `complete -c ${name} ${optionWords(option)}`).join('\n')}
${lines.join('\n')}
`;
}

function optionWords({ name, describe, value }: Option): string {
  const takes = value === 'none' ? '' : value === 'any' ? ' -r' : ` -x -a ${quoted(value.join(' '))}`;
  return `-l ${name}${takes} -d ${quoted(describe)}`;
}

function quoted(plain: string): string {
  return `'${plain.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
