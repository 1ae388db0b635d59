/**
 * Files for people and scripts, made from what is signed and signed by nobody. They are written after the change they
 * tell of, and again by the next command when a crash came between.
 */
import { dirname, join } from 'node:path';
import { targetOf, type Candidate, type ReleaseRecord } from '@slipway/core';
import type { Draft } from './draft.ts';
import { makeFolders } from './folders.ts';
import { installCandidate } from './install-file.ts';
import { checksumsPath, manifestPath, transactionName } from './layout.ts';
import type { RepositoryFs } from './ports.ts';

/** What the scripts that install and uninstall are made of. */
export interface InstallerFacts {
  readonly product: string;
  /** Every name of the program, its own first. */
  readonly names: readonly string[];
}

/** Texts by file name, for the repository's folder. */
export type Installer = (facts: InstallerFacts) => Readonly<Record<string, string>>;

/** Every derived file, by its path below the repository's folder. */
export function derivedFiles(draft: Draft, installer: Installer | undefined): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const { product } = draft;
  if (product === undefined) return files;
  const releases = releasesOf(draft);
  files.set(manifestPath, `${JSON.stringify({ format: 1, product, channels: channelsOf(draft), versions: Object.fromEntries([...releases].map(([version, records]) => [version, versionOf(records)])) }, null, 2)}\n`);
  for (const [version, records] of releases) files.set(checksumsPath(version), checksums(records));
  const names = namesOf([...releases.values()].flat().find(({ target }) => targetOf(target).os !== 'windows'));
  if (installer !== undefined && names.length > 0) for (const [name, text] of Object.entries(installer({ product, names }))) files.set(name, text);
  return files;
}

/** Write those that are not as they should be. */
export function writeDerived(fs: RepositoryFs, folder: string, files: ReadonlyMap<string, string>): void {
  const work = join(folder, transactionName);
  for (const [path, text] of files) {
    const bytes = Buffer.from(text);
    if (fs.stat(join(folder, path))?.size === bytes.length && Buffer.compare(fs.read(join(folder, path), bytes.length) ?? Buffer.of(), bytes) === 0) continue;
    if (fs.stat(work) === undefined) fs.makeFolder(work, 0o700);
    const temporary = join(work, 'derived');
    const file = fs.create(temporary, 0o644);
    try {
      file.write(bytes, 0);
      file.sync();
    } finally {
      file.close();
    }
    const touched = makeFolders(fs, folder, dirname(path));
    fs.rename(temporary, join(folder, path));
    for (const one of [dirname(path), ...touched]) fs.syncFolder(join(folder, one));
  }
  if (fs.stat(work) !== undefined) fs.removeFolder(work);
}

/** Releases by version, newest first, each with a record for every target that has it. */
function releasesOf(draft: Draft): ReadonlyMap<string, readonly ReleaseRecord[]> {
  const found = new Map<string, Map<string, ReleaseRecord>>();
  for (const channel of draft.channels) {
    for (const { candidates } of draft.records(channel).values()) {
      for (const candidate of candidates) {
        const records = found.get(candidate.version) ?? new Map<string, ReleaseRecord>();
        if (!records.has(candidate.record.sha256)) records.set(candidate.record.sha256, draft.release(candidate));
        found.set(candidate.version, records);
      }
    }
  }
  return new Map([...found].map(([version, records]) => [version, [...records.values()]]));
}

function channelsOf(draft: Draft): object {
  const withoutSize = ({ version, record, rollout }: Candidate): object => ({ version, record: record.sha256, ...(rollout === undefined ? {} : { percent: rollout.percent }) });
  return Object.fromEntries(draft.channels.flatMap((channel) => {
    const records = [...draft.records(channel)];
    if (records.length === 0) return [];
    return [[channel, Object.fromEntries(records.map(([target, record]) => [target, {
      version: installCandidate(record)?.version ?? null,
      candidates: record.candidates.map(withoutSize),
      yanked: record.yanked,
      revoked: record.revoked,
      ...(record.recallTo === undefined ? {} : { recallTo: withoutSize(record.recallTo) }),
    }]))]];
  }));
}

function versionOf(records: readonly ReleaseRecord[]): object {
  const [first] = records;
  return {
    date: new Date((first?.date ?? 0) * 1000).toISOString(),
    severity: first?.severity,
    ...(first?.notes === undefined ? {} : { notes: first.notes }),
    targets: Object.fromEntries(records.map(({ target, components }) => [target, components.map((component) => component.kind === 'link'
      ? { path: component.path, link: component.to }
      : { path: component.path, size: component.size, sha256: component.sha256, payload: component.full.sha256, payloadSize: component.full.size })])),
  };
}

/** As `sha256sum -c` takes them, for files unpacked below a folder for each target. */
function checksums(records: readonly ReleaseRecord[]): string {
  return records.flatMap(({ target, components }) => components.flatMap((component) => (component.kind === 'file' ? [`${component.sha256}  ${target}/${component.path}\n`] : []))).join('');
}

function namesOf(record: ReleaseRecord | undefined): readonly string[] {
  const components = record?.components ?? [];
  const executable = components.find((component) => component.kind === 'file' && component.mode === 0o755);
  if (executable === undefined) return [];
  return [executable.path, ...components.flatMap((component) => (component.kind === 'link' && component.to === executable.path ? [component.path] : []))];
}
