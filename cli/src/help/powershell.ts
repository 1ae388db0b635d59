import { allCommands, type Command, commonOptions, nextWords } from './command-tree.ts';

/** A completion script for Windows PowerShell 5.1 and PowerShell 7. */
export function powershellCompletion(program: Command, name = 'slipway'): string {
  const commands = allCommands(program);
  const entry = (command: Command): string => {
    const options = [...command.options, ...(command === program ? [] : program.options), ...commonOptions(program).slice(-1)];
    const words = [...nextWords(command).map(({ word, describe }) => [word, describe]), ...options.map((option) => [`--${option.name}`, option.describe])];
    return `    ${quoted(command.words.join(' '))} = @(\n${words.map(([word = '', describe = '']) => `      @(${quoted(word)}, ${quoted(describe === '' ? word : describe)})`).join(',\n')}\n    )`;
  };
  const values = commands.flatMap((command) => command.options.flatMap(({ name: option, value }) => (typeof value === 'string' ? [] : [`    ${quoted([...command.words, `--${option}`].join(' '))} = @(${value.map(quoted).join(', ')})`])));
  return `# PowerShell completion of ${name}: dot-source it in $PROFILE.
Register-ArgumentCompleter -Native -CommandName ${quoted(name)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{
${commands.map(entry).join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $path = ''
  $last = ''
  foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $last = $element.ToString()
    $next = "$path $last".Trim()
    if ($words.ContainsKey($next)) { $path = $next }
  }
  $option = "$path $last".Trim()
  if ($values.ContainsKey($option)) {
    $found = $values[$option] | ForEach-Object { , @($_, $_) }
  } else {
    $found = $words[$path]
  }
  $found | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

function quoted(plain: string): string {
  return `'${plain.replaceAll("'", "''")}'`;
}
