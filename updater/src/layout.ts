/**
 * Where an installation keeps what, below its root. Strings only; nothing is touched.
 */

export interface Layout {
  readonly root: string;
  /** One folder per version, complete before it has this name. */
  readonly versions: string;
  /** Symbolic link to the version that `<bin>/<name>` runs. */
  readonly current: string;
  /** What is confirmed, previous and on trial: docs/formats/state.md. */
  readonly state: string;
  /** The one start on trial: docs/formats/state.md. */
  readonly trial: string;
  /** Private; whatever lies in it when an update begins is a leftover. */
  readonly staging: string;
  /** Payloads by their hash, whole or in part. */
  readonly downloads: string;
  /** Signed metadata. */
  readonly trust: string;
  /** What the installer did outside the root. */
  readonly receipt: string;
  readonly lock: string;
}

/** The paths below a root (absolute, without `/` at its end). */
export function layoutOf(root: string): Layout {
  return {
    root,
    versions: `${root}/versions`,
    current: `${root}/current`,
    state: `${root}/state`,
    trial: `${root}/trial`,
    staging: `${root}/staging`,
    downloads: `${root}/downloads`,
    trust: `${root}/trust`,
    receipt: `${root}/receipt.json`,
    lock: `${root}/lock`,
  };
}

/** A copy that an installer of ours put there: `<root>/versions/<version>/<name>`. */
export interface Installed {
  readonly layout: Layout;
  readonly version: string;
  readonly name: string;
}

/** What an executable's real path says; undefined when it lies elsewhere. */
export function installedAt(executablePath: string): Installed | undefined {
  const [, root, version = '', name = ''] = /^(\/.+)\/versions\/([^/]+)\/([^/]+)$/.exec(executablePath) ?? [];
  return root !== undefined && isVersionName(version) ? { layout: layoutOf(root), version, name } : undefined;
}

/** Whether a text may be a folder below `versions/`: the characters of a semantic version, and never `.` or `..`. */
export function isVersionName(text: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z.+-]{0,127}$/.test(text);
}

export function versionFolder(layout: Layout, version: string): string {
  return `${layout.versions}/${version}`;
}

/** What `current` points to when a version is the one that runs. */
export function currentTarget(version: string): string {
  return `versions/${version}`;
}

/** The name of the release record that lies in every version's folder, by which its files are verified. */
export const recordName = '.record.json';

export function recordFile(folder: string): string {
  return `${folder}/${recordName}`;
}
