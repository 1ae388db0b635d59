/**
 * A second name for an executable, in formats that hold no links: a shell script that starts the executable beside it.
 */

/** Names the entry that the executable shall run; the executable deletes it from its environment at once. */
const runAs = 'SLIPWAY_RUN_AS';

/**
 * POSIX shell only, and `readlink` without `-f`, which neither macOS before 12.3 nor old BusyBox has: package managers
 * and pipx link to the script from elsewhere, and the executable is beside the script, not beside the link.
 * Both names have passed `checkCommandName`, so neither needs quoting.
 */
export function aliasScript(alias: string, executable: string): string {
  return `#!/bin/sh
# ${alias} is another name of the ${executable} beside this file.
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self") || break
  case $link in
    /*) self=$link ;;
    *) self=\${self%"\${self##*/}"}$link ;;
  esac
done
case $self in
  */*) dir=\${self%/*} ;;
  *) dir=. ;;
esac
${runAs}=${alias}
export ${runAs}
exec "$dir/${executable}" "$@"
`;
}
