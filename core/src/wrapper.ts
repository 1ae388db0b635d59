/**
 * A wrapper is one packaging ecosystem. `pack` is pure: the same release and options give the same planned files.
 * A new one is one folder in wrappers/ and one line in its index.ts.
 */
import type { z } from 'zod';
import type { PlannedFile } from './planned-file.ts';
import type { Release } from './release.ts';
import type { TargetId } from './target.ts';

export interface Wrapper<Schema extends z.ZodType = z.ZodType> {
  /** As it is spelled in the configuration and after --wrapper. */
  readonly name: string;
  /** One sentence for --help and the reference page. */
  readonly summary: string;
  /** Validates the publisher's options; every default lives here. */
  readonly options: Schema;
  /** Wrappers whose artifacts this one's manifests refer to: they are selected along with it. */
  readonly needs?: readonly string[];
  /**
   * Decide what to write for all of the release's targets. May throw VERSION_NOT_EXPRESSIBLE or NAME_INVALID;
   * a target this ecosystem has no place for is a skip with its reason, not a failure.
   */
  pack(release: Release, options: z.output<Schema>): Packed;
}

export interface Packed {
  readonly files: readonly PlannedFile[];
  readonly skipped: readonly Skip[];
  /** Where other tools have words for what is asked of this wrapper: each word, and the file that answers to it. */
  readonly identifiers?: readonly Identifier[];
}

export interface Identifier {
  readonly identifier: string;
  /** Path below dist/; absent where no file of this release answers. */
  readonly path?: string;
}

export interface Skip {
  readonly target: TargetId;
  readonly reason: string;
}
