/**
 * The launcher that the npm wrapper copies into every main package: real files, so that they are linted and tested as
 * what they are, and imported as text, so that a compiled program carries them without a file beside it.
 */
// Whoever imports this package type-checks it with their own files, and sees ambient declarations only by reference.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./text.d.ts" />
import launcher from './launcher.cjs' with { type: 'text' };
import missing from './missing.cjs' with { type: 'text' };

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Everything of the launcher that is the same in every package. */
export const launcherFiles: readonly SourceFile[] = [
  { path: 'lib/launcher.cjs', text: launcher },
  { path: 'lib/missing.cjs', text: missing },
];

/** What the launcher has to know, written into each command's file. */
export interface LauncherProduct {
  /** The main package. */
  readonly package: string;
  readonly version: string;
  /** Name of the executable in each platform package's `bin/`, without `.exe`. */
  readonly executable: string;
  readonly platforms: readonly LauncherPlatform[];
}

/** One platform package, in Node's words: `process.platform`, `process.arch`. */
export interface LauncherPlatform {
  readonly os: string;
  readonly cpu: string;
  /** Absent where the executable runs with either C library. */
  readonly libc?: string;
  readonly package: string;
}

/** The file that npm links as one command. */
export function commandShim(command: string, product: LauncherProduct): string {
  return `#!/usr/bin/env node\n'use strict';\nrequire('../lib/launcher.cjs').launch(${JSON.stringify(command)}, ${JSON.stringify(product, undefined, 2)});\n`;
}
