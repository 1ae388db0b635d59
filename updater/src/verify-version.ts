/** Whether an installed version is what its release record says, file by file. */
import { recordLimit, releaseRecordSchema, type Component, type CryptoPort, type FsPort, type ReleaseRecord } from '@slipway/core';
import { recordFile } from './layout.ts';

export interface VerifyPorts {
  readonly fs: Pick<FsPort, 'read' | 'stat' | 'readLink' | 'open'>;
  readonly crypto: CryptoPort;
}

export interface Damage {
  readonly component: Component;
  /** Completes "<path>: …". */
  readonly problem: string;
}

export type FileComponent = Extract<Component, { kind: 'file' }>;

const pieceSize = 1024 * 1024;

/** A release record, its bytes and their SHA-256, which is what signed metadata and the state name it by. */
export interface SignedRecord {
  readonly record: ReleaseRecord;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** The record that lies in a version's folder, whichever it is; undefined when none can be read. */
export function readAnyRecord({ fs, crypto }: VerifyPorts, folder: string): SignedRecord | undefined {
  const bytes = readOrUndefined(fs, recordFile(folder));
  const record = bytes === undefined ? undefined : parseRecord(bytes);
  return bytes === undefined || record === undefined ? undefined : { record, bytes, sha256: digestOf(crypto, bytes) };
}

/** The record that lies in a version's folder, if it is the one with this SHA-256. */
export function readRecord(ports: VerifyPorts, folder: string, sha256: string): SignedRecord | undefined {
  const found = readAnyRecord(ports, folder);
  return found?.sha256 === sha256 ? found : undefined;
}

/** Every component that is not as recorded. Reads each file once. */
export function verifyVersion(ports: VerifyPorts, folder: string, record: ReleaseRecord): readonly Damage[] {
  return record.components.flatMap((component) => {
    const problem = component.kind === 'link' ? checkLink(ports, folder, component.path, component.to) : checkFile(ports, folder, component);
    return problem === undefined ? [] : [{ component, problem }];
  });
}

function checkLink({ fs }: VerifyPorts, folder: string, path: string, to: string): string | undefined {
  const found = fs.readLink(`${folder}/${path}`);
  return found === to ? undefined : `points to ${found ?? 'nothing'} instead of ${to}`;
}

function checkFile({ fs, crypto }: VerifyPorts, folder: string, { path, size, mode, sha256 }: FileComponent): string | undefined {
  const full = `${folder}/${path}`;
  const found = fs.stat(full);
  if (found === undefined) return 'is missing';
  if (found.kind !== 'file') return `is a ${found.kind} instead of a file`;
  if (found.size !== size) return `has ${found.size} bytes instead of ${size}`;
  if ((found.mode & 0o777) !== mode) return `has mode ${(found.mode & 0o777).toString(8)} instead of ${mode.toString(8)}`;
  return hashFile(fs, crypto, full) === sha256 ? undefined : 'has other contents than were installed';
}

/** SHA-256 of a file, in lower-case hexadecimal. */
export function hashFile(fs: Pick<FsPort, 'open'>, crypto: CryptoPort, path: string): string {
  const hasher = crypto.sha256();
  for (const piece of pieces(fs, path)) hasher.update(piece);
  return hasher.digest();
}

/** A file in pieces; each is valid until the next is asked for. */
export function* pieces(fs: Pick<FsPort, 'open'>, path: string): Generator<Uint8Array> {
  const file = fs.open(path, 'read');
  try {
    const buffer = new Uint8Array(pieceSize);
    for (let position = 0; ;) {
      const count = file.read(buffer, position);
      if (count === 0) return;
      position += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    file.close();
  }
}

function readOrUndefined(fs: Pick<FsPort, 'read'>, path: string): Uint8Array | undefined {
  try {
    return fs.read(path, recordLimit);
  } catch (error) {
    if (['EFBIG', 'EISDIR', 'ENOTDIR'].includes(String((error as { code?: unknown }).code))) return undefined; // none of ours
    throw error;
  }
}

/** Undefined for bytes that are no release record. */
export function parseRecord(bytes: Uint8Array): ReleaseRecord | undefined {
  try {
    return releaseRecordSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))).data;
  } catch {
    return undefined;
  }
}

export function digestOf(crypto: CryptoPort, bytes: Uint8Array): string {
  const hasher = crypto.sha256();
  hasher.update(bytes);
  return hasher.digest();
}
