/** `slipway release`: what was built becomes a candidate of a channel. */
import { createHash } from 'node:crypto';
import { compareBuild } from 'semver';
import { recordLimit, releaseRecordSchema, SlipwayError, type Candidate, type ChannelRecord, type Component, type Described, type ReleaseRecord, type TargetId } from '@slipway/core';
import type { Draft } from '../repository/draft.ts';
import { newSalt, shareOf, type Share } from './share.ts';

/** A file of a release, or another name of one. */
export type BuiltComponent =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: 0o755 | 0o644;
      readonly size: number;
      readonly sha256: string;
      /** Its bytes as a gzip file, compressed once and the same each time. */
      gzip(): Iterable<Uint8Array>;
    }
  | { readonly kind: 'link'; readonly path: string; readonly to: string };

export interface BuiltRelease {
  readonly product: string;
  readonly version: string;
  /** Raised when the program's data changes in a way older versions cannot read. */
  readonly dataVersion: number;
  readonly targets: readonly { readonly target: TargetId; readonly components: readonly BuiltComponent[] }[];
}

export interface ReleaseChoices {
  readonly channel: string;
  readonly percent: number;
  readonly notes?: string;
  readonly severity?: ReleaseRecord['severity'];
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface ReleaseOutcome {
  readonly outcome: 'released' | 'alreadyReleased';
  readonly version: string;
  readonly channel: string;
  /** Those that are new in the channel. */
  readonly targets: readonly TargetId[];
  /** Bytes of the payloads that the new records name. */
  readonly payloadBytes: number;
}

/** Releases that a channel record holds; the limit of its schema. */
const mostCandidates = 64;

/** Decide, without staging anything, for which targets the release is new. Throws RELEASE_CONFLICT, REPOSITORY_FOREIGN, CHANNEL_UNKNOWN. */
export function newTargets(draft: Draft, built: BuiltRelease, choices: ReleaseChoices): readonly TargetId[] {
  const { channel } = choices;
  if (draft.product !== undefined && draft.product !== built.product) throw new SlipwayError('REPOSITORY_FOREIGN', `the repository is for ${draft.product}, not for ${built.product}`, { hint: 'Give each product a repository of its own.' });
  return built.targets.flatMap(({ target, components }) => {
    const record = draft.records(channel).get(target);
    if (record !== undefined && [...record.yanked, ...record.revoked].includes(built.version)) {
      throw new SlipwayError('RELEASE_CONFLICT', `${built.version} was yanked from ${channel}`, { hint: 'Release a new version, or take the yank back with `slipway unyank`.' });
    }
    const known = draft.find(built.version, target);
    if (known !== undefined) checkSame(draft.release(known), built.dataVersion, components, choices);
    return record?.candidates.some(({ version }) => version === built.version) === true ? [] : [target];
  });
}

/** Make it a candidate. A version that is there with the same files is an outcome, with others RELEASE_CONFLICT. */
export function release(draft: Draft, built: BuiltRelease, choices: ReleaseChoices): ReleaseOutcome {
  const { channel } = choices;
  const targets = newTargets(draft, built, choices);
  const share = choices.percent === 100 ? undefined : { percent: choices.percent, salt: newSalt(choices.randomBytes) };
  const payloads = new Map<string, Described>();
  for (const { target, components } of built.targets) {
    if (!targets.includes(target)) continue;
    const candidate = draft.find(built.version, target) ?? newCandidate(draft, built, target, components, choices, payloads);
    addCandidate(draft, channel, built.product, target, { version: candidate.version, record: candidate.record }, share);
  }
  const payloadBytes = [...payloads.values()].reduce((total, { size }) => total + size, 0);
  return { outcome: targets.length === 0 ? 'alreadyReleased' : 'released', version: built.version, channel, targets, payloadBytes };
}

/** Put a candidate in its place: newer versions first, whatever the order in which they are released. */
export function addCandidate(draft: Draft, channel: string, product: string, target: TargetId, candidate: Candidate, share: Share | undefined): void {
  const record: ChannelRecord = draft.records(channel).get(target) ?? { format: 1, product, channel, target, date: draft.date, candidates: [], yanked: [], revoked: [], paused: false };
  const others = record.candidates.filter(({ version }) => version !== candidate.version);
  const candidates = [{ ...candidate, ...shareOf(share) }, ...others].sort((a, b) => compareBuild(b.version, a.version));
  draft.set({ ...record, candidates: candidates.slice(0, mostCandidates) });
}

function newCandidate(draft: Draft, { product, version, dataVersion }: BuiltRelease, target: TargetId, components: readonly BuiltComponent[], { notes, severity }: ReleaseChoices, payloads: Map<string, Described>): Candidate {
  const stage = (component: BuiltComponent): Component => {
    if (component.kind === 'link') return component;
    const { gzip, ...file } = component;
    const payload = payloads.get(file.sha256) ?? draft.stagePayload(gzip());
    payloads.set(file.sha256, payload);
    return { ...file, full: { coding: 'gzip', ...payload } };
  };
  const staged = components.map(stage);
  const result = releaseRecordSchema.safeParse({ format: 1, product, version, target, date: draft.date, dataVersion, ...(notes === undefined ? {} : { notes }), ...(severity === undefined ? {} : { severity }), components: staged });
  if (!result.success) throw new SlipwayError('USAGE', `the release does not fit into a record: ${result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`, { hint: 'docs/formats/repository.md has the limits.' });
  const bytes = Buffer.from(JSON.stringify(result.data));
  if (bytes.length > recordLimit) throw new SlipwayError('USAGE', `the release record of ${target} has ${bytes.length} bytes, at most ${recordLimit} are read`, { hint: 'Shorten the notes, or put fewer files into the release.' });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  draft.newReleases.set(sha256, { record: result.data, bytes });
  return { version, record: { sha256, size: bytes.length } };
}

/** What is signed for a version never changes. How it is compressed may: another version of the compressor gives other bytes. */
function checkSame(record: ReleaseRecord, dataVersion: number, components: readonly BuiltComponent[], { notes, severity }: ReleaseChoices): void {
  const facts = (list: readonly (Component | BuiltComponent)[]): ReadonlyMap<string, string> =>
    new Map(list.map((one) => [one.path, one.kind === 'link' ? `a link to ${one.to}` : `${one.sha256}, mode ${one.mode.toString(8)}`]));
  const before = facts(record.components);
  const after = facts(components);
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  const conflict = (what: string): SlipwayError => new SlipwayError('RELEASE_CONFLICT', `${record.version} for ${record.target} is released already, ${what}`);
  if (paths.length > 0) throw conflict(`with other files: ${paths.map((path) => `${path} is ${before.get(path) ?? 'not in it'} there and ${after.get(path) ?? 'missing'} here`).join('; ')}`);
  if (dataVersion !== record.dataVersion) throw conflict(`with dataVersion ${record.dataVersion}`);
  if (notes !== undefined && notes !== record.notes) throw conflict('with other notes');
  if (severity !== undefined && severity !== record.severity) throw conflict(`with severity ${record.severity}`);
}
