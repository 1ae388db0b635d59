/**
 * An artifact is a file in dist/ with a digest. The union of types is closed and every field is JSON-safe, because
 * the list of artifacts is the only bus between steps and is what artifacts.json holds.
 */
import type { TargetId } from './target.ts';

export type ArtifactType =
  | 'binary'
  | 'archive'
  | 'package'
  | 'image'
  | 'manifest'
  | 'installer'
  | 'patch'
  | 'checksums'
  | 'sbom'
  | 'attestation'
  | 'signature';

/** What a plan knows about an artifact before it exists. */
export interface PlannedArtifact {
  /** Unique in a release, for example `npm:linux-x64`. */
  readonly id: string;
  readonly type: ArtifactType;
  /** Path below dist/, with forward slashes. */
  readonly path: string;
  /** Absent for the files that executables themselves are. */
  readonly wrapper?: string;
  /** Absent where one file serves every target. */
  readonly target?: TargetId;
  /** The executables it carries: which name, and at which path inside. */
  readonly executables?: readonly CarriedExecutable[];
  /** For a manifest that package managers read: what they download by it, for each target it serves. */
  readonly installs?: readonly InstalledArtifact[];
}

export interface InstalledArtifact {
  readonly target: TargetId;
  /** The artifact's id. */
  readonly id: string;
}

export interface CarriedExecutable {
  readonly name: string;
  /** Path inside the package; empty when the artifact is the executable. */
  readonly entry: string;
}

/** One line of artifacts.json. */
export interface Artifact extends PlannedArtifact {
  /** Last segment of the path. */
  readonly name: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}
