# bash completion of slipway
_slipway() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${path:+$path }${COMP_WORDS[i]}" in
      'init') path='init' ;;
      'plan') path='plan' ;;
      'build') path='build' ;;
      'package') path='package' ;;
      'dist') path='dist' ;;
      'verify') path='verify' ;;
      'keys') path='keys' ;;
      'keys init') path='keys init' ;;
      'keys list') path='keys list' ;;
      'keys rotate') path='keys rotate' ;;
      'keys revoke') path='keys revoke' ;;
      'keys renew') path='keys renew' ;;
      'release') path='release' ;;
      'promote') path='promote' ;;
      'rollout') path='rollout' ;;
      'yank') path='yank' ;;
      'unyank') path='unyank' ;;
      'resign') path='resign' ;;
      'serve') path='serve' ;;
      'schema') path='schema' ;;
      'self') path='self' ;;
      'self owner') path='self owner' ;;
      'completion') path='completion' ;;
      'manual') path='manual' ;;
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
    'init --format') words='ts json yaml' ;;
    'plan --config') return ;;
    'plan --out') return ;;
    'plan --target') return ;;
    'plan --wrapper') return ;;
    'plan --set-version') return ;;
    'build --config') return ;;
    'build --out') return ;;
    'build --target') return ;;
    'build --wrapper') return ;;
    'build --set-version') return ;;
    'build --jobs') return ;;
    'package --config') return ;;
    'package --out') return ;;
    'package --target') return ;;
    'package --wrapper') return ;;
    'package --set-version') return ;;
    'package --jobs') return ;;
    'dist --config') return ;;
    'dist --out') return ;;
    'dist --target') return ;;
    'dist --wrapper') return ;;
    'dist --set-version') return ;;
    'dist --jobs') return ;;
    'keys init --config') return ;;
    'keys init --keys') return ;;
    'keys init --passphrase-fd') return ;;
    'keys init --channel') return ;;
    'keys init --root-keys') return ;;
    'keys init --root-threshold') return ;;
    'keys list --config') return ;;
    'keys list --keys') return ;;
    'keys list --passphrase-fd') return ;;
    'keys rotate --config') return ;;
    'keys rotate --keys') return ;;
    'keys rotate --passphrase-fd') return ;;
    'keys rotate --key') return ;;
    'keys revoke --config') return ;;
    'keys revoke --keys') return ;;
    'keys revoke --passphrase-fd') return ;;
    'keys renew --config') return ;;
    'keys renew --keys') return ;;
    'keys renew --passphrase-fd') return ;;
    'release --to') return ;;
    'release --config') return ;;
    'release --keys') return ;;
    'release --passphrase-fd') return ;;
    'release --channel') return ;;
    'release --dist') return ;;
    'release --rollout') return ;;
    'release --notes') return ;;
    'release --severity') words='normal important critical' ;;
    'promote --to') return ;;
    'promote --config') return ;;
    'promote --keys') return ;;
    'promote --passphrase-fd') return ;;
    'promote --from') return ;;
    'promote --to-channel') return ;;
    'rollout --channel') return ;;
    'rollout --to') return ;;
    'rollout --config') return ;;
    'rollout --keys') return ;;
    'rollout --passphrase-fd') return ;;
    'yank --channel') return ;;
    'yank --to') return ;;
    'yank --config') return ;;
    'yank --keys') return ;;
    'yank --passphrase-fd') return ;;
    'yank --recall-to') return ;;
    'unyank --channel') return ;;
    'unyank --to') return ;;
    'unyank --config') return ;;
    'unyank --keys') return ;;
    'unyank --passphrase-fd') return ;;
    'resign --to') return ;;
    'resign --config') return ;;
    'resign --keys') return ;;
    'resign --passphrase-fd') return ;;
    'resign --channel') return ;;
    'serve --port') return ;;
    'serve --host') return ;;
    *) case "$path" in
      '') words='init plan build package dist verify keys release promote rollout yank unyank resign serve schema self completion manual --json --help' ;;
      'init') words='--format --force --json --help' ;;
      'plan') words='--config --out --target --wrapper --set-version --json --help' ;;
      'build') words='--config --out --target --wrapper --set-version --jobs --fake --json --help' ;;
      'package') words='--config --out --target --wrapper --set-version --jobs --fake --json --help' ;;
      'dist') words='--config --out --target --wrapper --set-version --jobs --fake --json --help' ;;
      'verify') words='--json --help' ;;
      'keys') words='init list rotate revoke renew --json --help' ;;
      'keys init') words='--config --keys --passphrase-fd --channel --root-keys --root-threshold --json --help' ;;
      'keys list') words='--config --keys --passphrase-fd --json --help' ;;
      'keys rotate') words='--config --keys --passphrase-fd --key --json --help' ;;
      'keys revoke') words='--config --keys --passphrase-fd --json --help' ;;
      'keys renew') words='--config --keys --passphrase-fd --json --help' ;;
      'release') words='--to --config --keys --passphrase-fd --channel --dist --rollout --notes --severity --dry-run --json --help' ;;
      'promote') words='--to --config --keys --passphrase-fd --from --to-channel --json --help' ;;
      'rollout') words='--channel --to --config --keys --passphrase-fd --json --help' ;;
      'yank') words='--channel --to --config --keys --passphrase-fd --revoke --recall-to --json --help' ;;
      'unyank') words='--channel --to --config --keys --passphrase-fd --json --help' ;;
      'resign') words='--to --config --keys --passphrase-fd --channel --json --help' ;;
      'serve') words='--port --host --json --help' ;;
      'schema') words='--markdown --json --help' ;;
      'self') words='owner --json --help' ;;
      'self owner') words='--json --help' ;;
      'completion') words='bash zsh fish powershell --json --help' ;;
      'manual') words='--json --help' ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _slipway slipway
