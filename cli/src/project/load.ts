/**
 * Find a project, read its configuration and its package.json, and resolve them. All problems are reported together.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse as parseYaml } from 'yaml';
import {
  checkData, configError, resolveConfig, SlipwayError,
  type CodedProblem, type PackageJson, type ProcessPort, type ResolvedConfig,
} from '@slipway/core';
import { projectConfigSchema } from './schema.ts';
import { readJsonFile } from './json-file.ts';
import { headCommit, tagsOfHead, type Commit } from './git.ts';

export interface LoadOptions {
  /** Where the search starts. */
  readonly cwd: string;
  /** A configuration file instead of a search. */
  readonly config?: string;
  /** A version that wins over everything written. */
  readonly version?: string;
}

export interface Project {
  readonly root: string;
  readonly config: ResolvedConfig;
  /** What was read, for the record: a configuration file, or package.json alone. */
  readonly source: string;
  readonly commit?: Commit;
}

const names = ['slipway.config.ts', 'slipway.config.mts', 'slipway.config.js', 'slipway.config.mjs', 'slipway.config.json', 'slipway.config.yaml', 'slipway.config.yml'];

export async function loadProject(port: ProcessPort, options: LoadOptions): Promise<Project> {
  const file = options.config === undefined ? findConfig(options.cwd) : existing(resolve(options.cwd, options.config));
  const root = dirname(file);
  const packageFile = join(root, 'package.json');
  const packageJson = existsSync(packageFile) ? (readJsonFile(packageFile) as PackageJson) : undefined;
  const written = file === packageFile ? {} : await readConfig(file);
  const checked = checkData(projectConfigSchema, written);
  const name = relative(options.cwd, file) || file;
  if ('problems' in checked) throw configError(name, checked.problems);
  const problems: CodedProblem[] = [];
  const commit = await headCommit(port, root);
  const config = resolveConfig(checked.value, {
    ...(packageJson === undefined ? {} : { packageJson }),
    isFile: (path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true,
    readText: (path) => readFileSync(join(root, path), 'utf8'),
    tags: commit === undefined ? [] : await tagsOfHead(port, root),
    ...(options.version === undefined ? {} : { version: options.version }),
  }, problems);
  if (problems.length > 0) throw problemsError(name, problems);
  return { root, config, source: file, ...(commit === undefined ? {} : { commit }) };
}

/** The folder that `loadProject` would take for the project's root; undefined where there is no project. Nothing is read. */
export function projectFolder(cwd: string, config: string | undefined): string | undefined {
  try {
    return dirname(config === undefined ? findConfig(cwd) : existing(resolve(cwd, config)));
  } catch (error) {
    if (config === undefined && error instanceof SlipwayError && error.code === 'CONFIG_NOT_FOUND') return undefined;
    throw error;
  }
}

/** One problem keeps its own code; several are a configuration that does not hold. */
function problemsError(file: string, problems: readonly CodedProblem[]): SlipwayError {
  const [only, ...more] = problems;
  const error = configError(file, problems);
  return only !== undefined && more.length === 0 ? new SlipwayError(only.code, error.message, { hint: error.hint ?? '' }) : error;
}

/** Upwards from `cwd`: the nearest configuration file, or the nearest package.json that has a `bin`. */
function findConfig(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).filter((path) => existsSync(path));
    if (found.length > 1) throw new SlipwayError('CONFIG_INVALID', `there are ${found.length} configurations: ${found.join(', ')}`, { hint: 'Keep one of them.' });
    if (found[0] !== undefined) return found[0];
    const packageFile = join(folder, 'package.json');
    if (existsSync(packageFile) && (readJsonFile(packageFile) as PackageJson)['bin'] !== undefined) return packageFile;
    if (dirname(folder) === folder) break;
  }
  throw new SlipwayError('CONFIG_NOT_FOUND', `no slipway.config.* and no package.json with a "bin" in ${resolve(cwd)} or above it`, {
    hint: 'Run `slipway init` in the project, or give --config PATH.',
  });
}

function existing(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new SlipwayError('CONFIG_NOT_FOUND', `there is no ${path}`, { hint: '--config takes the path of a configuration file.' });
  if (!status.isFile()) throw new SlipwayError('CONFIG_INVALID', `${path} is not a file`, { hint: '--config takes the path of a configuration file.' });
  return path;
}

async function readConfig(path: string): Promise<unknown> {
  switch (extname(path)) {
    case '.json':
      return readJsonFile(path);
    case '.yaml':
    case '.yml':
      try {
        return parseYaml(readFileSync(path, 'utf8')) ?? {};
      } catch (error) {
        throw new SlipwayError('CONFIG_INVALID', `${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    default:
      return importConfig(path);
  }
}

async function importConfig(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    if (module.default === undefined) throw new SlipwayError('CONFIG_INVALID', `${path} has no default export`, { hint: 'Write `export default { … }`.' });
    return await (typeof module.default === 'function' ? (module.default as () => unknown)() : module.default);
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw new SlipwayError('CONFIG_INVALID', `${path} could not be loaded: ${loadMessage(error)}`, { hint: 'The file is the publisher’s own program; the message is what it failed with.', cause: error });
  }
}

/** Bun tells of a syntax error by its position, several in one aggregate. */
function loadMessage(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(loadMessage).join('; ');
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const position = 'position' in error ? (error.position as { readonly line?: number; readonly column?: number } | null) : null;
  return `${String(error.message)}${position?.line === undefined ? '' : ` at :${position.line}:${position.column}`}`;
}
