/** Changes of what a channel offers: no file of a release is touched, pointers are signed and nothing more. */
import { SlipwayError, type Candidate, type ChannelRecord, type TargetId } from '@slipway/core';
import type { Draft } from '../repository/draft.ts';
import { addCandidate } from './release.ts';
import { newSalt, shareOf } from './share.ts';

export interface OfferOutcome {
  /** `unchanged`: it was so already. */
  readonly outcome: 'changed' | 'unchanged';
  readonly version: string;
  readonly channel: string;
  readonly targets: readonly TargetId[];
}

/** The candidate of one channel becomes one of another, for every target that has it. Throws VERSION_UNKNOWN, CHANNEL_UNKNOWN, RELEASE_CONFLICT. */
export function promote(draft: Draft, version: string, from: string, to: string): OfferOutcome {
  return forEachTarget(draft, version, from, (record, candidate) => {
    const present = draft.records(to).get(record.target);
    for (const [channel, one] of [[from, record], [to, present]] as const) {
      if (one !== undefined && [...one.yanked, ...one.revoked].includes(version)) throw new SlipwayError('RELEASE_CONFLICT', `${version} was yanked from ${channel}`, { hint: 'Take the yank back with `slipway unyank` if it was a mistake.' });
    }
    if (present?.candidates.some((other) => other.version === version) === true) return false;
    addCandidate(draft, to, record.product, record.target, { version, record: candidate.record }, undefined);
    return true;
  }, to);
}

/** Offer a release to a share of the channel. The share only grows when the percentage does: the salt stays. */
export function rollout(draft: Draft, version: string, percent: number, channel: string, randomBytes: (count: number) => Uint8Array): OfferOutcome {
  const fresh = newSalt(randomBytes);
  return forEachTarget(draft, version, channel, (record, candidate) => {
    if ((candidate.rollout?.percent ?? 100) === percent) return false;
    const { rollout: before, ...rest } = candidate;
    const changed: Candidate = { ...rest, ...shareOf({ percent, salt: before?.salt ?? fresh }) };
    draft.set({ ...record, candidates: record.candidates.map((one) => (one.version === version ? changed : one)) });
    return true;
  });
}

export interface YankChoices {
  /** Never to be run again, not even by choice. */
  readonly revoke: boolean;
  /** Where installations on it go although it is older. */
  readonly recallTo?: string;
}

/** Offer a release to nobody any more. */
export function yank(draft: Draft, version: string, channel: string, { revoke, recallTo }: YankChoices): OfferOutcome {
  if (recallTo === version) throw new SlipwayError('USAGE', `${version} cannot be recalled to itself`, { hint: 'Name an older version of the channel.' });
  return forEachTarget(draft, version, channel, (record) => {
    const back = recallTo === undefined ? undefined : recallCandidate(record, recallTo);
    const next: ChannelRecord = {
      ...record,
      yanked: include(record.yanked, version),
      revoked: revoke ? include(record.revoked, version) : record.revoked,
      ...(back === undefined ? {} : { recallTo: back }),
    };
    if (JSON.stringify(next) === JSON.stringify(record)) return false;
    draft.set(next);
    return true;
  });
}

/** Offer it again. The recall ends with the last yank. Throws RELEASE_CONFLICT for a revoked version. */
export function unyank(draft: Draft, version: string, channel: string): OfferOutcome {
  return forEachTarget(draft, version, channel, (record) => {
    if (record.revoked.includes(version)) throw new SlipwayError('RELEASE_CONFLICT', `${version} is revoked in ${channel}, for ever`, { hint: 'Release a new version.' });
    if (!record.yanked.includes(version)) return false;
    const yanked = record.yanked.filter((one) => one !== version);
    const { recallTo, ...rest } = record;
    draft.set({ ...rest, yanked, ...(yanked.length === 0 || recallTo === undefined ? {} : { recallTo }) });
    return true;
  });
}

/** Apply to the record of every target that has the version in the channel; whether anything changed. */
function forEachTarget(draft: Draft, version: string, channel: string, change: (record: ChannelRecord, candidate: Candidate) => boolean, reported = channel): OfferOutcome {
  const records = [...draft.records(channel).values()];
  const having = records.flatMap((record) => record.candidates.filter((one) => one.version === version).map((candidate) => ({ record, candidate })));
  if (having.length === 0) {
    const versions = [...new Set(records.flatMap(({ candidates }) => candidates.map((one) => one.version)))];
    throw new SlipwayError('VERSION_UNKNOWN', `${channel} has no ${version}`, { hint: versions.length === 0 ? 'Nothing was released to it yet.' : `It has ${versions.join(', ')}.` });
  }
  const targets = having.filter(({ record, candidate }) => change(record, candidate)).map(({ record }) => record.target);
  return { outcome: targets.length === 0 ? 'unchanged' : 'changed', version, channel: reported, targets };
}

function recallCandidate(record: ChannelRecord, version: string): Candidate {
  const found = record.candidates.find((one) => one.version === version);
  if (found === undefined || record.yanked.includes(version) || record.revoked.includes(version)) {
    throw new SlipwayError('VERSION_UNKNOWN', `${record.channel} cannot recall to ${version} for ${record.target}: ${found === undefined ? 'it has no such release' : 'that one is yanked itself'}`);
  }
  return { version, record: found.record };
}

/** The limit of the schema; the oldest are forgotten with the candidates they were. */
function include(versions: readonly string[], version: string): string[] {
  return versions.includes(version) ? [...versions] : [...versions, version].slice(-256);
}
