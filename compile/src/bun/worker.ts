/**
 * The worker's side of a compile: bundle, decide by the bundle whether there is anything to do, compile. Runs on Bun
 * only, in a process of its own.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ioError, SlipwayError, targetOf } from '@slipway/core';
import { openFileSource } from '../inspect/file-source.ts';
import { editResources } from '../windows/resources.ts';
import { bundle, compileError, entryModule, type Bundle } from './bundle.ts';
import { dispatcherModule, dispatcherSource, guardModule, selfModule } from './dispatcher.ts';
import type { CompileAnswer, CompileJob } from './job.ts';

/** Changes when the same inputs would give another executable. */
const generation = 2;

/** Where the compiler finds the modules: a folder that exists on no machine, so that no machine's paths get in. */
const virtualFolder = '/slipway-bundle';
const pieceSize = 1 << 20;

export async function runCompileJob(job: CompileJob): Promise<CompileAnswer> {
  try {
    const { modules, packages } = await bundle(job);
    const key = keyOf(job, modules);
    if (key === job.presentKey) return { kind: 'unchanged', key, packages };
    checkPaths(job, modules);
    return { kind: 'compiled', key, path: await compile(job, modules), packages };
  } catch (error) {
    const known = error instanceof SlipwayError ? error : ioError(error, `compile for ${job.target}`);
    return { kind: 'failed', code: known.code as 'COMPILE_FAILED', message: known.message, ...(known.hint === undefined ? {} : { hint: known.hint }) };
  }
}

/** A hash of everything that decides the executable's bytes: the bundle stands for the sources and how they resolve. */
function keyOf(job: CompileJob, modules: Bundle): string {
  const hash = createHash('sha256');
  const { root: _root, base, run: _run, work: _work, presentKey: _present, ...decisive } = job;
  hash.update(JSON.stringify([generation, Bun.version, base.sha256, decisive]));
  if (job.resources?.icon !== undefined) hash.update(readFileSync(job.resources.icon));
  for (const [name, content] of modules) hash.update(`\0${name}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** The build folder's own path in the program would differ between machines and lead nowhere on the user's. */
function checkPaths(job: CompileJob, modules: Bundle): void {
  const root = resolve(job.root);
  if (root.length < 8) return; // "/app" is also a word
  for (const [name, content] of modules) {
    const at = typeof content === 'string' ? content.indexOf(root) : -1;
    if (at < 0) continue;
    const around = String(content).slice(Math.max(0, at - 80), at + root.length + 80);
    throw new SlipwayError('BUILD_PATH_LEAKED', `${job.target}: the program holds the path of this folder, in ${name}: …${around}…`, {
      hint: 'A module took its own path at build time. Let it take it from import.meta or __dirname, or list it under build.external.',
    });
  }
}

async function compile(job: CompileJob, bundled: Bundle): Promise<string> {
  const target = targetOf(job.target);
  // The main module takes its name from the file's, and the file gets its final one later.
  const main = isDispatched(job) ? dispatcherModule : job.entries[0]?.name;
  const path = join(job.work, `${main}${target.os === 'windows' ? '.exe' : ''}`);
  const base = job.resources === undefined ? plainBase(job) : baseWithResources(job, job.resources);
  const modules = executableModules(job, bundled);
  const result = await Bun.build({
    entrypoints: modules.entries,
    files: modules.files,
    root: '/', // must exist; names do not depend on it
    target: 'bun',
    format: 'esm',
    splitting: true,
    splitRequire: false, // a required module runs when it is required, from where it is
    sourcemap: 'none',
    minify: job.minify,
    bytecode: job.bytecode,
    external: job.external,
    naming: { entry: '[name]', chunk: 'chunk-[hash].[ext]', asset: '[name].[ext]' },
    throw: false,
    compile: {
      executablePath: base,
      outfile: path,
      target: target.bun.target as Bun.Build.CompileTarget,
      autoloadBunfig: false,
      autoloadDotenv: false,
    },
  });
  if (!result.success) throw isFull(job.work, statSync(base).size * programShare) ? new SlipwayError('DISK_FULL', `there is no space left in ${job.work} for the executable of ${job.target}`) : compileError(job, result.logs);
  if (base !== job.base.path) rmSync(base);
  return path;
}

const isDispatched = ({ entries, injected }: CompileJob): boolean => entries.length > 1 || injected !== undefined;

/** The modules that the compiler sees, and which of them can be started; the first is the main module. */
function executableModules(job: CompileJob, bundled: Bundle): { readonly entries: string[]; readonly files: Record<string, string | Uint8Array> } {
  const at = (name: string): string => `${virtualFolder}/${name}.js`;
  const files: Record<string, string | Uint8Array> = {};
  const names = new Map(job.entries.map(({ name }, index) => [`${entryModule(index)}.js`, at(name)]));
  for (const [name, content] of bundled) files[names.get(name) ?? `${virtualFolder}/${name}`] = content;
  const entries = job.entries.map(({ name }) => at(name));
  if (!isDispatched(job)) return { entries, files };
  files[at(dispatcherModule)] = dispatcherSource(job.entries.map(({ name }) => name), job.injected?.descriptor);
  if (job.injected === undefined) return { entries: [at(dispatcherModule), ...entries], files };
  files[at(guardModule)] = job.injected.guard;
  files[at(selfModule)] = job.injected.self;
  return { entries: [at(dispatcherModule), ...entries, at(selfModule)], files };
}

/** An executable is its base and the program, whose size is known when it is written: a generous guess. */
const programShare = 1.25;

/** The compiler does not say why it could not write, and removes what it had written. */
function isFull(folder: string, needed: number): boolean {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  return bavail * bsize < needed || (files > 0 && ffree === 0);
}

/** The base lies in a cache: before a program is built on it, it must still be what was checked. */
function checkBase({ base, target }: CompileJob, pieces: Iterable<Uint8Array>): void {
  const hash = createHash('sha256');
  const exists = existsSync(base.path);
  if (exists) for (const piece of pieces) hash.update(piece);
  const found = exists ? hash.digest('hex') : 'of nothing: it is gone';
  if (found === base.sha256) return;
  rmSync(dirname(base.path), { recursive: true, force: true });
  throw new SlipwayError('BASE_CHECK_FAILED', `the cached runtime of ${target} has SHA-256 ${found}, expected ${base.sha256}`, {
    hint: 'It was damaged after it had been checked, and has been removed. Run the command again to fetch it anew.',
  });
}

function plainBase(job: CompileJob): string {
  checkBase(job, piecesOf(job.base.path));
  return job.base.path;
}

/** Only a piece in memory: for the pages of 100 MB the system takes three times as long as their hash does. */
function* piecesOf(path: string): Generator<Uint8Array> {
  const source = openFileSource(path);
  try {
    for (let at = 0; at < source.size; at += pieceSize) yield source.read(at, Math.min(pieceSize, source.size - at));
  } finally {
    source.close();
  }
}

/** Editing the output breaks the payload, so the resources go into a copy of the base. */
function baseWithResources(job: CompileJob, { icon, company, copyright, ...resources }: NonNullable<CompileJob['resources']>): string {
  const path = join(job.work, 'base.exe');
  const bytes = existsSync(job.base.path) ? readFileSync(job.base.path) : Buffer.alloc(0);
  checkBase(job, [bytes]);
  const edited = editResources(bytes, {
    ...resources,
    ...(icon === undefined ? {} : { icon: readFileSync(icon) }),
    ...(company === undefined ? {} : { company }),
    ...(copyright === undefined ? {} : { copyright }),
  });
  writeFileSync(path, edited, { mode: 0o755 });
  return path;
}
