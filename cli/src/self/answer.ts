import type { UpdateDescriptor, UpdaterPorts } from '@slipway/core';

/** What a command of the end user's works with. */
export interface SelfContext {
  readonly descriptor: UpdateDescriptor;
  readonly ports: UpdaterPorts;
  /** The real path of the executable that runs. */
  readonly executable: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Say what goes on: a line that is rewritten, on a terminal; nothing elsewhere. */
  readonly progress: (line: string) => void;
  /** A command as it is typed: `tool self update`, or `tool update` where the program has that. */
  readonly typed: (command: string) => string;
}

/** What a command has to say: the same facts for programs and for people. */
export interface Answer {
  /** Printed with --json, with `command` before it. */
  readonly data: { readonly outcome: string } & Readonly<Record<string, unknown>>;
  /** One or more lines. */
  readonly text: string;
  /** Exit code; 0 where it is not given. */
  readonly code?: number;
}
