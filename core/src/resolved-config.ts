/**
 * From what is written, and what the project's package.json says, to a configuration with nothing missing. Pure: the
 * project is given as facts.
 */
import { z } from 'zod';
import type { BuildOptions, CheckedConfig } from './config.ts';
import { checkData, type ConfigProblem } from './config-problem.ts';
import type { Executable } from './executable.ts';
import { checkCommandName } from './name.ts';
import { packageFacts, type PackageJson } from './package-json.ts';
import type { Product, ReleaseFile } from './release.ts';
import { targetIds, type TargetId } from './target.ts';
import { parseVersion, versionOfTag } from './version.ts';
import { SlipwayError, type ErrorCode } from './error.ts';
import type { UpdateDescriptor } from './update/descriptor.ts';

/** What the loader found in the project. */
export interface ProjectFacts {
  readonly packageJson?: PackageJson;
  /** Whether a path relative to the root is a file. */
  readonly isFile: (path: string) => boolean;
  /** The text of such a file. */
  readonly readText: (path: string) => string;
  /** Git tags that point at the checked-out commit. */
  readonly tags: readonly string[];
  /** `--set-version`. */
  readonly version?: string;
}

export interface Entry {
  readonly name: string;
  /** Path relative to the root. */
  readonly source: string;
}

export interface ResolvedConfig {
  readonly product: Product;
  readonly executable: Executable;
  /** One per name, the executable's own first. */
  readonly entries: readonly Entry[];
  readonly targets: readonly TargetId[];
  readonly build: BuildOptions;
  readonly files: readonly ReleaseFile[];
  /** Where installed copies find newer ones; absent: nothing is added to the program. */
  readonly update?: UpdateSettings;
  /** Options of each wrapper as written; `false` where left out. */
  readonly wrappers: Readonly<Record<string, unknown>>;
}

export type UpdateSettings = Pick<UpdateDescriptor, 'url' | 'root' | 'channel' | 'topLevel' | 'dataVersion'>;

/** Every problem is added to `problems`, which the caller reports together; the result is usable when none was. */
export function resolveConfig(config: CheckedConfig, project: ProjectFacts, problems: CodedProblem[]): ResolvedConfig {
  const facts = packageFacts(project.packageJson);
  const entries = resolveEntries(config, facts, project, problems);
  const name = config.name ?? facts.name ?? entries[0]?.name;
  if (name === undefined) problems.push({ code: 'CONFIG_INVALID', path: 'name', message: 'is missing, and there is no package.json to take it from' });
  else attempt(problems, 'name', () => checkCommandName(name));
  const own = entries.find((entry) => entry.name === name) ?? entries[0];
  const ordered = own === undefined ? [] : [own, ...entries.filter((entry) => entry !== own)];
  const license = config.license ?? facts.license;
  const homepage = config.homepage ?? facts.homepage;
  const repository = config.repository ?? facts.repository;
  const author = config.author ?? facts.author;
  const update = resolveUpdate(config.update, project, problems);
  return {
    product: {
      name: name ?? '',
      version: attempt(problems, 'version', () => parseVersion(resolveVersion(config, facts, project))) ?? parseVersion('0.0.0'),
      description: config.description ?? facts.description ?? '',
      ...(license === undefined ? {} : { license }),
      ...(homepage === undefined ? {} : { homepage }),
      ...(repository === undefined ? {} : { repository }),
      ...(author === undefined ? {} : { author }),
      keywords: facts.keywords,
    },
    executable: { name: own?.name ?? '', aliases: ordered.slice(1).map((entry) => entry.name) },
    entries: ordered,
    targets: targetIds.filter((id) => config.targets?.includes(id) ?? true),
    build: checkBuild(config.build, project, problems),
    files: resolveFiles(config, own?.name ?? '', project, problems),
    ...(update === undefined ? {} : { update }),
    wrappers: config.wrappers,
  };
}

export interface CodedProblem extends ConfigProblem {
  readonly code: ErrorCode;
}

function attempt<T>(problems: CodedProblem[], path: string, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    problems.push({ code: error.code, path, message: `${error.message}. ${error.hint ?? ''}`.trim() });
    return undefined;
  }
}

function resolveEntries(config: CheckedConfig, facts: ReturnType<typeof packageFacts>, project: ProjectFacts, problems: CodedProblem[]): readonly Entry[] {
  const written = config.entries !== undefined;
  const entries = Object.entries(config.entries ?? facts.bin).map(([name, source]) => ({ name, source: source.replace(/^\.\//, '') }));
  const at = (name: string): string => (written ? `entries.${name}` : `package.json bin.${name}`);
  if (entries.length === 0) problems.push({ code: 'ENTRY_MISSING', path: 'entries', message: 'is missing, and package.json has no "bin": nothing says which program to build' });
  const seen = new Map<string, string>();
  for (const { name, source } of entries) {
    attempt(problems, at(name), () => checkCommandName(name));
    const same = seen.get(name.toLowerCase());
    if (same !== undefined) problems.push({ code: 'NAME_TAKEN', path: at(name), message: `"${name}" and "${same}" are one file name on macOS and Windows` });
    seen.set(name.toLowerCase(), name);
    if (checkInside(problems, at(name), source) && !project.isFile(source)) problems.push({ code: 'ENTRY_MISSING', path: at(name), message: `there is no file ${source}` });
  }
  return entries;
}

/** Whether a path stays inside the project. */
function checkInside(problems: CodedProblem[], at: string, path: string): boolean {
  const outside = /^([a-z]:)?[\\/]/i.test(path) || path.split(/[\\/]/).includes('..');
  if (outside) problems.push({ code: 'PATH_OUTSIDE', path: at, message: `${path} lies outside the project; paths are relative to it and hold no ".."` });
  return !outside;
}

function resolveVersion(config: CheckedConfig, facts: ReturnType<typeof packageFacts>, project: ProjectFacts): string {
  if (project.version !== undefined) return project.version;
  if (typeof config.version === 'string') return config.version;
  const { from, prefix = '' } = config.version ?? {};
  if (from !== 'git-tag' && facts.version !== undefined) return facts.version;
  const tagged = project.tags.map((tag) => versionOfTag(tag, prefix)).find((version) => version !== undefined);
  if (from !== 'package.json' && tagged !== undefined) return tagged;
  const looked = from === 'package.json' ? 'package.json has none' : `no tag of this commit names one (${project.tags.join(', ') || 'it has no tags'})`;
  throw new SlipwayError('VERSION_INVALID', `the version is not known: ${looked}`, { hint: 'Give it with --set-version, in the configuration, in package.json or as a git tag.' });
}

function checkBuild(build: BuildOptions, project: ProjectFacts, problems: CodedProblem[]): BuildOptions {
  const { icon } = build.windows;
  const at = 'build.windows.icon';
  if (icon !== undefined && checkInside(problems, at, icon) && !project.isFile(icon)) problems.push({ code: 'FILE_MISSING', path: at, message: `there is no file ${icon}` });
  return build;
}

/** As far as a program needs it to be: that its signatures hold is for those who have the keys to see. */
const signedRoot = z.object({
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string().min(1) })).min(1),
  signed: z.object({
    _type: z.literal('root'),
    version: z.int().min(1),
    keys: z.record(z.string(), z.unknown()),
    roles: z.object({ root: z.unknown(), timestamp: z.unknown(), snapshot: z.unknown(), targets: z.unknown() }),
  }),
});
const rootLimit = 512 * 1024;

function resolveUpdate(update: CheckedConfig['update'], project: ProjectFacts, problems: CodedProblem[]): UpdateSettings | undefined {
  if (update === undefined) return undefined;
  const at = 'update.root';
  const path = update.root.replace(/^\.\//, '');
  const settings = { ...update, url: update.url.replace(/\/*$/, '/'), root: '' };
  if (!checkInside(problems, at, path)) return settings;
  if (!project.isFile(path)) {
    problems.push({ code: 'FILE_MISSING', path: at, message: `there is no file ${path}; \`slipway keys init\` makes it` });
    return settings;
  }
  const root = project.readText(path);
  const fault = rootFault(root);
  if (fault !== undefined) problems.push({ code: 'CONFIG_INVALID', path: at, message: `${path} is no signed root metadata: ${fault}` });
  return { ...settings, root };
}

function rootFault(text: string): string | undefined {
  if (text.length > rootLimit) return `it has ${text.length} characters, at most ${rootLimit} are read`;
  try {
    const checked = checkData(signedRoot, JSON.parse(text));
    return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path} ${message}`).join('; ') : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** As each shell looks it up. */
function completionName(shell: 'bash' | 'zsh' | 'fish' | 'powershell', command: string): string {
  if (shell === 'zsh') return `_${command}`;
  return `${command}.${shell === 'powershell' ? 'ps1' : shell}`;
}

type Role = 'readme' | 'license' | 'changelog' | 'notices';
const defaultFiles: Readonly<Record<Role, readonly string[]>> = {
  readme: ['README.md', 'README', 'readme.md'],
  license: ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'COPYING'],
  changelog: ['CHANGELOG.md', 'CHANGELOG'],
  notices: ['THIRD-PARTY-NOTICES.md', 'THIRD-PARTY-NOTICES.txt', 'NOTICE'],
};

function resolveFiles(config: CheckedConfig, command: string, project: ProjectFacts, problems: CodedProblem[]): readonly ReleaseFile[] {
  const files: ReleaseFile[] = [];
  const take = (at: string, source: string, path: string, role: ReleaseFile['role']): void => {
    if (!checkInside(problems, at, source) || !checkInside(problems, at, path)) return;
    if (!project.isFile(source)) problems.push({ code: 'FILE_MISSING', path: at, message: `there is no file ${source}` });
    else files.push({ source, path, role });
  };
  for (const role of Object.keys(defaultFiles) as Role[]) {
    const written = config.files[role];
    const source = written ?? defaultFiles[role].find((name) => project.isFile(name));
    if (source !== undefined) take(`files.${role}`, source, source.split('/').at(-1) as string, role);
  }
  for (const shell of ['bash', 'zsh', 'fish', 'powershell'] as const) {
    const source = config.files.completions[shell];
    if (source !== undefined) take(`files.completions.${shell}`, source.replace(/^\.\//, ''), `completions/${completionName(shell, command)}`, `${shell}-completion`);
  }
  config.files.man.forEach((written, index) => {
    const source = written.replace(/^\.\//, '');
    if (!/[^/]\.[1-8]$/.test(source)) problems.push({ code: 'CONFIG_INVALID', path: `files.man[${index}]`, message: `${source} has no section as its suffix, such as .1 for commands` });
    else take(`files.man[${index}]`, source, `man/${source.split('/').at(-1)}`, 'man');
  });
  config.files.extra.forEach((extra, index) => {
    const { from, to } = typeof extra === 'string' ? { from: extra, to: extra } : extra;
    take(`files.extra[${index}]`, from.replace(/^\.\//, ''), to.replace(/^\.\//, ''), 'extra');
  });
  return files;
}
