/**
 * A plan is everything a run will write, decided before anything is touched. It is printable JSON, it is recorded as
 * dist/plan.json, and `verify` takes its expectations from it: what should be there, not what happens to be there.
 */
import { z } from 'zod';
import type { Artifact, PlannedArtifact } from './artifact.ts';
import { targetIds, type TargetId } from './target.ts';
import type { Identifier } from './wrapper.ts';

const target = z.enum(targetIds as [TargetId, ...TargetId[]]);
const text = z.string().max(1024);
const carried = z.strictObject({ name: text, entry: text });

/** A relative path with forward slashes that stays below the folder it is joined to. */
const distPath = text.regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\\\0]+$/, 'must be a path below dist/');

const installed = z.strictObject({ target, id: text });

const plannedArtifact = z.strictObject({
  id: text,
  type: z.enum(['binary', 'archive', 'package', 'image', 'manifest', 'installer', 'patch', 'checksums', 'sbom', 'attestation', 'signature']),
  path: distPath,
  wrapper: text.optional(),
  target: target.optional(),
  executables: z.array(carried).max(256).optional(),
  installs: z.array(installed).max(64).optional(),
});

export const planSchema = z.strictObject({
  format: z.literal(1),
  product: z.strictObject({ name: text, version: text }),
  /** Seconds since 1970 that every file in every package is dated. */
  date: z.number().int().nonnegative(),
  executable: z.strictObject({ name: text, aliases: z.array(text).max(256) }),
  /** Every target of the product. */
  targets: z.array(target).max(64),
  /** What this run builds of it. */
  selected: z.strictObject({ targets: z.array(target).max(64), wrappers: z.array(text).max(64) }),
  artifacts: z.array(plannedArtifact).max(10_000),
  skipped: z.array(z.strictObject({ wrapper: text, target, reason: text })).max(10_000),
  /** Other tools' words for what is selected, such as cibuildwheel's, and the file that answers to each. */
  identifiers: z.array(z.strictObject({ wrapper: text, identifier: text, path: distPath.optional() })).max(10_000),
});

export type Plan = Omit<z.infer<typeof planSchema>, 'artifacts' | 'identifiers'> & {
  readonly artifacts: readonly PlannedArtifact[];
  readonly identifiers: readonly (Identifier & { readonly wrapper: string })[];
};

export const artifactsSchema = z
  .array(plannedArtifact.extend({ name: text, size: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
  .max(10_000);

/** The artifacts that the plan's own run writes, in plan order. */
export function selectedArtifacts(plan: Plan): readonly PlannedArtifact[] {
  return plan.artifacts.filter((artifact) => isSelected(artifact, plan.selected));
}

/** Whether a run of these targets and wrappers writes an artifact; a manifest, where it builds anything that it installs. */
export function isSelected({ target, wrapper, installs }: PlannedArtifact, { targets, wrappers }: Plan['selected']): boolean {
  const served = installs?.map((one) => one.target) ?? (target === undefined ? undefined : [target]);
  return (served === undefined || served.some((id) => targets.includes(id))) && (wrapper === undefined || wrappers.includes(wrapper));
}

/** artifacts.json is sorted by path, so that two builds can be compared with `diff`. */
export function sortArtifacts(artifacts: readonly Artifact[]): readonly Artifact[] {
  return artifacts.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
