import { type Command, commonOptions, nextWords, type Option } from './command-tree.ts';

/** A completion function for zsh, for a folder in \`fpath\`; also works when it is sourced. */
export function zshCompletion(program: Command, name = 'slipway'): string {
  const main = `_${name}`;
  return `#compdef ${name}\n\n${functions(program, program, main).join('\n')}
if [ "$funcstack[1]" = "${main}" ]; then
  ${main} "$@"
else
  compdef ${main} ${name}
fi
`;
}

/** One function for each command. */
function functions(command: Command, program: Command, name: string): readonly string[] {
  const options = [...command.options, ...(command === program ? [] : program.options), ...commonOptions(program).slice(-1)];
  const specs = options.map(optionSpec);
  const below = command.commands.flatMap((one) => functions(one, program, `${name}_${one.words.at(-1)}`));
  if (command.commands.length === 0) {
    const operands = command.operands.map(({ written, choices }) => quoted(`${written.startsWith('[') ? '::' : ':'}${text(written.replaceAll(/[<>[\]]/g, ''))}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`));
    return [`${name}() {\n  _arguments \\\n${[...specs, ...operands].map((spec) => `    ${spec}`).join(' \\\n')}\n}\n`, ...below];
  }
  const words = nextWords(command).map(({ word, describe }) => `      ${quoted(`${word}:${describe.replaceAll(':', '\\:')}`)}`);
  const cases = command.commands.map(({ words: path }) => `        ${path.at(-1)}) ${name}_${path.at(-1)} ;;`);
  return [`${name}() {
  local curcontext="$curcontext" state line
  local -a names
  _arguments -C \\
${specs.map((spec) => `    ${spec} \\`).join('\n')}
    '1: :->command' '*:: :->rest'
  case $state in
    command)
      names=(
${words.join('\n')}
      )
      _describe -t commands command names ;;
    rest)
      case $line[1] in
${cases.join('\n')}
      esac ;;
  esac
}
`, ...below];
}

function optionSpec({ name, describe, value }: Option): string {
  const takes = value === 'none' ? '' : `:${name}:${value === 'any' ? '_files' : `(${value.join(' ')})`}`;
  return quoted(`--${name}[${text(describe)}]${takes}`);
}

/** Within a specification of _arguments. */
function text(plain: string): string {
  return plain.replaceAll(/[\\[\]:]/g, String.raw`\$&`);
}

function quoted(plain: string): string {
  return `'${plain.replaceAll("'", String.raw`'\''`)}'`;
}
