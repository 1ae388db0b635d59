/** The publisher's own files in an archive that was packed earlier: licence, README and what else goes along. */
import { SlipwayError, type Artifact, type Executable } from '@slipway/core';
import { readPackage } from '../read/package.ts';
import { SpanMemory, type KnownSpan } from '../read/span-memory.ts';
import { noWork } from '../read/work.ts';

export interface PublisherFile {
  /** Beside the executable. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * Everything in the archive at `path` but the executable, its other names and the owner marker. With `proven` spans
 * the executable is not inflated. Throws VERIFY_FAILED when the archive is not the one that was recorded.
 */
export async function publisherFiles(path: string, artifact: Artifact, executable: Executable, proven: readonly KnownSpan[]): Promise<readonly PublisherFile[]> {
  const entry = artifact.executables?.[0]?.entry ?? '';
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  const suffix = entry.endsWith('.exe') ? '.exe' : '';
  const ours = new Set([`${executable.name}.owner.json`, ...[executable.name, ...executable.aliases].map((name) => name + suffix)]);
  const keep = (member: string): boolean => member.startsWith(folder) && !ours.has(member.slice(folder.length));
  const { members, size, sha256 } = await readPackage(path, { keep, work: noWork(), spans: new SpanMemory(proven) });
  if (size !== artifact.size || sha256 !== artifact.sha256) throw new SlipwayError('VERIFY_FAILED', `${path} is not the file that artifacts.json lists: SHA-256 ${sha256}, not ${artifact.sha256}`);
  return members.flatMap((member) => (member.type === 'file' && member.bytes !== undefined && keep(member.path) ? [{ path: member.path.slice(folder.length), sha256: member.sha256 ?? '', bytes: member.bytes }] : []));
}
