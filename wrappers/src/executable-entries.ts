/** The executable and its other names as members of a package; every container spells aliases its own way. */
import { binaryId, type CarriedExecutable, type ContainerEntry, executableSuffix, type Executable, type Target, textEntry } from '@slipway/core';
import { aliasScript } from './alias-script.ts';

/** Symbolic links where the container holds them, else scripts; on Windows always the small launcher programs. */
export type AliasForm = 'link' | 'script';

/** `folder` is the path prefix inside the container, empty or with a final slash. */
export function executableEntries(executable: Executable, target: Target, folder: string, form: AliasForm): readonly ContainerEntry[] {
  const suffix = executableSuffix(target);
  const member = (name: string, content: ContainerEntry['content']): ContainerEntry => ({ path: folder + name + suffix, mode: 0o755, content });
  const artifact = (name: string): ContainerEntry => member(name, { kind: 'artifact', id: binaryId(target.id, name) });
  const alias = (name: string): ContainerEntry => {
    if (target.os === 'windows') return artifact(name);
    if (form === 'link') return { ...member(name, { kind: 'link', to: executable.name }), mode: 0o777 };
    return textEntry(folder + name, aliasScript(name, executable.name), 0o755);
  };
  return [artifact(executable.name), ...executable.aliases.map(alias)];
}

/** What `PlannedFile.executables` says about a package that holds these. */
export function carried(executable: Executable, target: Target, folder: string): readonly CarriedExecutable[] {
  return [{ name: executable.name, entry: folder + executable.name + executableSuffix(target) }];
}
