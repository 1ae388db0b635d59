import { z } from 'zod';

const selectors = z.string().max(4096).describe('Selectors separated by spaces, for example `cp312-* *-macosx_arm64`');

export const options = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, 'must be a project name: letters, digits, dot, hyphen and underscore')
    .optional()
    .describe('The project on PyPI. Default: the name of the product'),
  module: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a Python identifier')
    .optional()
    .describe('The Python module beside the executable. Default: the project name with underscores'),
  cibuildwheel: z
    .strictObject({
      build: selectors.optional().describe('As CIBW_BUILD. Default: everything'),
      skip: selectors.optional().describe('As CIBW_SKIP. Default: nothing'),
    })
    .optional()
    .describe('Make only the wheels that serve the Pythons and platforms which these selectors of cibuildwheel leave'),
});

export type PipOptions = z.output<typeof options>;
