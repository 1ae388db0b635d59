/**
 * The owner marker: a small JSON file in every package that says who installed the copy beside it and how that owner
 * upgrades it. Where it lies is fixed per ecosystem: docs/formats/owner.md.
 */
import { z } from 'zod';

export const ownerMarkerSchema = z.object({
  format: z.literal(1),
  /** The ecosystem, for example `npm`. */
  owner: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  /** The product's name. */
  name: z.string().max(214),
  version: z.string().max(256),
  /** The package as that ecosystem knows it. */
  package: z.string().max(214),
  /** The command that upgrades this copy, as words; empty where there is none (an archive). */
  upgrade: z.array(z.string().max(256)).max(16),
});

export type OwnerMarker = z.infer<typeof ownerMarkerSchema>;
