import { z } from 'zod';

export const options = z.strictObject({
  name: z.string().optional().describe('The package people install. Default: the name of the product'),
  scope: z
    .string()
    .regex(/^@[a-z0-9][a-z0-9._-]*$/, 'must be a scope such as @tool')
    .optional()
    .describe('Scope of the packages that hold the executables. Default: the scope of the name, else @ and the name'),
  /**
   * npm from 11.6.2 on links a command straight to the executable of the platform package, if that declares the same
   * command and its name sorts before the main package's: a start then costs no Node. A scope named after the product
   * sorts before every unscoped name; `@acme/tool-linux-x64` sorts after `@acme/tool`, so a scoped main package needs
   * another scope for it. Off, because older ones remove the command altogether: they clean up the packages of the
   * other platforms, and with them the links those declare (measured from 8.19 to 11.6.0).
   */
  directBin: z
    .boolean()
    .default(false)
    .describe('Declare the commands in the platform packages too, which npm 11.6.2 and later link directly; older ones then link no command at all'),
  access: z.enum(['public', 'restricted']).default('public').describe('Who may install the packages'),
});

export type NpmOptions = z.output<typeof options>;
