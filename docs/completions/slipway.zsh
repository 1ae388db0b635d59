#compdef slipway

_slipway() {
  local curcontext="$curcontext" state line
  local -a names
  _arguments -C \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    '1: :->command' '*:: :->rest'
  case $state in
    command)
      names=(
      'init:Write a commented configuration from what the project says'
      'plan:Print everything a run would write, touching nothing'
      'build:Compile the executables, and pack nothing'
      'package:Pack the executables that are in dist/bin'
      'dist:Compile for every target, pack for every wrapper, record and verify'
      'verify:Open every package again and prove that all hold the same executables'
      'diff:Make a patch that turns one file into another'
      'patch:Make the new file from the old one and a patch'
      'keys:Make and change the keys that releases are signed with'
      'release:Sign what is in dist/ and add it to a release repository'
      'promote:Offer a release of one channel in another'
      'rollout:Offer a release to a share of a channel'
      'yank:Offer a release to nobody any more'
      'unyank:Offer a yanked release again'
      'resign:Sign timestamp and snapshot again, and tell what expires soon'
      'serve:Serve a release repository over HTTP, for development'
      'schema:Print the JSON Schema of the configuration, for editors'
      'self:About this copy of the program'
      'completion:Print a completion script'
      'manual:Print the manual page'
      )
      _describe -t commands command names ;;
    rest)
      case $line[1] in
        init) _slipway_init ;;
        plan) _slipway_plan ;;
        build) _slipway_build ;;
        package) _slipway_package ;;
        dist) _slipway_dist ;;
        verify) _slipway_verify ;;
        diff) _slipway_diff ;;
        patch) _slipway_patch ;;
        keys) _slipway_keys ;;
        release) _slipway_release ;;
        promote) _slipway_promote ;;
        rollout) _slipway_rollout ;;
        yank) _slipway_yank ;;
        unyank) _slipway_unyank ;;
        resign) _slipway_resign ;;
        serve) _slipway_serve ;;
        schema) _slipway_schema ;;
        self) _slipway_self ;;
        completion) _slipway_completion ;;
        manual) _slipway_manual ;;
      esac ;;
  esac
}

_slipway_init() {
  _arguments \
    '--format[Kind of file]:format:(ts json yaml)' \
    '--force[Replace a configuration that is there]' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_plan() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--out[Output folder; default\: dist beside the configuration]:out:_files' \
    '--target[Only these targets, for example linux-x64]:target:_files' \
    '--wrapper[Only these wrappers\: archive, npm, pip, homebrew, scoop, winget]:wrapper:_files' \
    '--set-version[The version to build, over what is configured]:set-version:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_build() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--out[Output folder; default\: dist beside the configuration]:out:_files' \
    '--target[Only these targets, for example linux-x64]:target:_files' \
    '--wrapper[Only these wrappers\: archive, npm, pip, homebrew, scoop, winget]:wrapper:_files' \
    '--set-version[The version to build, over what is configured]:set-version:_files' \
    '--jobs[Cores to use]:jobs:_files' \
    '--fake[Tiny stand-ins with true headers instead of compiling\: all targets in seconds]' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_package() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--out[Output folder; default\: dist beside the configuration]:out:_files' \
    '--target[Only these targets, for example linux-x64]:target:_files' \
    '--wrapper[Only these wrappers\: archive, npm, pip, homebrew, scoop, winget]:wrapper:_files' \
    '--set-version[The version to build, over what is configured]:set-version:_files' \
    '--jobs[Cores to use]:jobs:_files' \
    '--fake[Tiny stand-ins with true headers instead of compiling\: all targets in seconds]' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_dist() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--out[Output folder; default\: dist beside the configuration]:out:_files' \
    '--target[Only these targets, for example linux-x64]:target:_files' \
    '--wrapper[Only these wrappers\: archive, npm, pip, homebrew, scoop, winget]:wrapper:_files' \
    '--set-version[The version to build, over what is configured]:set-version:_files' \
    '--jobs[Cores to use]:jobs:_files' \
    '--fake[Tiny stand-ins with true headers instead of compiling\: all targets in seconds]' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_verify() {
  _arguments \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    '::dist:_files'
}

_slipway_diff() {
  _arguments \
    '--output[File to write]:output:_files' \
    '--stats[What the bytes of the patch are]' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':base:_files' \
    ':next:_files'
}

_slipway_patch() {
  _arguments \
    '--output[File to write]:output:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':base:_files' \
    ':patch:_files'
}

_slipway_keys() {
  local curcontext="$curcontext" state line
  local -a names
  _arguments -C \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    '1: :->command' '*:: :->rest'
  case $state in
    command)
      names=(
      'init:Make all keys and slipway.root.json'
      'list:Which keys are trusted, and which of them are here'
      'rotate:A new key in the place of one'
      'revoke:A new key in the place of one that leaked or is lost'
      'renew:Sign root and targets for another year'
      )
      _describe -t commands command names ;;
    rest)
      case $line[1] in
        init) _slipway_keys_init ;;
        list) _slipway_keys_list ;;
        rotate) _slipway_keys_rotate ;;
        revoke) _slipway_keys_revoke ;;
        renew) _slipway_keys_renew ;;
      esac ;;
  esac
}

_slipway_keys_init() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--channel[Release channels, each with a key of its own]:channel:_files' \
    '--root-keys[Root keys to make]:root-keys:_files' \
    '--root-threshold[Root keys that must sign]:root-threshold:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_keys_list() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_keys_rotate() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--key[Which of several]:key:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':role:_files'
}

_slipway_keys_revoke() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':key:_files'
}

_slipway_keys_renew() {
  _arguments \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_release() {
  _arguments \
    '--to[Folder of the release repository]:to:_files' \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--channel[Release channel, for example stable]:channel:_files' \
    '--dist[Output folder of a run; default\: dist beside the configuration]:dist:_files' \
    '--rollout[Percentage of installations that are offered it]:rollout:_files' \
    '--notes[File that says what changed]:notes:_files' \
    '--severity[How much it matters to update]:severity:(normal important critical)' \
    '--dry-run[Say what would be released, and write nothing]' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_promote() {
  _arguments \
    '--to[Folder of the release repository]:to:_files' \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--from[Channel that has it]:from:_files' \
    '--to-channel[Channel that gets it]:to-channel:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':release:_files'
}

_slipway_rollout() {
  _arguments \
    '--channel[Release channel, for example stable]:channel:_files' \
    '--to[Folder of the release repository]:to:_files' \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':release:_files' \
    ':percent:_files'
}

_slipway_yank() {
  _arguments \
    '--channel[Release channel, for example stable]:channel:_files' \
    '--to[Folder of the release repository]:to:_files' \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--revoke[For ever, and not even by choice]' \
    '--recall-to[Version that those who have it go back to]:recall-to:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':release:_files'
}

_slipway_unyank() {
  _arguments \
    '--channel[Release channel, for example stable]:channel:_files' \
    '--to[Folder of the release repository]:to:_files' \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':release:_files'
}

_slipway_resign() {
  _arguments \
    '--to[Folder of the release repository]:to:_files' \
    '--config[Configuration file instead of the nearest slipway.config.*]:config:_files' \
    '--keys[Folder of keys; default\: slipway-keys beside the configuration]:keys:_files' \
    '--passphrase-fd[Read the passphrase from this file descriptor; else SLIPWAY_PASSPHRASE, else the terminal]:passphrase-fd:_files' \
    '--channel[Channels to sign again as well]:channel:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_serve() {
  _arguments \
    '--port[0 takes any that is free]:port:_files' \
    '--host[Address to listen on]:host:_files' \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':dir:_files'
}

_slipway_schema() {
  _arguments \
    '--markdown[The reference page instead]' \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_self() {
  local curcontext="$curcontext" state line
  local -a names
  _arguments -C \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    '1: :->command' '*:: :->rest'
  case $state in
    command)
      names=(
      'owner:Which package manager installed this copy, and how it is upgraded'
      )
      _describe -t commands command names ;;
    rest)
      case $line[1] in
        owner) _slipway_self_owner ;;
      esac ;;
  esac
}

_slipway_self_owner() {
  _arguments \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

_slipway_completion() {
  _arguments \
    '--json[Machine-readable output]' \
    '--help[Show help]' \
    ':shell:(bash zsh fish powershell)'
}

_slipway_manual() {
  _arguments \
    '--json[Machine-readable output]' \
    '--help[Show help]'
}

if [ "$funcstack[1]" = "_slipway" ]; then
  _slipway "$@"
else
  compdef _slipway slipway
fi
