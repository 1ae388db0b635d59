/** What `verify` finds: JSON-safe, one shape for people and scripts. */
import type { TargetId } from '@slipway/core';
import type { Work } from '../read/work.ts';

/** What is wrong, for scripts; the message says it with the values. */
export type ProblemKind =
  /** plan.json contradicts itself or leaves something out. */
  | 'plan'
  /** artifacts.json or metadata.json is malformed, or says something else than the plan. */
  | 'record'
  /** checksums.txt says something else than artifacts.json. */
  | 'checksum'
  /** A file that the plan expects is not there. */
  | 'missing'
  /** A file that nobody planned. */
  | 'unexpected'
  /** A file is larger or smaller than artifacts.json says. */
  | 'size'
  /** A file has the right size and other bytes than artifacts.json says. */
  | 'digest'
  /** A package that cannot be read to its end. */
  | 'malformed'
  /** A package that its ecosystem would refuse or misunderstand. */
  | 'format'
  /** The executable in a package is not the one that was built. */
  | 'executable'
  /** Another name of the executable is missing or leads elsewhere. */
  | 'alias';

export interface VerifyProblem {
  readonly kind: ProblemKind;
  /** Path below dist/. */
  readonly path: string;
  readonly message: string;
}

/** `binary`, or a wrapper's name. */
export type Column = string;

export type VerifyCell = { readonly target: TargetId; readonly column: Column } & (
  /** `sha256` is that of the executable inside; absent where the package carries none. */
  | { readonly state: 'ok'; readonly path: string; readonly sha256?: string }
  /** One file of this wrapper serves every target. */
  | { readonly state: 'shared'; readonly path: string }
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'problem'; readonly path?: string; readonly sha256?: string; readonly messages: readonly string[] }
);

export interface VerifyReport {
  readonly ok: boolean;
  readonly product?: { readonly name: string; readonly version: string };
  readonly targets: readonly TargetId[];
  readonly columns: readonly Column[];
  /** By target, then by column. */
  readonly cells: readonly VerifyCell[];
  readonly problems: readonly VerifyProblem[];
  readonly work: Readonly<Work>;
}

/** Collects; nothing stops at the first problem. */
export type Complain = (kind: ProblemKind, path: string, message: string) => void;
