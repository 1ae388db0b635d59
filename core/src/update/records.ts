/**
 * The two files everything about an update hangs off. The channel record is a signed target file, one per channel and
 * target, and is signed anew when a release is promoted, rolled out or yanked. The release record is immutable, named
 * by its hash, one per version and target. Byte for byte: docs/formats/repository.md.
 */
import { z } from 'zod';
import { targetIds, type TargetId } from '../target.ts';

/** Bytes; nothing larger is read. */
export const recordLimit = 256 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const version = z.string().max(256);
const target = z.enum(targetIds as [TargetId, ...TargetId[]]);
const size = z.int().min(0).max(2 ** 40);
const seconds = z.int().min(0).max(2 ** 40);
/** Relative, with `/`, no empty, `.` or `..` segment, nothing Windows forbids. */
const componentPath = z.string().max(512).regex(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^/\\:*?"<>|\0-\x1f]+(?:\/[^/\\:*?"<>|\0-\x1f]+)*$/);

const file = z.object({
  kind: z.literal('file'),
  path: componentPath,
  mode: z.union([z.literal(0o755), z.literal(0o644)]),
  size,
  sha256,
  /** The whole file as it is downloaded: its compressed bytes, at `payloads/<sha256>`. */
  full: z.object({ coding: z.literal('gzip'), size, sha256 }),
});
/** A second name: a symbolic link beside the file, `to` being the last segment of a file's path. */
const link = z.object({ kind: z.literal('link'), path: componentPath, to: componentPath });

export const releaseRecordSchema = z.object({
  format: z.literal(1),
  product: z.string().max(214),
  version,
  target,
  /** Seconds since 1970 at which it was issued. */
  date: seconds,
  /** What changed, for people. */
  notes: z.string().max(16_384).optional(),
  severity: z.enum(['normal', 'important', 'critical']).default('normal'),
  /** The oldest version that can move here directly, and the one to go through from older ones. */
  minFrom: version.optional(),
  via: version.optional(),
  /** Raised when the program's data changes in a way older versions cannot read. */
  dataVersion: z.int().min(0).default(0),
  components: z.array(z.discriminatedUnion('kind', [file, link])).min(1).max(1024),
});

const candidate = z.object({
  version,
  /** The release record, at `records/<sha256>.json`. */
  record: z.object({ sha256, size: z.int().min(2).max(recordLimit) }),
  /** Offered to installations whose hash with the salt falls below the percentage; absent: to all. */
  rollout: z.object({ percent: z.number().min(0).max(100), salt: z.string().min(1).max(64) }).optional(),
});

export const channelRecordSchema = z.object({
  format: z.literal(1),
  product: z.string().max(214),
  channel: z.string().max(64),
  target,
  /** Seconds since 1970 at which it was signed. */
  date: seconds,
  /** In order of preference; the first admissible one wins. */
  candidates: z.array(candidate).max(64),
  /** Offered to nobody; installations on one get the next candidate, or `recallTo`. */
  yanked: z.array(version).max(256).default([]),
  /** Never to be run again, not even by choice. */
  revoked: z.array(version).max(256).default([]),
  /** Where installations on a yanked version go, though it is older. */
  recallTo: candidate.optional(),
  /** Automatic updates stop; an explicit `update` still works. */
  paused: z.boolean().default(false),
  /** The repository's new address. */
  moved: z.url().max(2048).optional(),
});

export type ReleaseRecord = z.infer<typeof releaseRecordSchema>;
export type Component = ReleaseRecord['components'][number];
export type ChannelRecord = z.infer<typeof channelRecordSchema>;
export type Candidate = ChannelRecord['candidates'][number];

/** The name of a channel record among the signed target files. */
export function channelRecordPath(channel: string, target: TargetId): string {
  return `${channel}/${target}.json`;
}
