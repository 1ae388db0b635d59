/**
 * A release is one version of one product: what was (or will be) built for each target, and the files that go along.
 * It is plain data, so a wrapper is a function of it.
 */
import type { PlannedArtifact } from './artifact.ts';
import type { Executable, ExecutableFacts } from './executable.ts';
import type { TargetId } from './target.ts';
import type { Version } from './version.ts';

export interface Product {
  readonly name: string;
  readonly version: Version;
  readonly description: string;
  /** SPDX expression, or undefined where the publisher names none. */
  readonly license?: string;
  readonly homepage?: string;
  /** Web address of the repository, without `git+` and `.git`. */
  readonly repository?: string;
  readonly author?: string;
  readonly keywords: readonly string[];
}

/** A file of the publisher's that goes into packages. */
export interface ReleaseFile {
  /** Path relative to the project's root. */
  readonly source: string;
  /** Path inside an archive. */
  readonly path: string;
  readonly role: 'readme' | 'license' | 'changelog' | 'notices' | CompletionRole | 'man' | 'extra';
}

/** Completions of the executable's own name, by shell. */
export type CompletionRole = 'bash-completion' | 'zsh-completion' | 'fish-completion' | 'powershell-completion';

/** The executables of one target. Before anything is compiled, `facts` are what the builder promises. */
export interface TargetBuild {
  readonly target: TargetId;
  readonly facts: ExecutableFacts;
  /** Names and licences of what was bundled, as people read them; known once it is built. */
  readonly notices?: string;
}

export interface Release {
  readonly product: Product;
  /** Every name the one executable answers to; the first is the file's own. */
  readonly executable: Executable;
  /** Every target of the product, whether this run builds it or not: installers list them all. */
  readonly builds: readonly TargetBuild[];
  readonly files: readonly ReleaseFile[];
  /** The plain archives that manifests may have package managers download; none where the wrapper archive is left out. */
  readonly archives: readonly PlannedArtifact[];
  /** Seconds since 1970: SOURCE_DATE_EPOCH, else the commit's date, else 1980-01-01, the oldest date a zip can hold. */
  readonly date: number;
}

/** The artifact id of one target's executable, or of the launcher that stands for an alias there. */
export function binaryId(target: TargetId, name: string): string {
  return `bin:${target}:${name}`;
}
