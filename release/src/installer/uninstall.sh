#!/bin/sh
# Removes what install.sh of @PRODUCT@ has installed for the current user. What the program itself has written (its
# settings, its data) stays where it is.

product='@PRODUCT@'
names='@NAMES@'

usage() {
  cat <<EOF
Removes $product, as install.sh has installed it.

Usage: sh uninstall.sh [OPTION]...

  --root FOLDER  where its versions are kept (@PREFIX@_INSTALL_ROOT)
  --help         this text
EOF
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  say "hint: $2"
  exit "${3:-1}"
}

main() {
  [ -z "${ZSH_VERSION-}" ] || emulate sh
  set -eu
  LC_ALL=C
  export LC_ALL
  root=${@PREFIX@_INSTALL_ROOT-}
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --root=*) root=${1#*=} ;;
      --root)
        [ $# -gt 1 ] || fail '--root needs a value' 'See --help.' 2
        root=$2
        shift ;;
      *) fail "there is no option $1" 'See --help.' 2 ;;
    esac
    shift
  done
  find_root
  check_root
  read_receipt
  for name in $names; do remove_link "$bin/$name"; done
  remove_blocks
  rm -rf "$root" || fail "$root cannot be removed" 'The line above says why.'
  say "$product is removed."
}

find_root() {
  if [ -z "$root" ]; then
    [ -n "${HOME-}" ] || fail 'HOME is not set, so it is not known where to look' 'Set HOME, or give --root.'
    data=${XDG_DATA_HOME-}
    case $data in /*) ;; *) data=$HOME/.local/share ;; esac
    [ "$(uname -s)" != Darwin ] || data="$HOME/Library/Application Support"
    root=$data/$product
  fi
  case $root in /*) ;; *) root=$(pwd)/$root ;; esac
  while case $root in */) [ "$root" != / ] ;; *) false ;; esac; do root=${root%/}; done
}

# Only what install.sh has made is ever removed.
check_root() {
  [ -d "$root" ] || fail "there is no installation in $root" 'Give its folder with --root.'
  [ ! -L "$root" ] || fail "$root is a symbolic link" 'Give the folder itself with --root.'
  grep -Fqx "\"product\": \"$product\"," "$root/receipt.json" 2>/dev/null ||
    fail "$root has no receipt of $product, so it is not known to be ours" 'Run install.sh again, which repairs it, or remove the folder by hand.'
  # shellcheck disable=SC2012 # the numbers before the name are what is read
  found=$(ls -ldn "$root/." | sed 's/^[^ ]* *[^ ]* *\([0-9]*\) .*/\1/')
  [ "$found" = "$(id -u)" ] || fail "$root belongs to user $found" 'Run this as the user who installed it.'
}

plain() { sed 's/\\\([\\"]\)/\1/g'; }

read_receipt() {
  bin=$(sed -n 's/^"bin": "\(.*\)",$/\1/p' "$root/receipt.json" | plain)
  profiles=$(sed -n '/^"profiles": \[$/,/^\]$/s/^"\(.*\)",\{0,1\}$/\1/p' "$root/receipt.json" | plain)
}

remove_link() {
  if [ -L "$1" ] && [ "$(readlink "$1")" = "$root/current/${1##*/}" ]; then rm "$1"; fi
}

remove_blocks() {
  printf '%s\n' "$profiles" | while IFS= read -r profile; do
    grep -Fqx "# >>> $product installer >>>" "$profile" 2>/dev/null || continue
    rest=$(sed "/^# >>> $product installer >>>\$/,/^# <<< $product installer <<<\$/d" "$profile" && echo .)
    case $profile in
      */fish/conf.d/"$product".fish) [ "$rest" != . ] || { rm "$profile"; continue; } ;;
    esac
    # Written through, so that links to a profile and its mode stay.
    printf '%s' "${rest%.}" >"$profile" || say "warning: $profile cannot be written: remove the lines of $product by hand"
  done
}

main "$@"
