/**
 * Decide everything a run will write, touching nothing.
 */
import { binaryPath, promisedFacts } from '@slipway/compile';
import {
  binaryId, didYouMean, isSelected, SlipwayError, targetIds, targetOf, toWindows,
  type ExecutableFacts, type PlannedFile, type PlannedArtifact, type Packed, type Plan, type Release, type TargetId, type Wrapper,
} from '@slipway/core';
import { wrappers } from '@slipway/wrappers';
import type { Project } from '../project/load.ts';

export interface Selection {
  readonly targets?: readonly string[] | undefined;
  readonly wrappers?: readonly string[] | undefined;
}

export interface PlannedRun {
  readonly plan: Plan;
  readonly release: Release;
  /** What the wrappers want written, of the selected cells. */
  readonly files: readonly PlannedFile[];
}

/** What is known once executables are there. */
export interface BuiltFacts {
  readonly facts?: ReadonlyMap<TargetId, ExecutableFacts> | undefined;
  readonly notices?: ReadonlyMap<TargetId, string>;
}

/** 1980-01-01, the oldest date a zip can hold: what files are dated when nothing says better. */
const epoch = 315_532_800;
/** 2107-12-31T23:59:59Z, the newest. */
const latest = 4_354_819_199;

/** Plan with the facts that the builder promises, or with those that were read once something is built. */
export function planRun(project: Project, selection: Selection, built: BuiltFacts = {}): PlannedRun {
  const { config } = project;
  const enabled = wrappers.filter(({ name }) => config.wrappers[name] !== false);
  const selected = {
    targets: choose('target', selection.targets, config.targets, targetIds),
    wrappers: withNeeded(choose('wrapper', selection.wrappers, enabled.map(({ name }) => name), wrappers.map(({ name }) => name)), enabled),
  };
  const release = releaseOf(project, built);
  if (selected.targets.some((id) => targetOf(id).os === 'windows')) toWindows(config.product.version); // refuses what a resource cannot hold
  const packed = packAll(enabled, release, config.wrappers, selected.wrappers);
  const files = packed.flatMap((one) => one.files);
  checkUnique(files);
  const plan: Plan = {
    format: 1,
    product: { name: config.product.name, version: config.product.version.text },
    date: release.date,
    executable: { name: config.executable.name, aliases: [...config.executable.aliases] },
    targets: [...config.targets],
    selected: { targets: [...selected.targets], wrappers: [...selected.wrappers] },
    artifacts: [...config.targets.flatMap((id) => binaries(release, id)), ...files.map(({ content: _, ...artifact }) => artifact)],
    skipped: packed.flatMap(({ name, skipped }) => skipped.map((skip) => ({ wrapper: name, ...skip }))),
    identifiers: packed.flatMap(({ name, identifiers = [] }) => identifiers.map((one) => ({ wrapper: name, ...one }))),
  };
  return { plan, release, files: selectedFiles(files, enabled, release, config.wrappers, plan.selected) };
}

/** What the selected ones need is selected, too. */
function withNeeded(chosen: readonly string[], enabled: readonly Wrapper[]): readonly string[] {
  const needed = enabled.filter(({ name }) => chosen.includes(name)).flatMap(({ needs = [] }) => needs);
  return enabled.map(({ name }) => name).filter((name) => chosen.includes(name) || needed.includes(name));
}

type PackedBy = Packed & { readonly name: string };

/** Manifests last, because they name the archives. */
function packAll(enabled: readonly Wrapper[], release: Release, configured: Readonly<Record<string, unknown>>, selected: readonly string[]): readonly PackedBy[] {
  const pack = (wrapper: Wrapper, of: Release): readonly PackedBy[] => packWith(wrapper, of, configured, selected.includes(wrapper.name));
  const first = enabled.filter(({ needs }) => needs === undefined).flatMap((wrapper) => pack(wrapper, release));
  const archives = first.flatMap(({ files }) => files).filter(({ type }) => type === 'archive').map(({ content: _, ...artifact }) => artifact);
  return [...first, ...enabled.filter(({ needs }) => needs !== undefined).flatMap((wrapper) => pack(wrapper, { ...release, archives }))];
}

/** The files of the selected cells; where not all targets are built, manifests name the archives of those that are. */
function selectedFiles(files: readonly PlannedFile[], enabled: readonly Wrapper[], release: Release, configured: Readonly<Record<string, unknown>>, selected: Plan['selected']): readonly PlannedFile[] {
  const chosen = files.filter((file) => isSelected(file, selected));
  const narrowed: Release = { ...release, archives: chosen.filter(({ type }) => type === 'archive') };
  const manifests = enabled.filter(({ name, needs }) => needs !== undefined && selected.wrappers.includes(name)).flatMap((wrapper) => packWith(wrapper, narrowed, configured, true));
  const contents = new Map(manifests.flatMap((one) => one.files.map(({ id, content }) => [id, content] as const)));
  return chosen.map((file) => ({ ...file, content: contents.get(file.id) ?? file.content }));
}

/** A wrapper that is not selected and cannot express the release is not in the way of those that can. */
function packWith(wrapper: Wrapper, release: Release, configured: Readonly<Record<string, unknown>>, selected: boolean): readonly PackedBy[] {
  try {
    return [{ name: wrapper.name, ...wrapper.pack(release, wrapper.options.parse(optionsOf(wrapper.name, configured))) }];
  } catch (error) {
    if (selected || !(error instanceof SlipwayError)) throw error;
    return [];
  }
}

/** What is configured; in a job set up for cibuildwheel, its variables choose the wheels. */
function optionsOf(wrapper: string, configured: Readonly<Record<string, unknown>>): unknown {
  const written = configured[wrapper] ?? {};
  const { CIBW_BUILD: build, CIBW_SKIP: skip } = process.env;
  if (wrapper !== 'pip' || (build === undefined && skip === undefined)) return written;
  return { ...written, cibuildwheel: { ...(build === undefined ? {} : { build }), ...(skip === undefined ? {} : { skip }) } };
}

function releaseOf({ config, commit }: Project, { facts, notices }: BuiltFacts): Release {
  return {
    product: config.product,
    executable: config.executable,
    builds: config.targets.map((target) => {
      const text = notices?.get(target);
      return { target, facts: facts?.get(target) ?? promisedFacts(target), ...(text === undefined ? {} : { notices: text }) };
    }),
    files: config.files,
    archives: [],
    date: sourceDate() ?? commit?.date ?? epoch,
  };
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(): number | undefined {
  const text = process.env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,11}$/.test(text) && Number(text) <= latest) return Number(text);
  throw new SlipwayError('USAGE', `SOURCE_DATE_EPOCH is "${text}"`, { hint: `It is a number of seconds since 1970, at most ${latest}.` });
}

/** The executable itself, and on Windows the launchers that stand for its other names. */
function binaries({ executable }: Release, target: TargetId): readonly PlannedArtifact[] {
  const launchers = targetOf(target).os === 'windows' ? executable.aliases : [];
  return [executable.name, ...launchers].map((name) => ({
    id: binaryId(target, name),
    type: 'binary' as const,
    path: binaryPath(targetOf(target), name),
    target,
    ...(name === executable.name ? { executables: [{ name, entry: '' }] } : {}),
  }));
}

/** The words of an option that narrows a run, checked against what exists and what this product has. */
function choose<T extends string>(what: 'target' | 'wrapper', words: readonly string[] | undefined, offered: readonly T[], known: readonly T[]): readonly T[] {
  if (words === undefined) return offered;
  const code = what === 'target' ? 'TARGET_UNKNOWN' : 'WRAPPER_UNKNOWN';
  for (const word of words) {
    if (!known.includes(word as T)) throw new SlipwayError(code, `"${word}" is no ${what}.${didYouMean(word, known)}`, { hint: `Known: ${known.join(', ')}.` });
    if (!offered.includes(word as T)) throw new SlipwayError(code, `the configuration leaves ${what} ${word} out`, { hint: `It has: ${offered.join(', ')}.` });
  }
  return offered.filter((one) => words.includes(one));
}

function checkUnique(files: readonly PlannedFile[]): void {
  const seen = new Map<string, string>();
  for (const { id, path } of files) {
    const other = seen.get(path.toLowerCase());
    if (other !== undefined) throw new SlipwayError('PLAN_CONFLICT', `${other} and ${id} would both be written to ${path}`, { hint: 'Change the name template of one of them.' });
    seen.set(path.toLowerCase(), id);
  }
}
