/**
 * Patches between executables. `diff` makes one, `applyPatch` makes the new file from the old one, frame by frame, in
 * bounded memory. Pure: bytes come in through core's ByteSource, SHA-256 as a port. docs/formats/patch.md is the format.
 */
export { applyPatch, type Frame } from './apply.ts';
export { diff, type DiffResult, type DiffStats } from './diff.ts';
export { readPatchHeader, type PatchHeader } from './header.ts';
export { type DeltaPorts, type Hasher } from './sha256.ts';
