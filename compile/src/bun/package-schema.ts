import { z } from 'zod';

/** A `BundledPackage` that comes from another process or from a file. */
export const bundledPackageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  texts: z.array(z.object({ name: z.string(), text: z.string() })).readonly(),
});
