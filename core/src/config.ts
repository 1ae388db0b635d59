/**
 * The configuration: one schema that yields the type, the JSON Schema for editors and the reference page. What is
 * written is checked here; what is missing is filled in from the project's package.json by `resolveConfig`.
 */
import { z } from 'zod';
import { targetIds, type TargetId } from './target.ts';

const projectPath = z.string().min(1).describe('Path relative to the configuration file');
const target = z.enum(targetIds as [TargetId, ...TargetId[]]);

const windows = z.strictObject({
  icon: projectPath.optional().describe('An .ico file that the executable shows on Windows'),
  company: z.string().optional().describe('CompanyName of the version resource; default: the author'),
  copyright: z.string().optional().describe('LegalCopyright of the version resource'),
});

const build = z.strictObject({
  bytecode: z.boolean().default(true).describe('Compile JavaScript to bytecode ahead of time: a faster start for a larger file'),
  minify: z.boolean().default(true).describe('Minify the bundle'),
  external: z.array(z.string()).default([]).describe('Modules that are not bundled and are resolved where the program runs'),
  define: z.record(z.string(), z.string()).default({}).describe('Expressions replaced at build time, as JSON text: `{ "BUILD": "\\"ci\\"" }`'),
  sign: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('A command run for each executable after compiling and before any digest is taken; `{path}` and `{target}` are replaced'),
  smoke: z
    .union([z.array(z.string()), z.literal(false)])
    .optional()
    .describe('Arguments of a trial run of each executable that this machine can run, which must exit 0; `false` for none. Default: `--version`, and only a program that cannot start fails'),
  windows: windows.prefault({}).describe('Resources of Windows executables'),
});

const files = z.strictObject({
  readme: projectPath.optional().describe('Default: README.md'),
  license: projectPath.optional().describe('Default: LICENSE, LICENSE.md, LICENCE or COPYING'),
  changelog: projectPath.optional().describe('Default: CHANGELOG.md'),
  notices: projectPath.optional().describe('Third-party notices. Default: THIRD-PARTY-NOTICES.md or NOTICE'),
  completions: z
    .strictObject({ bash: projectPath.optional(), zsh: projectPath.optional(), fish: projectPath.optional(), powershell: projectPath.optional() })
    .prefault({})
    .describe('Completion scripts of the command, for each shell that has one: they go into archives, wheels and the Homebrew formula'),
  man: z.array(projectPath).default([]).describe('Manual pages, with their section as the suffix: `man/tool.1`'),
  extra: z
    .array(z.union([projectPath, z.strictObject({ from: projectPath, to: z.string().min(1) })]))
    .default([])
    .describe('More files for the archives: configuration templates, documentation'),
});

/** Whoever can change what is on the way could hold updates back, so plain HTTP is for this machine only. */
const repositoryUrl = z.string().max(2048).refine(
  (url) => z.url().safeParse(url).success && /^https:\/\/[^@]*$|^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/[^@]*)?$/i.test(url) && !/[?#\s'"`\\<>]/.test(url),
  { error: 'must be an https address, or http on this machine (localhost, 127.0.0.1), without user, query and fragment' },
);

const update = z.strictObject({
  url: repositoryUrl.describe('Address of the release repository; `/` is added at its end where it is missing'),
  root: projectPath.default('slipway.root.json').describe('The signed root metadata that installed programs start to trust from: a copy of the repository’s newest `N.root.json`'),
  channel: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'must be lower-case letters, digits and hyphens, at most 32, starting with a letter' }).default('stable').describe('The channel of installations that choose none'),
  topLevel: z.boolean().default(false).describe('Make `update`, `rollback` and `doctor` commands of the program, beside `self update` and so on. They go before commands of the program’s own with these names'),
  dataVersion: z.int().min(0).default(0).describe('Raise it when this version changes the program’s data in a way that older ones cannot read'),
});

const version = z.union([
  z.string().describe('A version'),
  z.strictObject({
    from: z.enum(['package.json', 'git-tag']),
    prefix: z.string().optional().describe('In a monorepo, what stands before the version in a tag: `cli` for `cli/v1.2.3`'),
  }),
]);

/** The schema for a set of wrappers, given by name with each one's own options schema. */
export function configSchema(wrappers: Readonly<Record<string, z.ZodType>>) {
  const options = Object.entries(wrappers).map(([name, schema]) => [name, z.union([schema, z.literal(false)]).optional()] as const);
  return z.strictObject({
    $schema: z.string().optional().describe('Where editors find the schema of this file'),
    name: z.string().optional().describe('The product, and the command users type. Default: the name in package.json, without its scope'),
    version: version.optional().describe('Default: the version in package.json, else the git tag of the commit'),
    description: z.string().optional().describe('One sentence. Default: from package.json'),
    license: z.string().optional().describe('SPDX expression. Default: from package.json'),
    homepage: z.string().optional().describe('Default: from package.json'),
    repository: z.string().optional().describe('Default: from package.json'),
    author: z.string().optional().describe('Default: from package.json'),
    entries: z
      .record(z.string(), projectPath)
      .optional()
      .describe('Each command and the file that is its program. All share one executable. Default: `bin` in package.json'),
    targets: z.array(target).min(1).optional().describe('Default: all eight'),
    build: build.prefault({}).describe('How the executable is made'),
    files: files.prefault({}).describe('The files that go along with it'),
    update: update.optional().describe('Keep installed copies up to date from a release repository. Programs then have the command `self`, and nothing is added to them without it'),
    wrappers: z
      .strictObject(Object.fromEntries(options))
      .prefault({})
      .describe('Options of each wrapper, or `false` to leave one out'),
  });
}

/** What is written, with defaults filled in. */
export type CheckedConfig = z.output<ReturnType<typeof configSchema>>;

export type BuildOptions = z.output<typeof build>;
