/**
 * What a wrapper wants written, as data. One executor writes it, in the order that references ask for, so that
 * every wrapper stays pure and every manifest has a golden-file test.
 */
import type { PlannedArtifact } from './artifact.ts';

/** A file to be written to dist/. */
export interface PlannedFile extends PlannedArtifact {
  readonly content: FileContent;
}

export type FileContent =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'tar.gz'; readonly entries: readonly ContainerEntry[]; readonly mtime: number }
  | { readonly kind: 'zip'; readonly entries: readonly ContainerEntry[]; readonly mtime: number };

/** One member of a container, written in the order given. */
export interface ContainerEntry {
  /** Forward slashes, no leading slash, no `..`. */
  readonly path: string;
  /** Permission bits only, for example 0o755. */
  readonly mode: number;
  readonly content: EntryContent;
}

export type EntryContent =
  | { readonly kind: 'text'; readonly text: Text }
  /** Another artifact's bytes, by id. */
  | { readonly kind: 'artifact'; readonly id: string }
  /** A file of the project, path relative to its root. */
  | { readonly kind: 'file'; readonly path: string }
  /** A symbolic link; only in a tar. */
  | { readonly kind: 'link'; readonly to: string };

/** Text with holes that only the executor can fill. */
export type Text = readonly (string | Reference)[];

/**
 * In a digest or size, `of` is an artifact's id, or `entry:PATH` for another member of the same container.
 * A digest is SHA-256, base64url without padding; a size is in bytes, in decimal.
 * In a file, `of` is a path relative to the project's root, and the hole is filled with that file's text (UTF-8) as it
 * is: for formats that hold a README in the middle of their own text.
 */
export type Reference =
  | { readonly kind: 'digest'; readonly of: string; readonly as: 'hex' | 'base64' | 'base64url' }
  | { readonly kind: 'size'; readonly of: string }
  | { readonly kind: 'file'; readonly of: string };

export function digestOf(of: string, as: 'hex' | 'base64' | 'base64url' = 'hex'): Reference {
  return { kind: 'digest', of, as };
}

export function sizeOf(of: string): Reference {
  return { kind: 'size', of };
}

/** A member that is plain text. */
export function textEntry(path: string, text: string | Text, mode = 0o644): ContainerEntry {
  return { path, mode, content: { kind: 'text', text: typeof text === 'string' ? [text] : text } };
}

/** A member that is JSON as npm and people write it: two spaces, final newline. */
export function jsonEntry(path: string, value: unknown): ContainerEntry {
  return textEntry(path, `${JSON.stringify(value, null, 2)}\n`);
}
