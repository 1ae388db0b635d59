import { z } from 'zod';

const format = z.enum(['tar.gz', 'zip']);

export const options = z.strictObject({
  name: z
    .string()
    .default('{name}-v{version}-{target}')
    .describe('File name without its suffix. Variables: {name} {version} {target} {os} {arch} {goos} {goarch} {libc}.'),
  /**
   * As cargo-dist does: unpacking a tarball must not scatter files, while a zip is opened in a folder of its own by
   * Explorer, and winget and Scoop look for the executable at its root.
   */
  wrapInDirectory: z.boolean().default(true).describe('Put the members of a tar.gz into one directory named like the archive; a zip never has one.'),
  formats: z
    .strictObject({ linux: format.default('tar.gz'), darwin: format.default('tar.gz'), windows: format.default('zip') })
    .prefault({})
    .describe('The format for each operating system.'),
});

export type ArchiveOptions = z.output<typeof options>;
