/**
 * From sources to one checked executable for one target. The steps, in order:
 *
 * 1. base      the hardened runtime of the target
 * 2. compile   in a worker process, unless the bundle says that nothing changed
 * 3. sign      Mach-O ad hoc, then the publisher's own hook
 * 4. inspect   the executable's own bytes; a label that they contradict stops the run
 * 5. smoke     where this machine can run it
 * 6. place     under its final name, with the names of its aliases
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  binaryId, executableSuffix, ioError, SlipwayError, targetOf, toWindows,
  type ExecutableFacts, type ProcessPort, type ResolvedConfig, type Stamps, type Target, type TargetId,
} from '@slipway/core';
import { ensureBase, type BaseStore } from './bun/bases.ts';
import { compileAnswerSchema, type CompileJob } from './bun/job.ts';
import type { BundledPackage } from './bun/packages.ts';
import { bunPromise } from './bun/promises.ts';
import { fakeExecutable } from './fake/fake-executable.ts';
import { assertHardened } from './harden.ts';
import { checkFacts } from './inspect/check.ts';
import { openFileSource } from './inspect/file-source.ts';
import { inspectExecutable } from './inspect/inspect.ts';
import { signAdHoc } from './macho/sign.ts';
import { runnerFor, smokeRun } from './smoke.ts';
import { windowsLauncher } from './windows/launcher.ts';

export interface BuildContext {
  readonly config: ResolvedConfig;
  /** The project's root and the output folder, both absolute. */
  readonly root: string;
  readonly dist: string;
  /** A private folder on the file system of `dist`. */
  readonly work: string;
  readonly stamps: Stamps;
  readonly process: ProcessPort;
  readonly bases: BaseStore;
  /** How to start ourselves as a worker. */
  readonly self: { readonly command: string; readonly args: readonly string[] };
  /** What a program with an update address gets; present when the configuration has one. */
  readonly injected?: { readonly guard: string; readonly self: string; readonly packages: readonly BundledPackage[] };
  /** What was bundled into an executable, by its key: for those that are taken as they are. */
  readonly bundled: BundledStore;
  /** Write tiny executables with true headers instead of compiling. */
  readonly fake: boolean;
  readonly onStep?: (target: TargetId, step: BuildStep) => void;
  readonly onNote?: (target: TargetId, note: string) => void;
}

export interface BundledStore {
  get(key: string): readonly BundledPackage[] | undefined;
  put(key: string, packages: readonly BundledPackage[]): void;
}

export type BuildStep = 'base' | 'compile' | 'sign' | 'inspect' | 'smoke' | 'place';

export interface BuiltBinary {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  /** Names everything the bytes were made from. */
  readonly key: string;
}

export interface BuiltTarget {
  readonly target: TargetId;
  readonly facts: ExecutableFacts;
  /** The executable first, then the launchers that stand for aliases where a format has no links. */
  readonly binaries: readonly BuiltBinary[];
  readonly reused: boolean;
  /** Whose code is bundled, the runtime aside; undefined where nobody knows: stand-ins, and what was built elsewhere. */
  readonly packages?: readonly BundledPackage[];
}

/** Path of an executable or launcher below dist/. */
export function binaryPath(target: Target, name: string): string {
  return `bin/${target.id}/${name}${executableSuffix(target)}`;
}

export async function buildTarget(context: BuildContext, id: TargetId): Promise<BuiltTarget> {
  const target = targetOf(id);
  const { name } = context.config.executable;
  const path = join(context.dist, binaryPath(target, name));
  let work: string | undefined;
  try {
    work = mkdtempSync(join(context.work, `${id}-`));
    const made = context.fake ? fake(context, target, path, work) : await compile(context, target, path, work);
    if (made.path !== undefined) await sign(context, target, made.path);
    const facts = inspect(context, target, made.path ?? path, made.path !== undefined);
    if (made.path !== undefined) {
      await smoke(context, target, facts, made.path, work);
      context.onStep?.(id, 'place');
      place(made.path, path);
    }
    return { target: id, facts, binaries: [{ id: binaryId(id, name), name, path, key: made.key }, ...aliases(context, target, path, work)], reused: made.path === undefined, ...(made.packages === undefined ? {} : { packages: made.packages }) };
  } catch (error) {
    throw ioError(error, `build ${id}`);
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** The executable that is in dist/bin already, signed elsewhere perhaps: inspected and taken as it is. */
export function takeTarget(context: BuildContext, id: TargetId): BuiltTarget {
  const target = targetOf(id);
  const { name, aliases: names } = context.config.executable;
  const paths = [name, ...(target.os === 'windows' ? names : [])].map((one) => [one, join(context.dist, binaryPath(target, one))] as const);
  for (const [, path] of paths) {
    if (!existsSync(path)) throw new SlipwayError('FILE_MISSING', `there is no ${path} to package`, { hint: 'Run `slipway build` first, or put the executable there.' });
  }
  const facts = inspect(context, target, join(context.dist, binaryPath(target, name)), false);
  // No key can say what was done to it elsewhere: the stamp's own, while the file is untouched, or one that matches none.
  const binaries = paths.map(([one, path]) => ({ id: binaryId(id, one), name: one, path, key: context.stamps.keyOf(path) ?? `taken ${one}` }));
  const packages = context.bundled.get(binaries[0]?.key ?? '');
  return { target: id, facts, binaries, reused: true, ...(packages === undefined ? {} : { packages }) };
}

/** A fresh executable at `path`, or none when the one in place was made from the same key. */
interface Made {
  readonly key: string;
  readonly path?: string;
  readonly packages?: readonly BundledPackage[];
}

async function compile(context: BuildContext, target: Target, present: string, work: string): Promise<Made> {
  context.onStep?.(target.id, 'base');
  const base = await ensureBase(context.bases, target.id);
  context.onStep?.(target.id, 'compile');
  const presentKey = context.stamps.keyOf(present);
  const job: CompileJob = {
    root: context.root,
    entries: context.config.entries.map(({ name, source }) => ({ name, source })),
    target: target.id,
    base,
    run: process.pid,
    work,
    ...(presentKey === undefined ? {} : { presentKey }),
    bytecode: context.config.build.bytecode,
    minify: context.config.build.minify,
    external: [...context.config.build.external],
    define: { SLIPWAY_PRODUCT_VERSION: JSON.stringify(context.config.product.version.text), ...context.config.build.define },
    ...(context.config.build.sign === undefined ? {} : { sign: [...context.config.build.sign] }),
    ...(target.os === 'windows' ? { resources: resources(context) } : {}),
    ...injection(context, target),
  };
  const { command, args } = context.self;
  const result = await context.process.run(command, [...args, '__compile'], { cwd: work, input: JSON.stringify(job) });
  const line = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (result.code !== 0 || !line.startsWith('{')) {
    throw new SlipwayError('COMPILE_FAILED', `${target.id}: the compiler ended with ${result.signal ?? result.code}: ${result.stderr.trim().slice(-2000)}`);
  }
  const answer = compileAnswerSchema.parse(JSON.parse(line));
  if (answer.kind === 'failed') throw new SlipwayError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint });
  const { key } = answer;
  const packages = [...answer.packages, ...('injected' in job ? (context.injected?.packages ?? []) : [])];
  context.bundled.put(key, packages);
  return answer.kind === 'compiled' ? { key, packages, path: answer.path } : { key, packages };
}

function injection({ config, injected }: BuildContext, target: Target): Pick<CompileJob, 'injected'> {
  if (config.update === undefined || injected === undefined) return {};
  const { product, executable: { name, aliases: others }, update } = config;
  const { guard, self } = injected;
  return { injected: { guard, self, descriptor: { product: product.name, version: product.version.text, target: target.id, names: [name, ...others], ...update } } };
}

function resources({ config, root }: BuildContext): NonNullable<CompileJob['resources']> {
  const { product, executable, build } = config;
  const company = build.windows.company ?? product.author;
  return {
    fileVersion: [...toWindows(product.version)],
    productName: product.name,
    productVersion: product.version.text,
    description: product.description === '' ? product.name : product.description,
    originalFilename: `${executable.name}.exe`,
    internalName: executable.name,
    ...(company === undefined ? {} : { company }),
    ...(build.windows.copyright === undefined ? {} : { copyright: build.windows.copyright }),
    ...(build.windows.icon === undefined ? {} : { icon: join(root, build.windows.icon) }),
  };
}

function fake(context: BuildContext, target: Target, present: string, work: string): Made {
  const seed = `${context.config.product.name} ${context.config.product.version.text}`;
  const key = `fake ${seed}`;
  if (context.stamps.keyOf(present) === key) return { key };
  const path = join(work, 'fake');
  writeFileSync(path, fakeExecutable(target, seed), { mode: 0o755 });
  return { key, path };
}

async function sign(context: BuildContext, target: Target, path: string): Promise<void> {
  context.onStep?.(target.id, 'sign');
  if (target.os === 'darwin') signAdHoc(path, context.config.executable.name);
  const [command, ...words] = context.config.build.sign ?? [];
  if (command === undefined || context.fake) return;
  const args = words.map((word) => word.replaceAll('{path}', path).replaceAll('{target}', target.id));
  // The hook is the publisher's own and needs its credentials, so it alone gets the whole environment.
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const failed = (how: string, cause?: unknown): SlipwayError =>
    new SlipwayError('HOOK_FAILED', `the signing hook for ${target.id} (${command}) ${how}`, {
      hint: 'The command is build.sign in the configuration; it must leave the signed executable at {path} and exit with 0.',
      cause,
    });
  const result = await context.process.run(command, args, { cwd: context.root, env }).catch((cause: unknown) => {
    throw failed(cause instanceof Error ? cause.message : String(cause), cause);
  });
  if (result.code !== 0) throw failed(`ended with ${result.signal ?? result.code}: ${result.stderr.trim().slice(-2000)}`);
  if (!existsSync(path)) throw failed(`left no file at ${path}`);
}

function inspect(context: BuildContext, target: Target, path: string, fresh: boolean): ExecutableFacts {
  context.onStep?.(target.id, 'inspect');
  const source = openFileSource(path);
  try {
    const facts = inspectExecutable(source);
    checkFacts(facts, target, bunPromise);
    if (!context.fake && facts.payload === undefined) inspectExecutable(source, { expectPayload: 'bun' }); // says what is wrong with it
    if (fresh && !context.fake) assertHardened(source);
    return facts;
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'INSPECT_MALFORMED') throw error;
    throw new SlipwayError(error.code, `${target.id}: ${path} is ${error.message}`, { hint: error.hint, cause: error });
  } finally {
    source.close();
  }
}

async function smoke(context: BuildContext, target: Target, facts: ExecutableFacts, path: string, work: string): Promise<void> {
  const configured = context.config.build.smoke;
  if (configured === false || context.fake) return;
  context.onStep?.(target.id, 'smoke');
  const runner = runnerFor(target, facts);
  const note = 'skipped' in runner ? `not run here: ${runner.skipped}` : await smokeRun(context.process, runner, path, configured, work);
  if (note !== undefined) context.onNote?.(target.id, note);
}

function place(from: string, path: string): void {
  chmodSync(from, 0o755);
  mkdirSync(dirname(path), { recursive: true });
  renameSync(from, path);
}

/** The other names beside the executable: links, or launchers on Windows. */
function aliases(context: BuildContext, target: Target, path: string, work: string): readonly BuiltBinary[] {
  const { name, aliases: names } = context.config.executable;
  if (target.os === 'windows') {
    return names.map((alias) => {
      const launcher = join(dirname(path), `${alias}.exe`);
      const bytes = windowsLauncher(target.arch, `${name}.exe`, alias);
      const key = `launcher ${createHash('sha256').update(bytes).digest('hex')}`;
      if (context.stamps.keyOf(launcher) !== key) {
        const temporary = join(work, `${alias}.exe`);
        writeFileSync(temporary, bytes);
        place(temporary, launcher);
      }
      return { id: binaryId(target.id, alias), name: alias, path: launcher, key };
    });
  }
  const folder = dirname(path);
  for (const alias of names) link(name, join(folder, alias));
  for (const other of readdirSync(folder)) if (!names.includes(other) && lstatSync(join(folder, other)).isSymbolicLink()) rmSync(join(folder, other));
  return [];
}

function link(to: string, path: string): void {
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present?.isSymbolicLink() === true && readlinkSync(path) === to) return;
  if (present !== undefined) rmSync(path);
  symlinkSync(to, path);
}
