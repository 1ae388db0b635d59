/** Which versions lie in `versions/`, with what their release records say is in them. */
import { isVersionName, versionFolder, type Layout } from './layout.ts';
import type { State } from './state/state.ts';
import { readAnyRecord, type SignedRecord, type VerifyPorts } from './verify-version.ts';

export interface InstalledVersion extends SignedRecord {
  /** Absolute. */
  readonly folder: string;
}

export interface InstalledPorts extends VerifyPorts {
  readonly fs: VerifyPorts['fs'] & { list(folder: string): readonly string[] };
}

/** Every version whose record can be read, the confirmed one first. Nothing is verified. */
export function installedVersions(ports: InstalledPorts, layout: Layout, { confirmed }: Pick<State, 'confirmed'>): readonly InstalledVersion[] {
  const names = ports.fs.list(layout.versions).filter(isVersionName);
  const ordered = [...names.filter((name) => name === confirmed.version), ...names.filter((name) => name !== confirmed.version)];
  return ordered.flatMap((name) => {
    const folder = versionFolder(layout, name);
    const found = readAnyRecord(ports, folder);
    return found === undefined ? [] : [{ folder, ...found }];
  });
}
