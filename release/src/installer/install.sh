#!/bin/sh
# Installs @PRODUCT@ for the current user: curl -fsSL @URL@install.sh | sh
#
# It needs curl or wget, gzip, and one of sha256sum, shasum and openssl. What it downloads is checked against the
# hashes that the release repository names before any of it is run; from the first update on, signatures protect.
# Everything is a function and the one call is the last line: a script that is cut off on its way runs nothing.

product='@PRODUCT@'
names='@NAMES@'
url='@URL@'

usage() {
  cat <<EOF
Installs $product for the current user.

Usage: sh install.sh [OPTION]...

  --root FOLDER      where its versions are kept   (@PREFIX@_INSTALL_ROOT)
  --bin FOLDER       where its commands are linked (@PREFIX@_INSTALL_BIN; default: ~/.local/bin)
  --version VERSION  instead of the newest         (@PREFIX@_INSTALL_VERSION)
  --channel CHANNEL  release channel               (@PREFIX@_INSTALL_CHANNEL; default: @CHANNEL@)
  --no-modify-path   leave shell profiles alone    (@PREFIX@_INSTALL_NO_MODIFY_PATH=1)
  --help             this text

Run it again to repair an installation. Remove it with uninstall.sh from the same place.
EOF
}

say() { printf '%s\n' "$*" >&2; }

# fail MESSAGE HINT [CODE]
fail() {
  say "error: $1"
  say "hint: $2"
  exit "${3:-1}"
}

main() {
  [ -z "${ZSH_VERSION-}" ] || emulate sh
  set -eu
  umask 022
  LC_ALL=C
  export LC_ALL
  root=${@PREFIX@_INSTALL_ROOT-}
  bin=${@PREFIX@_INSTALL_BIN-}
  wanted=${@PREFIX@_INSTALL_VERSION-}
  channel=${@PREFIX@_INSTALL_CHANNEL-}
  keep_path=${@PREFIX@_INSTALL_NO_MODIFY_PATH-}
  read_options "$@"
  work=''
  created=''
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM

  find_tools
  find_places
  find_target
  check_places
  make_work
  find_release
  check_space
  build_version
  place_version
  adopt_version
  link_names
  write_path
  write_receipt
  created=''
  say "$product $version is installed in $root."
  say_path
}

read_options() {
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      --help | -h) usage; exit 0 ;;
      --no-modify-path) keep_path=1; continue ;;
      --root=* | --bin=* | --version=* | --channel=*) value=${option#*=}; option=${option%%=*} ;;
      --root | --bin | --version | --channel)
        [ $# -gt 0 ] || fail "$option needs a value" 'See --help.' 2
        value=$1
        shift ;;
      *) fail "there is no option $option" 'See --help.' 2 ;;
    esac
    [ -n "$value" ] || fail "$option is empty" 'A shell variable may be unset.' 2
    case $option in
      --root) root=$value ;;
      --bin) bin=$value ;;
      --version) wanted=$value ;;
      --channel) channel=$value ;;
    esac
  done
  channel=${channel:-@CHANNEL@}
  case $channel in *[!a-z0-9-]*) fail "'$channel' cannot be a channel" 'Channels are named in lower-case letters, digits and hyphens.' 2 ;; esac
  case $wanted in [!0-9A-Za-z]* | *[!0-9A-Za-z.+-]*) fail "'$wanted' cannot be a version" 'Versions look like 1.2.3.' 2 ;; esac
}

has() { command -v "$1" >/dev/null 2>&1; }

find_tools() {
  if has curl; then getter=curl
  elif has wget; then getter=wget
  else fail 'there is neither curl nor wget here' 'Install one of them.'
  fi
  if has sha256sum; then hasher=sha256sum
  elif has shasum; then hasher=shasum
  elif has openssl; then hasher=openssl
  else fail 'there is no sha256sum, shasum or openssl here, so nothing that is downloaded could be checked' 'Install one of them.'
  fi
  has gzip || fail 'there is no gzip here' 'Install it.'
}

find_places() {
  home=${HOME-}
  if [ -z "$home" ] && { [ -z "$root" ] || [ -z "$bin" ]; }; then
    fail 'HOME is not set, so there is no place to install to' 'Set HOME, or give --root and --bin.'
  fi
  if [ -z "$root" ]; then
    data=${XDG_DATA_HOME-}
    case $data in /*) ;; *) data=$home/.local/share ;; esac
    [ "$(uname -s)" != Darwin ] || data="$home/Library/Application Support"
    root=$data/$product
  fi
  bin=${bin:-$home/.local/bin}
  root=$(absolute "$root")
  bin=$(absolute "$bin")
  case $root$bin in *'
'*) fail 'a path has a line break' 'Give other folders with --root and --bin.' 2 ;; esac
}

absolute() {
  path=$1
  case $path in /*) ;; *) path=$(pwd)/$path ;; esac
  while case $path in */) [ "$path" != / ] ;; *) false ;; esac; do path=${path%/}; done
  printf '%s' "$path"
}

# The system, as the targets of releases are named.
find_target() {
  os=$(uname -s)
  machine=$(uname -m)
  libc=''
  if [ "$os" = Linux ]; then
    if getconf GNU_LIBC_VERSION >/dev/null 2>&1; then libc=glibc
    elif ls /lib/ld-musl-*.so.1 >/dev/null 2>&1; then libc=musl
    elif ls /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.* >/dev/null 2>&1; then libc=glibc
    else libc=unknown
    fi
    [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || machine="32-bit $machine"
  elif [ "$os" = Darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" = 1 ]; then
    machine=arm64 # this shell is translated, the machine is not
  fi
  case $os:$machine:$libc in
@TARGETS@
    *) fail "there is no $product for $os on $machine${libc:+ with $libc as C library}" "Ask its publisher: there is for @TARGET_IDS@." ;;
  esac
}

# Nearest folder that is there.
existing() {
  folder=$1
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  printf '%s' "$folder"
}

owner() {
  # shellcheck disable=SC2012 # the numbers before the name are what is read
  ls -ldn "$1" | sed 's/^[^ ]* *[^ ]* *\([0-9]*\) .*/\1/'
}

# Nothing is written before all of this holds.
check_places() {
  user=$(id -u)
  if [ -e "$root" ]; then
    [ -d "$root" ] || fail "$root is not a folder" 'Move it away, or give another folder with --root.'
    [ "$(owner "$root/.")" = "$user" ] || fail "$root belongs to another user" 'Run this as the user who installed it, without sudo.'
    if [ ! -d "$root/versions" ] && [ -n "$(ls -A "$root")" ]; then
      fail "$root holds something else" 'Give another folder with --root.'
    fi
  fi
  for place in "$root" "$bin"; do
    above=$(existing "$place")
    found=$(owner "$above/.")
    if [ "$user" = 0 ] && [ "$found" != 0 ]; then
      fail "$above belongs to user $found, and this is root" 'Run it without sudo, or give folders of your own with --root and --bin.'
    fi
    [ -w "$above" ] || fail "$above cannot be written" 'Give folders that can be with --root and --bin.'
  done
  for name in $names; do
    link=$bin/$name
    if [ -L "$link" ]; then
      [ "$(readlink "$link")" = "$root/current/$name" ] || fail "$link is there already and points to $(readlink "$link")" 'Remove it, or give another folder with --bin.'
    elif [ -e "$link" ]; then
      fail "$link is there already, and is not ours" 'Remove it, or give another folder with --bin.'
    fi
  done
}

make_work() {
  [ -e "$root" ] || created=$root
  mkdir -p "$root/versions" "$root/staging" "$bin" || fail "$root cannot be made" 'Give other folders with --root and --bin.'
  chmod 700 "$root/staging"
  work=$(mktemp -d "$root/staging/install.XXXXXX") || fail "$root/staging cannot be written" 'Free some space, or give another folder with --root.'
}

clean_up() {
  code=$?
  trap - EXIT HUP INT TERM
  [ -z "$work" ] || rm -rf "$work"
  [ -z "$created" ] || rm -rf "$created" # it was not there before, and is not whole
  exit "$code"
}

# get PATH FILE: a file of the repository.
get() {
  failed="$url$1 cannot be downloaded"
  hint='Check the network and the proxy settings, then run this again.'
  if [ "$getter" = curl ]; then
    protocols='=https'
    case $url in http://*) protocols='=http' ;; esac
    curl --proto "$protocols" --fail --silent --show-error --location --connect-timeout 30 --retry 3 --output "$2" "$url$1" || fail "$failed" "$hint"
  else
    wget -q -T 30 -O "$2" "$url$1" || fail "$failed" "$hint"
  fi
}

hash_of() {
  case $hasher in
    sha256sum) sha256sum <"$1" ;;
    shasum) shasum -a 256 <"$1" ;;
    openssl) openssl dgst -sha256 -r <"$1" ;;
  esac | sed 's/[^0-9a-f].*//'
}

# is FILE SIZE SHA256
is() { [ "$(($(wc -c <"$1")))" = "$2" ] && [ "$(hash_of "$1")" = "$3" ]; }

# get_checked PATH FILE SIZE SHA256
get_checked() {
  get "$1" "$2"
  is "$2" "$3" "$4" || fail "$url$1 is not what the repository says it is" 'It may be changing just now: run this again. If it repeats, tell the publisher.'
}

# meta FILE NAME: "SIZE SHA256 VERSION" of a file that metadata in canonical JSON names.
meta() { sed -n 's|.*"'"$2"'":{"hashes":{"sha256":"\([0-9a-f]\{64\}\)"},"length":\([0-9]\{1,9\}\)\(,"version":\([0-9]\{1,9\}\)\)\{0,1\}}.*|\2 \1 \4|p' "$1"; }

# fields LINE: into size, hash and number; false when it holds nothing.
fields() {
  # shellcheck disable=SC2086 # split on purpose
  set -- $1
  size=${1-} hash=${2-} number=${3-}
  [ -n "$hash" ]
}

bad_repository() { fail "$url$1 cannot be understood" 'Check the address; if it is right, tell the publisher.'; }

# From the timestamp down to the list of what to install: each names the next by its hash.
find_release() {
  get metadata/timestamp.json "$work/timestamp"
  fields "$(meta "$work/timestamp" 'snapshot\.json')" || bad_repository metadata/timestamp.json
  get_checked "metadata/$number.snapshot.json" "$work/snapshot" "$size" "$hash"
  fields "$(meta "$work/snapshot" "$channel\\.json")" || fail "there is no channel $channel" 'Leave --channel out, or ask the publisher which there are.'
  get_checked "metadata/$number.$channel.json" "$work/channel" "$size" "$hash"
  if [ -n "$wanted" ]; then find_wanted; else find_newest; fi
  [ "$(sed -n '$p' "$work/files")" = end ] || bad_repository "targets/$channel"
  [ "$(sed -n 's/^product //p' "$work/files")" = "$product" ] || fail "$url is not the repository of $product" 'Check the address.'
  version=$(sed -n 's/^version //p' "$work/files")
  case $version in '' | [!0-9A-Za-z]* | *[!0-9A-Za-z.+-]*) bad_repository "targets/$channel" ;; esac
  [ -f "$work/record" ] || {
    fields "$(sed -n 's/^record \([0-9a-f]\{64\}\) \([0-9]\{1,9\}\)$/\2 \1/p' "$work/files")" || bad_repository "targets/$channel"
    get_checked "records/$hash.json" "$work/record" "$size" "$hash"
  }
}

find_newest() {
  fields "$(meta "$work/channel" "$channel/$target\\.install")" || fail "channel $channel has no release for $target" 'Choose another --channel or --version.'
  get_checked "targets/$channel/$hash.$target.install" "$work/files" "$size" "$hash"
  [ "$(sed 1q "$work/files")" = 'slipway-install 1' ] || fail 'the releases are newer than this script' "Get the present one: $url""install.sh"
}

# A version that is chosen is looked up in the channel's record, and its files in the release's own.
find_wanted() {
  fields "$(meta "$work/channel" "$channel/$target\\.json")" || fail "channel $channel has no release for $target" 'Choose another --channel.'
  get_checked "targets/$channel/$hash.$target.json" "$work/offers" "$size" "$hash"
  sed -n 's/.*"revoked":\[\([^]]*\)\].*/\1/p' "$work/offers" | tr ',' '\n' | grep -Fqx "\"$wanted\"" &&
    fail "version $wanted was withdrawn by its publisher" 'Choose another one, or leave --version out.'
  offered=$(sed 's/"record":{/"record":/g' "$work/offers" | tr '{' '\n' | sed -n 's/^"version":"\([^"\\]*\)","record":"sha256":"\([0-9a-f]\{64\}\)","size":\([0-9]\{1,9\}\)}.*/\1 \3 \2/p')
  fields "$(printf '%s\n' "$offered" | while read -r one rest; do [ "$one" != "$wanted" ] || printf '%s\n' "$rest"; done | sed 1q)" ||
    fail "channel $channel has no version $wanted" "It has: $(printf '%s\n' "$offered" | sed 's/ .*//' | tr '\n' ' ')"
  get_checked "records/$hash.json" "$work/record" "$size" "$hash"
  {
    printf 'product %s\nversion %s\n' "$(record_field product)" "$(record_field version)"
    { cat "$work/record"; echo; } | sed 's/"full":{/"full":/g' | tr '{' '\n' | sed -n \
      -e 's/"mode":493,/"mode":755,/' -e 's/"mode":420,/"mode":644,/' \
      -e 's/^"kind":"file","path":"\([^"\\]*\)","mode":\([0-9]*\),"size":\([0-9]*\),"sha256":"\([0-9a-f]*\)","full":"coding":"gzip","size":\([0-9]*\),"sha256":"\([0-9a-f]*\)"}.*/file \2 \3 \4 gzip \5 \6 \1/p' \
      -e 's/^"kind":"link","path":"\([^"\\]*\)","to":"\([^"\\]*\)"}.*/link \2 \1/p'
    echo end
  } >"$work/files"
}

# A text at the beginning of the release record, before whatever its publisher wrote.
record_field() { { cat "$work/record"; echo; } | sed -n 's/^{"format":1,"product":"\([^"\\]*\)","version":"\([^"\\]*\)",.*/product=\1\
version=\2/p' | sed -n "s/^$1=//p"; }

# Kilobytes: the payloads, the files, and one of each again for what is being written.
check_space() {
  needed=$(sed -n 's/^file [0-7]* \([0-9]*\) [0-9a-f]* gzip \([0-9]*\) .*/\1 \2/p' "$work/files" | {
    sum=1024
    while read -r whole packed; do sum=$((sum + whole / 1024 + packed / 1024 + 2)); done
    echo "$sum"
  })
  free=$(df -Pk "$root" | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9-]*%.*/\1/p')
  case $free in '' | *[!0-9]*) return 0 ;; esac # what the system does not say cannot be checked
  [ "$free" -gt "$needed" ] || fail "there are $free kB free in $root, and $needed kB are needed" 'Free some space, or give another folder with --root.'
}

safe_path() {
  case /$1/ in *//* | */./* | */../* | *\\*) bad_repository "targets/$channel" ;; esac
}

build_version() {
  mkdir "$work/version"
  say "Installing $product $version for $target…"
  while read -r kind first second third coding packed payload path; do
    case $kind in
      file)
        if [ "$coding" != gzip ] || [ -z "$path" ]; then bad_repository "targets/$channel"; fi
        safe_path "$path"
        build_file "$first" "$second" "$third" "$packed" "$payload" "$work/version/$path" ;;
      link)
        path="$second${third:+ $third}${coding:+ $coding}${packed:+ $packed}${payload:+ $payload}${path:+ $path}"
        safe_path "$path"
        case $first in */* | . | ..) bad_repository "targets/$channel" ;; esac
        mkdir -p "$(dirname "$work/version/$path")"
        ln -s "$first" "$work/version/$path" ;;
    esac
  done <"$work/files"
  mv "$work/record" "$work/version/.record.json"
  chmod 644 "$work/version/.record.json"
  for name in $names; do
    [ -x "$work/version/$name" ] || fail "version $version has no $name" 'Tell the publisher.'
  done
  sync "$work/version" 2>/dev/null || :
}

# build_file MODE SIZE SHA256 PACKED PAYLOAD FILE: nothing has its name before it is whole and checked.
build_file() {
  case $1 in 755 | 644) ;; *) bad_repository "targets/$channel" ;; esac
  get_checked "payloads/$5" "$work/payload" "$4" "$5"
  gzip -dc <"$work/payload" >"$work/file" || fail "$url""payloads/$5 cannot be unpacked into $root" 'There may be no space left, or it was published damaged.'
  is "$work/file" "$2" "$3" || fail "$url""payloads/$5 does not unpack to what the repository says" 'Tell the publisher.'
  chmod "$1" "$work/file"
  sync "$work/file" 2>/dev/null || sync
  mkdir -p "$(dirname "$6")"
  mv "$work/file" "$6"
  rm "$work/payload"
}

# What is there and right stays; what is there and damaged makes place.
place_version() {
  place=$root/versions/$version
  if [ -e "$place" ] || [ -L "$place" ]; then
    if [ -x "$place/${names%% *}" ] && diff -r "$work/version" "$place" >/dev/null 2>&1; then return 0; fi
    mv "$place" "$work/damaged"
  fi
  mv "$work/version" "$place"
  sync "$root/versions" 2>/dev/null || :
}

# The program itself, which is verified by now, makes its version the current one.
adopt_version() {
  own=${names%% *}
  code=0
  "$place/$own" self adopt >/dev/null || code=$?
  [ "$code" = 0 ] && return 0
  case $code in
    126 | 127) fail "$place/$own cannot be run here" "The folder may be on a file system that is mounted noexec, or the system is too old: give another folder with --root." ;;
    *) fail "$product $version could not be made the current version" 'The lines above say why.' ;;
  esac
}

link_names() {
  for name in $names; do
    link=$bin/$name
    if [ -L "$link" ]; then continue; fi
    ln -s "$root/current/$name" "$link" || fail "$link cannot be made" 'Give another folder with --bin.'
  done
}

begin_mark="# >>> $product installer >>>"
end_mark="# <<< $product installer <<<"
profiles=''

# A marked block in the profiles of the user's shell, unless PATH has the folder.
write_path() {
  case :${PATH-}: in *":$bin:"*) return 0 ;; esac
  [ -z "$keep_path" ] && [ -n "$home" ] || return 0
  case $bin in *[\"\$\`\\:]*) return 0 ;; esac
  line="case \":\$PATH:\" in *\":$bin:\"*) ;; *) export PATH=\"$bin:\$PATH\" ;; esac"
  case ${SHELL-} in
    */zsh) add_block "${ZDOTDIR:-$home}/.zshrc" ;;
    */bash)
      add_block "$home/.bashrc"
      if [ -f "$home/.bash_profile" ]; then add_block "$home/.bash_profile"; else add_block "$home/.profile"; fi ;;
    */fish)
      line="contains -- \"$bin\" \$PATH; or set -gx PATH \"$bin\" \$PATH"
      mkdir -p "${XDG_CONFIG_HOME:-$home/.config}/fish/conf.d" 2>/dev/null || :
      add_block "${XDG_CONFIG_HOME:-$home/.config}/fish/conf.d/$product.fish" ;;
    *) add_block "$home/.profile" ;;
  esac
}

add_block() {
  if [ -f "$1" ] && grep -Fqx "$line" "$1"; then
    profiles="$profiles$1
"
    return 0
  fi
  # A last line without an end would swallow the first of ours.
  newline=''
  if [ -s "$1" ] && [ -n "$(tail -c 1 "$1")" ]; then
    newline='
'
  fi
  if printf '%s%s\n%s\n%s\n' "$newline" "$begin_mark" "$line" "$end_mark" 2>/dev/null >>"$1"; then
    profiles="$profiles$1
"
  else
    say "warning: $1 cannot be written, so it does not put $bin into PATH"
  fi
} 2>/dev/null

json() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# What was done outside the root, so that it can be undone; one fact a line, so that a script can read it.
write_receipt() {
  {
    printf '{\n"format": 1,\n"product": "%s",\n"url": "%s",\n"channel": "%s",\n"date": "%s",\n' "$product" "$url" "$channel" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf '"bin": "%s",\n"names": [' "$(json "$bin")"
    comma=''
    for name in $names; do printf '%s"%s"' "$comma" "$name"; comma=', '; done
    printf '],\n"profiles": ['
    comma='
'
    printf '%s' "$profiles" | while IFS= read -r profile; do printf '%s"%s"' "$comma" "$(json "$profile")"; comma=',
'; done
    printf '\n]\n}\n'
  } >"$work/receipt"
  mv "$work/receipt" "$root/receipt.json"
}

say_path() {
  case :${PATH-}: in
    *":$bin:"*) say "Run it: $own" ;;
    *)
      if [ -n "$profiles" ]; then say "Open a new terminal, then run: $own"
      else say "$bin is not in PATH. Add it, or run: $bin/$own"
      fi ;;
  esac
}

main "$@"
