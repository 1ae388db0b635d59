/** Reading the two records: what is signed must also be in form, and about this program. */
import {
  channelRecordPath, channelRecordSchema, parseVersion, recordLimit, releaseRecordSchema, SlipwayError,
  type Candidate, type ChannelRecord, type ReleaseRecord, type TargetId, type UpdaterPorts,
} from '@slipway/core';
import { refused, type RequestPorts } from '../fetch/request.ts';
import { downloadSmall, parseJson, type SmallFile } from '../fetch/small-file.ts';
import type { Trust } from '../trust/open-trust.ts';

/** Who a record has to be about. */
export interface Subject {
  readonly product: string;
  readonly target: TargetId;
}

/** The signed record of a channel; VERSION_NOT_OFFERED when the publisher has none for this channel and target. */
export async function fetchChannelRecord(trust: Trust, subject: Subject, channel: string): Promise<ChannelRecord> {
  const path = channelRecordPath(channel, subject.target);
  const file = await trust.targetFile(path, recordLimit);
  if (file === undefined) {
    throw new SlipwayError('VERSION_NOT_OFFERED', `the publisher of ${subject.product} has no releases in channel ${channel} for ${subject.target}`, { hint: 'Choose another channel.' });
  }
  const record = parseRecord(`the channel record ${path}`, file, (value) => channelRecordSchema.safeParse(value));
  const versions = [...record.candidates, ...(record.recallTo === undefined ? [] : [record.recallTo])].map(({ version }) => version);
  agree(`the channel record ${path}`, { ...subject, channel }, record, [...versions, ...record.yanked, ...record.revoked]);
  return record;
}

export interface FetchedRelease {
  readonly record: ReleaseRecord;
  /** As they were hashed; they stay beside the installed version. */
  readonly bytes: Uint8Array;
}

/** The release record of a candidate, by its hash. `url` is the repository's, with `/` at its end. */
export async function fetchReleaseRecord(ports: RequestPorts & Pick<UpdaterPorts, 'crypto'>, url: string, subject: Subject, { version, record: { sha256, size } }: Candidate): Promise<FetchedRelease> {
  const address = `${url}records/${sha256}.json`;
  const file = await downloadSmall(ports, address, size);
  if (file === undefined) throw refused(address, 404);
  const hasher = ports.crypto.sha256();
  hasher.update(file.bytes);
  if (file.bytes.length !== size || hasher.digest() !== sha256) {
    parseJson(file); // an HTML page is better called one
    throw new SlipwayError('PAYLOAD_INVALID', `the release record of ${version} is not the one that was signed: ${file.bytes.length} bytes of ${size}, or other ones`);
  }
  const what = `the release record of ${version}`;
  const record = parseRecord(what, file, (value) => releaseRecordSchema.safeParse(value));
  agree(what, { ...subject, version }, record, [record.minFrom, record.via].filter((one) => one !== undefined));
  return { record, bytes: file.bytes };
}

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } };

function parseRecord<T>(what: string, file: SmallFile, parse: (value: unknown) => Parsed<T>): T {
  const value = parseJson(file);
  const parsed = parse(value);
  if (parsed.success) return parsed.data;
  if (typeof value['format'] === 'number' && value['format'] > 1) {
    throw new SlipwayError('RECORD_INVALID', `${what} has format ${value['format']}, this program reads format 1`, { hint: 'This program is too old to update itself: install it again.' });
  }
  const [issue] = parsed.error.issues;
  throw new SlipwayError('RECORD_INVALID', `${what} does not hold: ${issue?.path.map(String).join('.')}: ${issue?.message}`);
}

function agree(what: string, expected: Readonly<Record<string, string>>, record: object, versions: readonly string[]): void {
  for (const [field, value] of Object.entries(expected)) {
    const found: unknown = Reflect.get(record, field);
    if (found !== value) throw new SlipwayError('RECORD_INVALID', `${what} is about ${field} ${String(found)}, not ${value}`);
  }
  for (const version of versions) parseVersionOf(what, version);
}

function parseVersionOf(what: string, version: string): void {
  try {
    parseVersion(version);
  } catch (error) {
    throw new SlipwayError('RECORD_INVALID', `${what} does not hold: "${version}" is not a semantic version`, { cause: error });
  }
}
