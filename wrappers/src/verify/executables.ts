/** The executable inside a package, and its other names beside it, against the ones that were built. */
import { binaryId, executableSuffix, type TargetId } from '@slipway/core';
import { fileAt, isExecutable, type OpenedPackage } from './opened-package.ts';
import type { Complain } from './report.ts';

/** An executable's digest and where it was seen first. */
interface Seen {
  readonly sha256: string;
  readonly where: string;
}

/**
 * The digest each executable of each target must have: that of bin/, else the one that artifacts.json states, else the
 * one of the first package that holds it. So packages are compared with each other even where both records lie.
 */
export class ExecutableDigests {
  readonly #seen = new Map<string, Seen>();

  /** Later statements about the same executable do not replace earlier ones. */
  state(id: string, sha256: string, where: string): void {
    if (!this.#seen.has(id)) this.#seen.set(id, { sha256, where });
  }

  /** What is wrong with `sha256` found at `where`, or undefined. */
  fault(id: string, sha256: string, where: string): string | undefined {
    this.state(id, sha256, where);
    const seen = this.#seen.get(id) as Seen;
    return seen.sha256 === sha256 ? undefined : `is ${sha256}, ${seen.where} is ${seen.sha256}`;
  }
}

/** Check all executables of a package; returns the digest of the first, if it is there. */
export function checkExecutables(opened: OpenedPackage, digests: ExecutableDigests, complain: Complain): string | undefined {
  const { artifact, target } = opened;
  const carried = artifact.executables ?? [];
  if (target === undefined) {
    if (carried.length > 0) complain('plan', artifact.path, 'carries executables for no target');
    return undefined;
  }
  const found = carried.map(({ name, entry }) => {
    const sha256 = fileAt(opened, entry)?.sha256;
    const fault = sha256 === undefined ? 'is not in the package' : digests.fault(binaryId(target.id, name), sha256, `${artifact.path}: ${entry}`);
    if (fault !== undefined) complain('executable', artifact.path, `${entry} ${fault}`);
    if (name === opened.plan.executable.name) checkAliases(opened, target.id, entry, digests, complain);
    return sha256;
  });
  return found[0];
}

/** On Windows the launcher that was built; elsewhere a link to the executable, or a script that can be run. */
function checkAliases(opened: OpenedPackage, target: TargetId, entry: string, digests: ExecutableDigests, complain: Complain): void {
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  for (const alias of opened.plan.executable.aliases) {
    const path = folder + alias + (opened.target === undefined ? '' : executableSuffix(opened.target));
    const fault = aliasFault(opened, path, entry, (sha256) => digests.fault(binaryId(target, alias), sha256, `${opened.artifact.path}: ${path}`));
    if (fault !== undefined) complain('alias', opened.artifact.path, `${path} ${fault}`);
  }
}

function aliasFault(opened: OpenedPackage, path: string, entry: string, launcherFault: (sha256: string) => string | undefined): string | undefined {
  const member = opened.members.get(path);
  const file = fileAt(opened, path);
  if (member === undefined || file?.sha256 === undefined) return 'is not in the package, or links to nothing';
  if (opened.target?.os === 'windows') return launcherFault(file.sha256);
  if (member.type === 'symlink') return file === fileAt(opened, entry) ? undefined : `links to ${JSON.stringify(member.linkTarget)}, which is not the executable`;
  return isExecutable(member) ? undefined : `has mode ${member.mode.toString(8)} and cannot be run`;
}
