import { allCommands, type Command, commonOptions, nextWords } from './command-tree.ts';

/** A completion script for bash 3.2 and later, with nothing else installed. */
export function bashCompletion(program: Command, name = 'slipway'): string {
  const commands = allCommands(program);
  const path = ({ words }: Command): string => words.join(' ');
  const steps = commands.filter(({ words }) => words.length > 0).map((command) => `      '${path(command)}') path='${path(command)}' ;;`);
  const values = commands.flatMap((command) => command.options.filter(({ value }) => value !== 'none').map(({ name: option, value }) =>
    `    '${path(command)} --${option}') ${value === 'any' ? 'return' : `words='${(value as readonly string[]).join(' ')}'`} ;;`));
  const words = commands.map((command) => {
    const options = [...new Set([...command.options, ...commonOptions(program)].map(({ name: option }) => `--${option}`))];
    return `      '${path(command)}') words='${[...nextWords(command).map(({ word }) => word), ...options].join(' ')}' ;;`;
  });
  return `# bash completion of ${name}
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${path:+$path }\${COMP_WORDS[i]}" in
${steps.join('\n')}
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
${values.join('\n')}
    *) case "$path" in
${words.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _${name} ${name}
`;
}
