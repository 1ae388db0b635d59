/**
 * What an installation intends: which version is confirmed, which one is on trial, what is set aside. `current` follows
 * it. Checked by hand, because the guard reads it at every start and must stay small.
 *
 * Older programs must read what newer ones wrote: fields that are not known here are kept and written back, and a
 * newer format that stays readable says so with `compatible` (docs/formats/state.md).
 */
import { isVersionName } from '../layout.ts';

/** A version and the SHA-256 of its release record. */
export interface VersionRef {
  readonly version: string;
  readonly record: string;
}

export interface Trial extends VersionRef {
  /** Starts that died. */
  readonly deaths: number;
  /** The data version it may raise the program's data to. */
  readonly dataVersion: number;
  /** The last start whose end was counted, so that none is counted twice. */
  readonly settled?: string;
}

export interface SetAside extends VersionRef {
  /** For people. */
  readonly reason: string;
  /** It was confirmed once, and only rolled back from: it can be chosen again. */
  readonly lived?: boolean;
}

/** The largest signed numbers and date (seconds since 1970) ever seen: nothing older is believed. */
export interface Floors {
  readonly root: number;
  readonly timestamp: number;
  readonly snapshot: number;
  readonly date: number;
  /** Fingerprint of the keys under which they were seen. */
  readonly keys?: string;
}

export interface State {
  readonly format: number;
  /** 32 hexadecimal digits, made up at installation; decides about rollouts, sent nowhere. */
  readonly installId: string;
  readonly product: string;
  readonly channel: string;
  readonly confirmed: VersionRef;
  readonly previous?: VersionRef;
  readonly trial?: Trial;
  /** Not offered again automatically; the oldest first, at most 16. */
  readonly setAside: readonly SetAside[];
  readonly floors: Floors;
  /** Of the data as the program last left it. */
  readonly dataVersion: number;
  /** Installed versions that the publisher has revoked, as the last check found; at most 16. */
  readonly revoked?: readonly string[];
}

export const revokedLimit = 16;
export const setAsideLimit = 16;
/** Deaths after which a version is set aside. */
export const deathLimit = 3;

export type ParsedState =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'damaged' }
  /** Written by a program whose format this one must not touch. */
  | { readonly kind: 'newer'; readonly format: number };

/** The text of a slot. Never throws. */
export function parseState(text: string): ParsedState {
  const value = parseObject(text);
  if (value === undefined) return { kind: 'damaged' };
  const { format, compatible = format } = value;
  if (!isCount(format) || !isCount(compatible)) return { kind: 'damaged' };
  if (compatible > 1) return { kind: 'newer', format };
  return isState(value) ? { kind: 'state', state: value } : { kind: 'damaged' };
}

type Fields = Readonly<Record<string, unknown>>;

/** A JSON object, or undefined. */
export function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: Fields): value is Fields & State {
  const { installId, product, channel, confirmed, previous, trial, setAside, floors, dataVersion, revoked = [] } = value;
  return typeof installId === 'string' && /^[0-9a-f]{32}$/.test(installId)
    && isText(product, 214) && isText(channel, 64)
    && isVersionRef(confirmed)
    && (previous === undefined || isVersionRef(previous))
    && (trial === undefined || isTrial(trial))
    && Array.isArray(setAside) && setAside.length <= setAsideLimit && setAside.every(isSetAside)
    && isObject(floors) && [floors['root'], floors['timestamp'], floors['snapshot'], floors['date']].every(isCount)
    && (floors['keys'] === undefined || isText(floors['keys'], 128))
    && isCount(dataVersion)
    && Array.isArray(revoked) && revoked.length <= revokedLimit && revoked.every((version) => isText(version, 128));
}

function isVersionRef(value: unknown): value is VersionRef {
  return isObject(value) && isText(value['version'], 128) && isVersionName(value['version'])
    && typeof value['record'] === 'string' && /^[0-9a-f]{64}$/.test(value['record']);
}

function isTrial(value: unknown): boolean {
  return isVersionRef(value) && isObject(value) && isCount(value['deaths']) && isCount(value['dataVersion'])
    && (value['settled'] === undefined || isText(value['settled'], 32));
}

function isSetAside(value: unknown): boolean {
  return isVersionRef(value) && isObject(value) && isText(value['reason'], 500)
    && (value['lived'] === undefined || typeof value['lived'] === 'boolean');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value.length <= limit;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
