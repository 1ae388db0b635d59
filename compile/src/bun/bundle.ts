/**
 * Bundle a program into self-contained modules whose names and bytes depend on nothing but the sources.
 *
 * Bun names chunks after the absolute paths of what is in them, so bundling and compiling in one step gives other
 * bytes in another folder. Here the first step bundles, the chunks are renamed by what they contain, and the compiler
 * then sees modules that lie in one virtual folder, the same on every machine.
 */
import { dirname, extname, join, resolve } from 'node:path';
import { SlipwayError, targetOf, type Target } from '@slipway/core';
import type { CompileJob } from './job.ts';
import { bundledPackages, takenFiles, type BundledPackage } from './packages.ts';
import { asMainModule, virtualRoot, withVirtualPaths } from './virtual-root.ts';

/** Modules and assets by file name; entries are `entry-0.js`, `entry-1.js`, … in the job's order. */
export type Bundle = ReadonlyMap<string, string | Uint8Array>;

export interface Bundled {
  readonly modules: Bundle;
  readonly packages: readonly BundledPackage[];
}

export async function bundle(job: CompileJob): Promise<Bundled> {
  const root = resolve(job.root);
  const target = targetOf(job.target);
  // Each entry gets a module of its own name, because sources may share a base name.
  const entries = job.entries.map(({ source }, index) => [join(root, `${entryModule(index)}.js`), `import ${JSON.stringify(join(root, source))};`] as const);
  const result = await Bun.build({
    entrypoints: entries.map(([path]) => path),
    files: Object.fromEntries(entries),
    root,
    target: 'bun',
    format: 'esm',
    splitting: true,
    splitRequire: false, // a required module runs when it is required, from where it is
    minify: { whitespace: true }, // comments name folders
    external: job.external,
    define: { ...platformDefines(target), ...job.define },
    plugins: [mainModules(job, root)],
    metafile: true,
    naming: { entry: '[name].[ext]', chunk: 'chunk-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    throw: false,
  });
  if (!result.success) throw compileError(job, result.logs);
  const inputs = Object.keys(result.metafile?.inputs ?? {}).map((path) => resolve(path)); // relative to the current folder
  const paths = new Set([...inputs, ...inputs.map((path) => dirname(path))]);
  const outputs = await Promise.all(result.outputs.map(async (output) => ({ kind: output.kind, name: output.path.replace(/^\.\//, ''), bytes: new Uint8Array(await output.arrayBuffer()) })));
  return {
    modules: canonical(outputs, (text) => withVirtualPaths(text, paths, root, virtualRoot(target.os))),
    packages: bundledPackages(takenFiles(result.metafile), root),
  };
}

/** The module name of an entry in the bundle. */
export function entryModule(index: number): string {
  return `entry-${index}`;
}

export function compileError(job: CompileJob, logs: readonly (BuildMessage | ResolveMessage)[]): SlipwayError<'COMPILE_FAILED'> {
  const lines = logs.map((log) => `${log.position === null ? '' : `${log.position.file}:${log.position.line}:${log.position.column}: `}${log.message}`);
  return new SlipwayError('COMPILE_FAILED', `${job.target}: ${lines.join('\n')}`, {
    hint: 'The messages name the file and line. A module that is only there at run time can be listed under build.external.',
  });
}

/** What `--compile --target` defines, so that code for other platforms is left out before anything is bundled. */
function platformDefines(target: Target): Record<string, string> {
  return {
    'process.platform': JSON.stringify(target.npm.os),
    'process.arch': JSON.stringify(target.arch),
    'process.env.NODE_ENV': '"production"',
  };
}

/** Only entries are touched: what a module is loaded as depends on who imports it, which a plugin is not told. */
function mainModules(job: CompileJob, root: string): Bun.BunPlugin {
  const mains = new Set(job.entries.map(({ source }) => join(root, source)));
  return {
    name: 'main-modules',
    setup(build) {
      build.onLoad({ filter: new RegExp(`^(${[...mains].map((path) => RegExp.escape(path)).join('|')})$`) }, async ({ path, loader }) => {
        // A command's file often has no suffix: it is JavaScript all the same.
        return { contents: asMainModule(await Bun.file(path).text()), loader: extname(path) === '' ? 'js' : loader };
      });
    },
  };
}

interface Output {
  readonly kind: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Chunks named by their order, and that order taken from what they contain; with a dot, as no entry is. */
function canonical(outputs: readonly Output[], rewrite: (text: string) => string): Bundle {
  const decoder = new TextDecoder();
  const modules = outputs.filter(({ name }) => name.endsWith('.js')).map(({ kind, name, bytes }) => ({ kind, name, text: rewrite(decoder.decode(bytes)) }));
  const chunks = modules.filter(({ kind }) => kind === 'chunk');
  const anyChunk = chunks.length === 0 ? undefined : new RegExp(chunks.map(({ name }) => RegExp.escape(name)).join('|'), 'g');
  const masked = chunks.map(({ name, text }) => ({ name, text: anyChunk === undefined ? text : text.replaceAll(anyChunk, 'chunk') }));
  const names = new Map(masked.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ name }, index) => [name, `.chunk-${index}.js`]));
  const renamed = (text: string): string => (anyChunk === undefined ? text : text.replaceAll(anyChunk, (name) => names.get(name) ?? name));
  const assets = outputs.filter(({ name }) => !name.endsWith('.js'));
  return new Map<string, string | Uint8Array>([
    ...modules.map(({ name, text }) => [names.get(name) ?? name, withAssets(renamed(text), assets)] as const),
    ...assets.map(({ name, bytes }) => [name, bytes] as const),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A bundled module holds the file name of an asset as a string. The compiler carries only what is imported, so each
 * such string becomes an import.
 */
function withAssets(text: string, assets: readonly Output[]): string {
  let result = text;
  assets.forEach(({ name }, index) => {
    const quoted = new RegExp(`(["'\`])\\./${RegExp.escape(name)}\\1`, 'g');
    const replaced = name.endsWith('.node') ? result : result.replaceAll(quoted, `$slipwayAsset${index}`);
    if (replaced !== result) result = `import $slipwayAsset${index} from ${JSON.stringify(`./${name}`)} with { type: "file" };${replaced}`;
  });
  return result;
}
