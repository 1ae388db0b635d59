import { z } from 'zod';
import { downloadOption } from '../manifest/download.ts';

export const options = z.strictObject({
  download: downloadOption,
  service: z
    .union([z.string(), z.literal(false)])
    .optional()
    .describe('The command that `brew services` runs; `false` for none. Default: the one named like the product with a d at its end, where there is one'),
  test: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Arguments of the run that `brew test` makes, which must exit 0. Default: `--version`, which must print the version'),
});

export type HomebrewOptions = z.output<typeof options>;
