import { isExecutable, type OpenedPackage, fileAt } from './opened-package.ts';

/** What is wrong with a plain archive for those who unpack it. */
export function archiveFaults(opened: OpenedPackage): readonly string[] {
  const faults: string[] = [];
  for (const { entry } of opened.artifact.executables ?? []) {
    const member = fileAt(opened, entry);
    // Windows asks the name, not the mode.
    const runs = opened.target?.os === 'windows' ? isExecutable(member) : member !== undefined && (member.mode & 0o7777) === 0o755;
    if (member !== undefined && !runs) faults.push(`${entry} has mode ${(member.mode & 0o7777).toString(8)} instead of 755`);
  }
  for (const member of opened.members.values()) {
    if (member.type === 'symlink' && fileAt(opened, member.path) === undefined) faults.push(`${member.path} links to ${JSON.stringify(member.linkTarget)}, which is not in the archive`);
  }
  return faults;
}
