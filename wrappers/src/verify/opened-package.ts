import type { Plan, PlannedArtifact, Target } from '@slipway/core';
import { linkDestination } from '../read/safe-path.ts';
import type { Member } from '../read/member.ts';

/** A package whose members were read, with what the plan says about it. */
export interface OpenedPackage {
  readonly artifact: PlannedArtifact;
  readonly plan: Plan;
  /** Absent where one package serves every target. */
  readonly target?: Target;
  /** In their order in the package. */
  readonly members: ReadonlyMap<string, Member>;
}

/** Links that lead to links are followed this often. */
const mostLinks = 8;

/** The file that is found at `path`, through links within the package. */
export function fileAt({ members }: OpenedPackage, path: string): Member | undefined {
  let at: string | undefined = path;
  for (let hops = 0; at !== undefined && hops <= mostLinks; hops++) {
    const member = members.get(at);
    if (member?.type !== 'symlink') return member?.type === 'directory' ? undefined : member;
    at = linkDestination(member.path, member.linkTarget ?? '');
  }
  return undefined;
}

/** The member's text; empty when it is not there. */
export function textAt({ members }: OpenedPackage, path: string): string {
  return Buffer.from(members.get(path)?.bytes ?? []).toString('utf8');
}

/** Everybody may run it. */
export function isExecutable(member: Member | undefined): boolean {
  return member !== undefined && (member.mode & 0o111) === 0o111;
}
