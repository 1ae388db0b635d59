/** What a program with an update address carries of its own: who it is, where its releases are, whom it trusts. */
import type { TargetId } from '../target.ts';

export interface UpdateDescriptor {
  readonly product: string;
  readonly version: string;
  readonly target: TargetId;
  /** Every name the executable answers to; the first is the file's own. */
  readonly names: readonly string[];
  /** The release repository, with `/` at its end: `metadata/`, `targets/`, `records/` and `payloads/` lie below. */
  readonly url: string;
  /** The channel of an installation that chose none. */
  readonly channel: string;
  /** The text of the signed root metadata it starts to trust from. */
  readonly root: string;
  /** Whether `update`, `rollback` and `doctor` are commands of the program itself, beside `self update` and so on. */
  readonly topLevel: boolean;
  readonly dataVersion: number;
}
