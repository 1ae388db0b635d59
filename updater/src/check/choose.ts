/**
 * Which version an installation goes to, decided from the signed channel record alone: no file, no clock, no server.
 * The same question has the same answer on every machine, so a publisher can count beforehand who gets what.
 */
import { SlipwayError, type Candidate, type ChannelRecord, type CryptoPort } from '@slipway/core';
import compare from 'semver/functions/compare.js';

/** What is asked, and by whom. */
export interface Question {
  readonly installId: string;
  /** What is installed and confirmed, with the SHA-256 of its release record. */
  readonly current: { readonly version: string; readonly record: string };
  /** Candidates that died here, by release record. */
  readonly setAside: readonly { readonly record: string }[];
  /** Somebody typed `update`, and did not only wait for it. */
  readonly explicit: boolean;
  /** The version that was asked for by name. */
  readonly version?: string;
}

export type Why = 'update' | 'recall' | 'chosen';

export type Choice =
  /** `withdrawn`: what is installed was yanked or revoked, and there is nothing to go to yet. */
  | { readonly outcome: 'upToDate'; readonly withdrawn: boolean }
  /** There is a newer version, and this installation's turn has not come. */
  | { readonly outcome: 'notInRollout'; readonly version: string }
  /** There is a newer version, and it is not to be taken by itself: updates are paused, or it died here before. */
  | { readonly outcome: 'held'; readonly why: 'paused' | 'setAside'; readonly version: string }
  | { readonly outcome: 'available'; readonly why: Why; readonly candidate: Candidate };

/** Answer from a channel record whose versions are all semantic versions. Throws VERSION_NOT_OFFERED or VERSION_REVOKED. */
export function choose(ports: { readonly crypto: CryptoPort }, channel: ChannelRecord, question: Question): Choice {
  const { current, explicit } = question;
  if (question.version !== undefined) return chosen(channel, question.version, current.version);
  const open = [...channel.candidates, ...recalls(channel, current.version)].filter(({ version }) => !isWithdrawn(channel, version));
  const mine = open.filter((candidate) => inRollout(ports, question.installId, candidate));
  const died = (candidate: Candidate): boolean => question.setAside.some(({ record }) => record === candidate.record.sha256);
  const move = moveTo(channel, mine.filter((candidate) => explicit || !died(candidate)), current.version);
  if (move !== undefined) {
    return channel.paused && !explicit ? { outcome: 'held', why: 'paused', version: move.candidate.version } : { outcome: 'available', ...move };
  }
  const dead = moveTo(channel, mine, current.version);
  if (dead !== undefined) return { outcome: 'held', why: 'setAside', version: dead.candidate.version };
  const later = moveTo(channel, open, current.version);
  if (later !== undefined) return { outcome: 'notInRollout', version: later.candidate.version };
  return { outcome: 'upToDate', withdrawn: isWithdrawn(channel, current.version) };
}

/** The first of the candidates, if it is newer; below it only a recall leads, and only who is on a withdrawn version. */
function moveTo(channel: ChannelRecord, candidates: readonly Candidate[], current: string): { why: Why; candidate: Candidate } | undefined {
  const recall = candidates.find((candidate) => candidate === channel.recallTo);
  const first = candidates.find((candidate) => candidate !== recall);
  if (first !== undefined && compare(first.version, current) > 0) return { why: 'update', candidate: first };
  return recall === undefined ? undefined : { why: 'recall', candidate: recall };
}

function recalls({ recallTo, ...channel }: ChannelRecord, current: string): readonly Candidate[] {
  return recallTo !== undefined && isWithdrawn(channel, current) && compare(recallTo.version, current) !== 0 ? [recallTo] : [];
}

/** Whether a version is offered to nobody. */
export function isWithdrawn({ yanked, revoked }: Pick<ChannelRecord, 'yanked' | 'revoked'>, version: string): boolean {
  return [...yanked, ...revoked].includes(version);
}

/** By name: older ones and yanked ones too, never a revoked one. */
function chosen(channel: ChannelRecord, version: string, current: string): Choice {
  if (channel.revoked.includes(version)) throw new SlipwayError('VERSION_REVOKED', `version ${version} has been revoked by its publisher`);
  const listed = [...channel.candidates, ...(channel.recallTo === undefined ? [] : [channel.recallTo])];
  const candidate = listed.find((one) => one.version === version);
  if (candidate === undefined) {
    const versions = [...new Set(listed.map((one) => one.version))].filter((one) => !channel.revoked.includes(one));
    throw new SlipwayError('VERSION_NOT_OFFERED', `version ${version} is not offered in channel ${channel.channel}; there ${versions.length === 0 ? 'is none' : `are ${versions.join(', ')}`}`);
  }
  return version === current ? { outcome: 'upToDate', withdrawn: isWithdrawn(channel, current) } : { outcome: 'available', why: 'chosen', candidate };
}

/**
 * Whether an installation is among those that a rollout reaches: the first 32 bits of SHA-256 of `<installId>:<salt>`,
 * as a big-endian share of 2^32, below the percentage. The salt is the release's own, so that other installations are
 * the first ones each time; a higher percentage with the same salt only adds installations.
 */
export function inRollout({ crypto }: { readonly crypto: CryptoPort }, installId: string, { rollout }: Candidate): boolean {
  if (rollout === undefined) return true;
  const hasher = crypto.sha256();
  hasher.update(new TextEncoder().encode(`${installId}:${rollout.salt}`));
  return Number.parseInt(hasher.digest().slice(0, 8), 16) / 2 ** 32 * 100 < rollout.percent;
}
