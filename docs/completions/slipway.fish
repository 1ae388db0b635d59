# fish completion of slipway

# Whether the words so far name this command.
function __slipway_at
    set -l path
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if contains -- (string join ' ' -- $path $word) 'init' 'plan' 'build' 'package' 'dist' 'verify' 'diff' 'patch' 'keys' 'keys init' 'keys list' 'keys rotate' 'keys revoke' 'keys renew' 'release' 'promote' 'rollout' 'yank' 'unyank' 'resign' 'serve' 'schema' 'self' 'self owner' 'completion' 'manual'
            set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end

complete -c slipway -l json -d 'Machine-readable output'
complete -c slipway -l help -d 'Show help'
complete -c slipway -n '__slipway_at \'\'' -f
complete -c slipway -n '__slipway_at \'\'' -a 'init' -d 'Write a commented configuration from what the project says'
complete -c slipway -n '__slipway_at \'\'' -a 'plan' -d 'Print everything a run would write, touching nothing'
complete -c slipway -n '__slipway_at \'\'' -a 'build' -d 'Compile the executables, and pack nothing'
complete -c slipway -n '__slipway_at \'\'' -a 'package' -d 'Pack the executables that are in dist/bin'
complete -c slipway -n '__slipway_at \'\'' -a 'dist' -d 'Compile for every target, pack for every wrapper, record and verify'
complete -c slipway -n '__slipway_at \'\'' -a 'verify' -d 'Open every package again and prove that all hold the same executables'
complete -c slipway -n '__slipway_at \'\'' -a 'diff' -d 'Make a patch that turns one file into another'
complete -c slipway -n '__slipway_at \'\'' -a 'patch' -d 'Make the new file from the old one and a patch'
complete -c slipway -n '__slipway_at \'\'' -a 'keys' -d 'Make and change the keys that releases are signed with'
complete -c slipway -n '__slipway_at \'\'' -a 'release' -d 'Sign what is in dist/ and add it to a release repository'
complete -c slipway -n '__slipway_at \'\'' -a 'promote' -d 'Offer a release of one channel in another'
complete -c slipway -n '__slipway_at \'\'' -a 'rollout' -d 'Offer a release to a share of a channel'
complete -c slipway -n '__slipway_at \'\'' -a 'yank' -d 'Offer a release to nobody any more'
complete -c slipway -n '__slipway_at \'\'' -a 'unyank' -d 'Offer a yanked release again'
complete -c slipway -n '__slipway_at \'\'' -a 'resign' -d 'Sign timestamp and snapshot again, and tell what expires soon'
complete -c slipway -n '__slipway_at \'\'' -a 'serve' -d 'Serve a release repository over HTTP, for development'
complete -c slipway -n '__slipway_at \'\'' -a 'schema' -d 'Print the JSON Schema of the configuration, for editors'
complete -c slipway -n '__slipway_at \'\'' -a 'self' -d 'About this copy of the program'
complete -c slipway -n '__slipway_at \'\'' -a 'completion' -d 'Print a completion script'
complete -c slipway -n '__slipway_at \'\'' -a 'manual' -d 'Print the manual page'
complete -c slipway -n '__slipway_at \'init\'' -f
complete -c slipway -n '__slipway_at \'init\'' -l format -x -a 'ts json yaml' -d 'Kind of file'
complete -c slipway -n '__slipway_at \'init\'' -l force -d 'Replace a configuration that is there'
complete -c slipway -n '__slipway_at \'plan\'' -f
complete -c slipway -n '__slipway_at \'plan\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'plan\'' -l out -r -d 'Output folder; default: dist beside the configuration'
complete -c slipway -n '__slipway_at \'plan\'' -l target -r -d 'Only these targets, for example linux-x64'
complete -c slipway -n '__slipway_at \'plan\'' -l wrapper -r -d 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'
complete -c slipway -n '__slipway_at \'plan\'' -l set-version -r -d 'The version to build, over what is configured'
complete -c slipway -n '__slipway_at \'build\'' -f
complete -c slipway -n '__slipway_at \'build\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'build\'' -l out -r -d 'Output folder; default: dist beside the configuration'
complete -c slipway -n '__slipway_at \'build\'' -l target -r -d 'Only these targets, for example linux-x64'
complete -c slipway -n '__slipway_at \'build\'' -l wrapper -r -d 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'
complete -c slipway -n '__slipway_at \'build\'' -l set-version -r -d 'The version to build, over what is configured'
complete -c slipway -n '__slipway_at \'build\'' -l jobs -r -d 'Cores to use'
complete -c slipway -n '__slipway_at \'build\'' -l fake -d 'Tiny stand-ins with true headers instead of compiling: all targets in seconds'
complete -c slipway -n '__slipway_at \'package\'' -f
complete -c slipway -n '__slipway_at \'package\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'package\'' -l out -r -d 'Output folder; default: dist beside the configuration'
complete -c slipway -n '__slipway_at \'package\'' -l target -r -d 'Only these targets, for example linux-x64'
complete -c slipway -n '__slipway_at \'package\'' -l wrapper -r -d 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'
complete -c slipway -n '__slipway_at \'package\'' -l set-version -r -d 'The version to build, over what is configured'
complete -c slipway -n '__slipway_at \'package\'' -l jobs -r -d 'Cores to use'
complete -c slipway -n '__slipway_at \'package\'' -l fake -d 'Tiny stand-ins with true headers instead of compiling: all targets in seconds'
complete -c slipway -n '__slipway_at \'dist\'' -f
complete -c slipway -n '__slipway_at \'dist\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'dist\'' -l out -r -d 'Output folder; default: dist beside the configuration'
complete -c slipway -n '__slipway_at \'dist\'' -l target -r -d 'Only these targets, for example linux-x64'
complete -c slipway -n '__slipway_at \'dist\'' -l wrapper -r -d 'Only these wrappers: archive, npm, pip, homebrew, scoop, winget'
complete -c slipway -n '__slipway_at \'dist\'' -l set-version -r -d 'The version to build, over what is configured'
complete -c slipway -n '__slipway_at \'dist\'' -l jobs -r -d 'Cores to use'
complete -c slipway -n '__slipway_at \'dist\'' -l fake -d 'Tiny stand-ins with true headers instead of compiling: all targets in seconds'
complete -c slipway -n '__slipway_at \'diff\'' -l output -r -d 'File to write'
complete -c slipway -n '__slipway_at \'diff\'' -l stats -d 'What the bytes of the patch are'
complete -c slipway -n '__slipway_at \'patch\'' -l output -r -d 'File to write'
complete -c slipway -n '__slipway_at \'keys\'' -f
complete -c slipway -n '__slipway_at \'keys\'' -a 'init' -d 'Make all keys and slipway.root.json'
complete -c slipway -n '__slipway_at \'keys\'' -a 'list' -d 'Which keys are trusted, and which of them are here'
complete -c slipway -n '__slipway_at \'keys\'' -a 'rotate' -d 'A new key in the place of one'
complete -c slipway -n '__slipway_at \'keys\'' -a 'revoke' -d 'A new key in the place of one that leaked or is lost'
complete -c slipway -n '__slipway_at \'keys\'' -a 'renew' -d 'Sign root and targets for another year'
complete -c slipway -n '__slipway_at \'keys init\'' -f
complete -c slipway -n '__slipway_at \'keys init\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'keys init\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'keys init\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'keys init\'' -l channel -r -d 'Release channels, each with a key of its own'
complete -c slipway -n '__slipway_at \'keys init\'' -l root-keys -r -d 'Root keys to make'
complete -c slipway -n '__slipway_at \'keys init\'' -l root-threshold -r -d 'Root keys that must sign'
complete -c slipway -n '__slipway_at \'keys list\'' -f
complete -c slipway -n '__slipway_at \'keys list\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'keys list\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'keys list\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'keys rotate\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'keys rotate\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'keys rotate\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'keys rotate\'' -l key -r -d 'Which of several'
complete -c slipway -n '__slipway_at \'keys revoke\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'keys revoke\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'keys revoke\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'keys renew\'' -f
complete -c slipway -n '__slipway_at \'keys renew\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'keys renew\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'keys renew\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'release\'' -f
complete -c slipway -n '__slipway_at \'release\'' -l to -r -d 'Folder of the release repository'
complete -c slipway -n '__slipway_at \'release\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'release\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'release\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'release\'' -l channel -r -d 'Release channel, for example stable'
complete -c slipway -n '__slipway_at \'release\'' -l dist -r -d 'Output folder of a run; default: dist beside the configuration'
complete -c slipway -n '__slipway_at \'release\'' -l rollout -r -d 'Percentage of installations that are offered it'
complete -c slipway -n '__slipway_at \'release\'' -l notes -r -d 'File that says what changed'
complete -c slipway -n '__slipway_at \'release\'' -l severity -x -a 'normal important critical' -d 'How much it matters to update'
complete -c slipway -n '__slipway_at \'release\'' -l dry-run -d 'Say what would be released, and write nothing'
complete -c slipway -n '__slipway_at \'promote\'' -l to -r -d 'Folder of the release repository'
complete -c slipway -n '__slipway_at \'promote\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'promote\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'promote\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'promote\'' -l from -r -d 'Channel that has it'
complete -c slipway -n '__slipway_at \'promote\'' -l to-channel -r -d 'Channel that gets it'
complete -c slipway -n '__slipway_at \'rollout\'' -l channel -r -d 'Release channel, for example stable'
complete -c slipway -n '__slipway_at \'rollout\'' -l to -r -d 'Folder of the release repository'
complete -c slipway -n '__slipway_at \'rollout\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'rollout\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'rollout\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'yank\'' -l channel -r -d 'Release channel, for example stable'
complete -c slipway -n '__slipway_at \'yank\'' -l to -r -d 'Folder of the release repository'
complete -c slipway -n '__slipway_at \'yank\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'yank\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'yank\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'yank\'' -l revoke -d 'For ever, and not even by choice'
complete -c slipway -n '__slipway_at \'yank\'' -l recall-to -r -d 'Version that those who have it go back to'
complete -c slipway -n '__slipway_at \'unyank\'' -l channel -r -d 'Release channel, for example stable'
complete -c slipway -n '__slipway_at \'unyank\'' -l to -r -d 'Folder of the release repository'
complete -c slipway -n '__slipway_at \'unyank\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'unyank\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'unyank\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'resign\'' -f
complete -c slipway -n '__slipway_at \'resign\'' -l to -r -d 'Folder of the release repository'
complete -c slipway -n '__slipway_at \'resign\'' -l config -r -d 'Configuration file instead of the nearest slipway.config.*'
complete -c slipway -n '__slipway_at \'resign\'' -l keys -r -d 'Folder of keys; default: slipway-keys beside the configuration'
complete -c slipway -n '__slipway_at \'resign\'' -l passphrase-fd -r -d 'Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal'
complete -c slipway -n '__slipway_at \'resign\'' -l channel -r -d 'Channels to sign again as well'
complete -c slipway -n '__slipway_at \'serve\'' -l port -r -d '0 takes any that is free'
complete -c slipway -n '__slipway_at \'serve\'' -l host -r -d 'Address to listen on'
complete -c slipway -n '__slipway_at \'schema\'' -f
complete -c slipway -n '__slipway_at \'schema\'' -l markdown -d 'The reference page instead'
complete -c slipway -n '__slipway_at \'self\'' -f
complete -c slipway -n '__slipway_at \'self\'' -a 'owner' -d 'Which package manager installed this copy, and how it is upgraded'
complete -c slipway -n '__slipway_at \'self owner\'' -f
complete -c slipway -n '__slipway_at \'completion\'' -f
complete -c slipway -n '__slipway_at \'completion\'' -a 'bash' -d 'Which shell it is for'
complete -c slipway -n '__slipway_at \'completion\'' -a 'zsh' -d 'Which shell it is for'
complete -c slipway -n '__slipway_at \'completion\'' -a 'fish' -d 'Which shell it is for'
complete -c slipway -n '__slipway_at \'completion\'' -a 'powershell' -d 'Which shell it is for'
complete -c slipway -n '__slipway_at \'manual\'' -f
