/**
 * Prove that dist/ is what was planned: every file is there with its recorded bytes, every package can be read to its
 * last byte and follows its ecosystem's rules, and the executable inside each is the one that was built.
 */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, binaryId, type Described, type Plan, type PlannedArtifact, selectedArtifacts, SlipwayError, type TargetId, targetOf } from '@slipway/core';
import { digestFile, isReadable, type PackageContents, readPackage } from '../read/package.ts';
import { type KnownSpan, SpanMemory } from '../read/span-memory.ts';
import { noWork, type Work } from '../read/work.ts';
import { checkExecutables, ExecutableDigests } from './executables.ts';
import { largestManifest, manifestFaults } from './format-manifest.ts';
import { formatFaults, isLookedAt } from './formats.ts';
import { checkInventory } from './inventory.ts';
import { checkBill, checkProvenance } from './materials.ts';
import type { OpenedPackage } from './opened-package.ts';
import { checkPlan, installsOn, sharedArtifact, skipReason } from './plan-check.ts';
import { checkChecksums, checkMetadata, compareWithPlan, listedRecords, loadArtifacts, loadPlan, recordNames } from './records.ts';
import type { Column, Complain, VerifyCell, VerifyProblem, VerifyReport } from './report.ts';

export interface VerifyOptions {
  /** Called as each cell of the table is known, by target, then by column. */
  readonly onCell?: (cell: VerifyCell) => void;
  /** Spans that whoever wrote the packages has inflated while making them; without these, each is inflated here. */
  readonly proven?: readonly KnownSpan[];
  /** Executables that were read a moment ago and not touched since, by absolute path: they are not read again. */
  readonly known?: ReadonlyMap<string, Described>;
}

/**
 * Verify the folder that `slipway dist` wrote. Everything wrong with it is in the report; throws DIST_NOT_FOUND where
 * there is no plan, IO_FAILED where the machine cannot read.
 */
export async function verifyDist(dist: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const problems: VerifyProblem[] = [];
  const complain: Complain = (kind, path, message) => void problems.push({ kind, path, message });
  const work = noWork();
  const plan = await loadPlan(dist, complain);
  if (plan === undefined) return { ok: false, targets: [], columns: [], cells: [], problems, work };
  const recorded = await loadArtifacts(dist, complain);
  checkPlan(plan, complain);
  if (recorded !== undefined) {
    compareWithPlan(plan, recorded, complain);
    await checkChecksums(dist, recorded, complain);
    await checkProvenance(dist, recorded, complain);
    await checkBill(dist, plan, recorded, complain);
  }
  await checkMetadata(dist, plan, complain);
  await checkInventory(dist, plan, complain);
  const cells = await new Verification(dist, plan, recorded ?? new Map(), problems, work, options).cells(options.onCell ?? (() => {}));
  const { targets, wrappers } = plan.selected;
  return { ok: problems.length === 0, product: plan.product, targets, columns: ['binary', ...wrappers], cells, problems, work };
}

/** All files of one dist/, in the order of the table. */
class Verification {
  readonly #dist: string;
  readonly #plan: Plan;
  readonly #selected: readonly PlannedArtifact[];
  readonly #recorded: ReadonlyMap<string, Artifact>;
  readonly #problems: VerifyProblem[];
  readonly #work: Work;
  readonly #spans: SpanMemory;
  readonly #known: ReadonlyMap<string, Described>;
  readonly #digests = new ExecutableDigests();
  /** The executable inside each package that was opened, by the package's id. */
  readonly #inside = new Map<string, string | undefined>();

  constructor(dist: string, plan: Plan, recorded: ReadonlyMap<string, Artifact>, problems: VerifyProblem[], work: Work, { proven, known }: VerifyOptions) {
    this.#dist = dist;
    this.#plan = plan;
    this.#selected = selectedArtifacts(plan);
    this.#recorded = recorded;
    this.#problems = problems;
    this.#work = work;
    this.#spans = new SpanMemory(proven);
    this.#known = known ?? new Map();
  }

  async cells(onCell: (cell: VerifyCell) => void): Promise<readonly VerifyCell[]> {
    const cells: VerifyCell[] = [];
    for (const target of this.#plan.selected.targets) {
      for (const column of ['binary', ...this.#plan.selected.wrappers]) {
        for (const cell of await this.#column(target, column)) {
          cells.push(cell);
          onCell(cell);
        }
      }
    }
    for (const artifact of this.#selected) if (artifact.target === undefined) await this.#once(artifact);
    for (const path of listedRecords) await this.#file(path);
    return cells;
  }

  /** Usually one cell: a wrapper may make several packages for one target. */
  async #column(target: TargetId, column: Column): Promise<readonly VerifyCell[]> {
    if (column === 'binary') return [await this.#binaries(target)];
    const artifacts = this.#selected.filter((artifact) => artifact.target === target && artifact.wrapper === column);
    const manifest = this.#selected.find((artifact) => artifact.wrapper === column && installsOn(artifact, target));
    if (manifest !== undefined) return [await this.#installed(target, column, manifest)];
    if (artifacts.length === 0) return [this.#emptyCell(target, column)];
    const cells: VerifyCell[] = [];
    for (const artifact of artifacts) cells.push(this.#cell({ target, column }, artifact.path, await this.#once(artifact)));
    return cells;
  }

  /** A manifest holds no executable: the cell shows the one in the archive that it installs. */
  async #installed(target: TargetId, column: Column, manifest: PlannedArtifact): Promise<VerifyCell> {
    for (const artifact of this.#selected) if (artifact.wrapper === column && artifact.installs !== undefined) await this.#once(artifact);
    const id = manifest.installs?.find((one) => one.target === target)?.id;
    const archive = this.#selected.find((artifact) => artifact.id === id);
    if (archive === undefined) this.#complain('plan', manifest.path, `installs ${String(id)} on ${target}, which this run did not write`);
    return this.#cell({ target, column }, manifest.path, archive === undefined ? undefined : await this.#once(archive));
  }

  async #once(artifact: PlannedArtifact): Promise<string | undefined> {
    if (!this.#inside.has(artifact.id)) this.#inside.set(artifact.id, await this.#package(artifact));
    return this.#inside.get(artifact.id);
  }

  /** The executable and, on Windows, the launchers of its other names. */
  async #binaries(target: TargetId): Promise<VerifyCell> {
    const main = binaryId(target, this.#plan.executable.name);
    let found: { readonly path: string; readonly sha256?: string | undefined } = { path: recordNames.plan };
    for (const { id, path } of this.#selected.filter((artifact) => artifact.target === target && artifact.wrapper === undefined)) {
      const sha256 = (await this.#file(path))?.sha256;
      if (sha256 !== undefined) this.#digests.state(id, sha256, path);
      const recorded = this.#recorded.get(path)?.sha256;
      if (recorded !== undefined) this.#digests.state(id, recorded, `${path} in ${recordNames.artifacts}`);
      if (id === main) found = { path, sha256 };
    }
    return this.#cell({ target, column: 'binary' }, found.path, found.sha256);
  }

  #cell(place: { readonly target: TargetId; readonly column: Column }, path: string, sha256: string | undefined): VerifyCell {
    const messages = this.#problems.filter((problem) => problem.path === path).map(({ message }) => message);
    const digest = sha256 === undefined ? {} : { sha256 };
    return messages.length === 0 ? { ...place, state: 'ok', path, ...digest } : { ...place, state: 'problem', path, ...digest, messages };
  }

  #emptyCell(target: TargetId, column: Column): VerifyCell {
    const reason = skipReason(this.#plan, target, column);
    if (reason !== undefined) return { target, column, state: 'skipped', reason };
    const path = sharedArtifact(this.#plan, column);
    if (path !== undefined) return { target, column, state: 'shared', path };
    return { target, column, state: 'problem', messages: [`the plan neither skips it nor writes anything for it`] };
  }

  /** Check a package inside and out; returns the digest of its executable. */
  async #package(artifact: PlannedArtifact): Promise<string | undefined> {
    const contents = await this.#file(artifact.path);
    if (contents === undefined) return undefined;
    if (artifact.installs !== undefined) await this.#manifest(artifact);
    if (contents.members === undefined) {
      if ((artifact.executables ?? []).length > 0 && !isReadable(artifact.path)) this.#complain('format', artifact.path, 'carries executables, and no reader opens such a file');
      return undefined;
    }
    const target = artifact.target === undefined ? {} : { target: targetOf(artifact.target) };
    const opened: OpenedPackage = { artifact, plan: this.#plan, ...target, members: new Map(contents.members.map((member) => [member.path, member])) };
    for (const fault of formatFaults(opened)) this.#complain('format', artifact.path, fault);
    return checkExecutables(opened, this.#digests, (...problem) => this.#complain(...problem));
  }

  /** What package managers would do by a manifest; its bytes are compared like any other file's. */
  async #manifest(artifact: PlannedArtifact): Promise<void> {
    const text = await readFile(join(this.#dist, artifact.path));
    const recorded = new Map([...this.#recorded.values()].map((line) => [line.id, line]));
    const faults = text.length > largestManifest ? [`has ${text.length} bytes; no manifest is that large`] : manifestFaults(artifact, text.toString('utf8'), this.#plan, recorded);
    for (const fault of faults) this.#complain('format', artifact.path, fault);
  }

  /** Read a file once, as a package where it is one, and hold it against artifacts.json. */
  async #file(path: string): Promise<Partial<PackageContents> & { readonly sha256: string } | undefined> {
    const isFile = await isRegularFile(join(this.#dist, path));
    if (isFile !== true) {
      this.#complain('missing', path, isFile === undefined ? 'is not there' : 'is not a regular file');
      return undefined;
    }
    const found = await this.#read(path);
    const recorded = this.#recorded.get(path);
    if (recorded !== undefined && recorded.size !== found.size) this.#complain('size', path, `has ${found.size} bytes, ${recordNames.artifacts} says ${recorded.size}`);
    else if (recorded !== undefined && recorded.sha256 !== found.sha256) this.#complain('digest', path, `is ${found.sha256}, ${recordNames.artifacts} says ${recorded.sha256}`);
    return found;
  }

  async #read(path: string): Promise<Partial<PackageContents> & { readonly size: number; readonly sha256: string }> {
    const file = join(this.#dist, path);
    if (!isReadable(path)) return this.#known.get(file) ?? digestFile(file, this.#work);
    try {
      return await readPackage(file, { label: 'the package', keep: isLookedAt, work: this.#work, spans: this.#spans });
    } catch (error) {
      if (!(error instanceof SlipwayError && error.code === 'PACKAGE_MALFORMED')) throw error;
      this.#complain('malformed', path, error.message);
      return digestFile(file, this.#work);
    }
  }

  #complain(...[kind, path, message]: Parameters<Complain>): void {
    this.#problems.push({ kind, path, message });
  }
}

/** Undefined where there is nothing; a link is no regular file, wherever it leads. */
async function isRegularFile(path: string): Promise<boolean | undefined> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SlipwayError('IO_FAILED', `${path} cannot be read: ${code}`, { cause: error });
  }
}
