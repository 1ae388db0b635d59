# PowerShell completion of slipway: dot-source it in $PROFILE.
Register-ArgumentCompleter -Native -CommandName 'slipway' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{
    '' = @(
      @('init', 'Write a commented configuration from what the project says'),
      @('plan', 'Print everything a run would write, touching nothing'),
      @('build', 'Compile the executables, and pack nothing'),
      @('package', 'Pack the executables that are in dist/bin'),
      @('dist', 'Compile for every target, pack for every wrapper, record and verify'),
      @('verify', 'Open every package again and prove that all hold the same executables'),
      @('diff', 'Make a patch that turns one file into another'),
      @('patch', 'Make the new file from the old one and a patch'),
      @('keys', 'Make and change the keys that releases are signed with'),
      @('release', 'Sign what is in dist/ and add it to a release repository'),
      @('promote', 'Offer a release of one channel in another'),
      @('rollout', 'Offer a release to a share of a channel'),
      @('yank', 'Offer a release to nobody any more'),
      @('unyank', 'Offer a yanked release again'),
      @('resign', 'Sign timestamp and snapshot again, and tell what expires soon'),
      @('serve', 'Serve a release repository over HTTP, for development'),
      @('schema', 'Print the JSON Schema of the configuration, for editors'),
      @('self', 'About this copy of the program'),
      @('completion', 'Print a completion script'),
      @('manual', 'Print the manual page'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'init' = @(
      @('--format', 'Kind of file'),
      @('--force', 'Replace a configuration that is there'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'plan' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--out', 'Output folder; default: dist beside the configuration'),
      @('--target', 'Only these targets, for example linux-x64'),
      @('--wrapper', 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'),
      @('--set-version', 'The version to build, over what is configured'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'build' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--out', 'Output folder; default: dist beside the configuration'),
      @('--target', 'Only these targets, for example linux-x64'),
      @('--wrapper', 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'),
      @('--set-version', 'The version to build, over what is configured'),
      @('--jobs', 'Cores to use'),
      @('--fake', 'Tiny stand-ins with true headers instead of compiling: all targets in seconds'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'package' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--out', 'Output folder; default: dist beside the configuration'),
      @('--target', 'Only these targets, for example linux-x64'),
      @('--wrapper', 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'),
      @('--set-version', 'The version to build, over what is configured'),
      @('--jobs', 'Cores to use'),
      @('--fake', 'Tiny stand-ins with true headers instead of compiling: all targets in seconds'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'dist' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--out', 'Output folder; default: dist beside the configuration'),
      @('--target', 'Only these targets, for example linux-x64'),
      @('--wrapper', 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'),
      @('--set-version', 'The version to build, over what is configured'),
      @('--jobs', 'Cores to use'),
      @('--fake', 'Tiny stand-ins with true headers instead of compiling: all targets in seconds'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'verify' = @(
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'diff' = @(
      @('--output', 'File to write'),
      @('--stats', 'What the bytes of the patch are'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'patch' = @(
      @('--output', 'File to write'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'keys' = @(
      @('init', 'Make all keys and slipway.root.json'),
      @('list', 'Which keys are trusted, and which of them are here'),
      @('rotate', 'A new key in the place of one'),
      @('revoke', 'A new key in the place of one that leaked or is lost'),
      @('renew', 'Sign root and targets for another year'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'keys init' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--channel', 'Release channels, each with a key of its own'),
      @('--root-keys', 'Root keys to make'),
      @('--root-threshold', 'Root keys that must sign'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'keys list' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'keys rotate' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--key', 'Which of several'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'keys revoke' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'keys renew' = @(
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'release' = @(
      @('--to', 'Folder of the release repository'),
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--channel', 'Release channel, for example stable'),
      @('--dist', 'Output folder of a run; default: dist beside the configuration'),
      @('--rollout', 'Percentage of installations that are offered it'),
      @('--notes', 'File that says what changed'),
      @('--severity', 'How much it matters to update'),
      @('--dry-run', 'Say what would be released, and write nothing'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'promote' = @(
      @('--to', 'Folder of the release repository'),
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--from', 'Channel that has it'),
      @('--to-channel', 'Channel that gets it'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'rollout' = @(
      @('--channel', 'Release channel, for example stable'),
      @('--to', 'Folder of the release repository'),
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'yank' = @(
      @('--channel', 'Release channel, for example stable'),
      @('--to', 'Folder of the release repository'),
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--revoke', 'For ever, and not even by choice'),
      @('--recall-to', 'Version that those who have it go back to'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'unyank' = @(
      @('--channel', 'Release channel, for example stable'),
      @('--to', 'Folder of the release repository'),
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'resign' = @(
      @('--to', 'Folder of the release repository'),
      @('--config', 'Configuration file instead of the nearest slipway.config.*'),
      @('--keys', 'Folder of keys; default: slipway-keys beside the configuration'),
      @('--passphrase-fd', 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'),
      @('--channel', 'Channels to sign again as well'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'serve' = @(
      @('--port', '0 takes any that is free'),
      @('--host', 'Address to listen on'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'schema' = @(
      @('--markdown', 'The reference page instead'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'self' = @(
      @('owner', 'Which package manager installed this copy, and how it is upgraded'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'self owner' = @(
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'completion' = @(
      @('bash', 'Which shell it is for'),
      @('zsh', 'Which shell it is for'),
      @('fish', 'Which shell it is for'),
      @('powershell', 'Which shell it is for'),
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
    'manual' = @(
      @('--json', 'Machine-readable output'),
      @('--help', 'Show help')
    )
  }
  $values = @{
    'init --format' = @('ts', 'json', 'yaml')
    'release --severity' = @('normal', 'important', 'critical')
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
