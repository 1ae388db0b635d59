/** One refresh: what it was given, and the trusted set that it builds up. */
import { SlipwayError, type HttpPort, type HttpResponse, type UpdaterPorts } from '@slipway/core';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { downloadSmall, parseJson, type SmallFile } from '../fetch/small-file.ts';
import { refused } from '../fetch/request.ts';
import { parseDate } from './dates.ts';
import type { TrustFloors } from './floors.ts';
import { expired, isExpiry, rejection } from './rejection.ts';
import { trustFolder, type TrustFolder } from './trust-folder.ts';

/** What the library calls a Buffer; it asks for bytes, length and text only. */
export type LibraryBytes = Parameters<TrustedMetadataStore['updateRoot']>[0];
export type TrustPorts = Pick<UpdaterPorts, 'fs' | 'http' | 'clock' | 'crypto'>;

export interface TrustPlace {
  /** Where trusted metadata is kept. */
  readonly folder: string;
  /** Addresses, each with `/` at its end. */
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** Text of the root metadata to start from. */
  readonly embeddedRoot: string;
  /** What was seen before, from the installation's state. */
  readonly floors: TrustFloors;
}

export interface Session {
  readonly ports: TrustPorts;
  readonly place: TrustPlace;
  readonly folder: TrustFolder;
  readonly store: TrustedMetadataStore;
  /** The server's own clock, from its last answer: believed for nothing but the wording of an error. */
  serverDate: number | undefined;
}

/** Begin with the newest root there is: the one kept, or the program's own when that is newer or the kept one is damaged. */
export function openSession(ports: TrustPorts, place: TrustPlace): Session {
  const folder = trustFolder(ports.fs, place.folder);
  const embedded = new TextEncoder().encode(place.embeddedRoot);
  const own = storeOf(embedded);
  if (own === undefined) throw new SlipwayError('TRUST_REJECTED', 'the root of trust that this program carries does not hold', { hint: 'Tell the publisher: the program was built with it.' });
  const keptBytes = folder.read('root');
  const kept = keptBytes === undefined ? undefined : storeOf(keptBytes);
  const keptIsNewer = kept !== undefined && kept.root.signed.version >= own.root.signed.version;
  if (!keptIsNewer) folder.write('root', embedded);
  const store = keptIsNewer ? kept : own;
  // Client workflow 5.1: one time for the whole refresh. A clock that was set back does not make old data good again.
  Object.assign(store, { referenceTime: Math.max(ports.clock.now(), place.floors.date * 1000) });
  const session: Session = { ports: { ...ports, http: { get } }, place, folder, store, serverDate: undefined };
  return session;

  async function get(...request: Parameters<HttpPort['get']>): Promise<HttpResponse> {
    const response = await ports.http.get(...request);
    session.serverDate = parseDate(response.header('date') ?? '') ?? session.serverDate;
    return response;
  }
}

function storeOf(bytes: Uint8Array): TrustedMetadataStore | undefined {
  try {
    return new TrustedMetadataStore(bufferOf(bytes));
  } catch {
    return undefined;
  }
}

/** A metadata file that is whole JSON; undefined when the server has none there. */
export async function fetchMetadata(session: Session, name: string, limit: number): Promise<SmallFile | undefined> {
  const file = await downloadSmall(session.ports, session.place.metadataUrl + name, limit);
  if (file === undefined) return undefined;
  parseJson(file);
  return file;
}

/** The same for a file that has to be there. */
export async function requireMetadata(session: Session, name: string, limit: number): Promise<SmallFile> {
  return await fetchMetadata(session, name, limit) ?? fail(session.place.metadataUrl + name);
}

function fail(url: string): never {
  throw refused(url, 404);
}

/** Run one of the store's verifications on new bytes; what it throws becomes one of our errors. */
export function verify(session: Session, role: string, bytes: Uint8Array, check: (buffer: LibraryBytes) => void): void {
  try {
    check(bufferOf(bytes));
  } catch (error) {
    if (!isExpiry(error)) throw rejection(role, error);
    checkExpiry(session, 'root', session.store.root.signed.expires);
    const { signed } = JSON.parse(new TextDecoder().decode(bytes)) as { signed: { expires: string } };
    throw expiredNow(session, role, signed.expires);
  }
}

/** Throws when a date has passed. */
export function checkExpiry(session: Session, role: string, expires: string): void {
  const now = Math.max(session.ports.clock.now(), session.place.floors.date * 1000);
  if (now >= (parseDate(expires) ?? 0)) throw expiredNow(session, role, expires);
}

function expiredNow({ ports, place, serverDate }: Session, role: string, expires: string): SlipwayError {
  return expired(role, parseDate(expires) ?? 0, { clock: ports.clock.now(), server: serverDate, signed: place.floors.date * 1000 });
}

/** Run a verification on what an earlier refresh kept. What no longer holds is as good as gone: the server is asked. */
export function believed(session: Session, role: string, check: (buffer: LibraryBytes) => void): boolean {
  const bytes = session.folder.read(role);
  if (bytes === undefined) return false;
  try {
    check(bufferOf(bytes));
    return true;
  } catch {
    return false;
  }
}

function bufferOf(bytes: Uint8Array): LibraryBytes {
  const text = (): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return Object.defineProperty(bytes.slice(), 'toString', { value: text }) as unknown as LibraryBytes;
}
