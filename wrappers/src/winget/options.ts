import { z } from 'zod';
import { downloadOption } from '../manifest/download.ts';

export const options = z.strictObject({
  identifier: z
    .string()
    .max(128)
    // PackageIdentifier of the schema 1.12.
    .regex(/^[^.\s\\/:*?"<>|]{1,32}(\.[^.\s\\/:*?"<>|]{1,32}){1,7}$/, 'must be a package identifier such as Acme.Tool')
    .optional()
    .describe('Package identifier. Default: the owner of the GitHub repository, a dot and the name of the product'),
  publisher: z.string().min(2).max(256).optional().describe('Default: the author, else the owner of the GitHub repository'),
  download: downloadOption,
});

export type WingetOptions = z.output<typeof options>;
