/** TUF metadata as data (specification 1.0, section 4). Only what Slipway writes: Ed25519, SHA-256, one level of delegation. */
import type { PublicKey } from '../keys/public-key.ts';

export const specVersion = '1.0.31';

interface Common {
  readonly spec_version: string;
  readonly version: number;
  /** `2027-01-31T00:00:00Z`. */
  readonly expires: string;
}

export interface RoleKeys {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

export interface Root extends Common {
  readonly _type: 'root';
  readonly consistent_snapshot: true;
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly roles: Readonly<Record<'root' | 'targets' | 'snapshot' | 'timestamp', RoleKeys>>;
}

export interface Delegation extends RoleKeys {
  readonly name: string;
  readonly paths: readonly string[];
  readonly terminating: true;
}

export interface TargetFile {
  readonly length: number;
  readonly hashes: { readonly sha256: string };
}

export interface Targets extends Common {
  readonly _type: 'targets';
  readonly targets: Readonly<Record<string, TargetFile>>;
  readonly delegations?: { readonly keys: Readonly<Record<string, PublicKey>>; readonly roles: readonly Delegation[] };
}

export interface MetaFile extends TargetFile {
  readonly version: number;
}

export interface Snapshot extends Common {
  readonly _type: 'snapshot';
  readonly meta: Readonly<Record<string, MetaFile>>;
}

export interface Timestamp extends Common {
  readonly _type: 'timestamp';
  readonly meta: { readonly 'snapshot.json': MetaFile };
}

export type Document = Root | Targets | Snapshot | Timestamp;

export interface Envelope<Signed extends Document> {
  readonly signed: Signed;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** A document as it is on disk, and what it says. */
export interface SignedFile<Signed extends Document> extends Envelope<Signed> {
  readonly bytes: Uint8Array;
}

/** Days for which each kind is valid; a channel's is for the delegated roles. */
export const lifetime = { root: 365, targets: 365, channel: 90, snapshot: 30, timestamp: 30 } as const;

const day = 86_400_000;

/** `days` after `now`, which is in milliseconds since 1970, to the second. */
export function expiry(now: number, days: number): string {
  return new Date(now + days * day).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Whole days until it expires; negative when it has. */
export function daysLeft({ signed }: Envelope<Document>, now: number): number {
  return Math.floor((Date.parse(signed.expires) - now) / day);
}
