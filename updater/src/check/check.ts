/** Step 1 of an update: what the signed metadata of the channel offers this installation. */
import { SlipwayError, type ChannelRecord, type UpdateDescriptor } from '@slipway/core';
import compare from 'semver/functions/compare.js';
import { openTrust } from '../trust/open-trust.ts';
import type { TrustFloors } from '../trust/floors.ts';
import { checkSignedDate } from '../trust/rejection.ts';
import type { TrustPorts } from '../trust/session.ts';
import { choose, isWithdrawn, type Choice, type Question } from './choose.ts';
import { fetchChannelRecord, fetchReleaseRecord, type FetchedRelease } from './records.ts';

export interface CheckRequest extends Question {
  readonly descriptor: Pick<UpdateDescriptor, 'product' | 'target' | 'url' | 'root'>;
  readonly channel: string;
  /** `<root>/trust`. */
  readonly trustFolder: string;
  /** From the installation's state. */
  readonly floors: TrustFloors;
}

type Available = Extract<Choice, { outcome: 'available' }>;

export type CheckOutcome =
  | Exclude<Choice, Available>
  /** The next version cannot be reached from here: it wants at least `minFrom`, and names no way there that is offered. */
  | { readonly outcome: 'held'; readonly why: 'minFrom'; readonly version: string; readonly minFrom: string }
  | (Available & FetchedRelease);

export interface Check {
  readonly outcome: CheckOutcome;
  readonly channel: ChannelRecord;
  /** To be written into the state, whatever the outcome. */
  readonly floors: TrustFloors;
}

/** Versions gone through on the way to one that cannot be reached directly. */
const detours = 8;

/**
 * Refresh the trusted metadata and answer from it. Throws what `openTrust` throws, and RECORD_INVALID, PAYLOAD_INVALID,
 * CLOCK_WRONG, VERSION_NOT_OFFERED, VERSION_REVOKED. Nothing but the trust folder is touched; the caller holds the lock.
 */
export async function check(ports: TrustPorts, request: CheckRequest): Promise<Check> {
  const { url, root } = request.descriptor;
  const trust = await openTrust(ports, { folder: request.trustFolder, metadataUrl: `${url}metadata/`, targetsUrl: `${url}targets/`, embeddedRoot: root, floors: request.floors });
  const channel = await fetchChannelRecord(trust, subjectOf(request), request.channel);
  checkSignedDate(`the release data of channel ${channel.channel}`, channel.date * 1000, ports.clock.now());
  const floors = { ...trust.floors, date: Math.max(trust.floors.date, channel.date) };
  const choice = choose(ports, channel, request);
  return { channel, floors, outcome: choice.outcome === 'available' ? await reachable(ports, request, channel, choice) : choice };
}

/** The release itself, or the one to go through first when it asks for a newer version than is installed. */
async function reachable(ports: TrustPorts, request: CheckRequest, channel: ChannelRecord, wanted: Available): Promise<CheckOutcome> {
  let next = wanted;
  for (let detour = 0; detour < detours; detour += 1) {
    const release = await fetchReleaseRecord(ports, request.descriptor.url, subjectOf(request), next.candidate);
    const { minFrom, via } = release.record;
    if (minFrom === undefined || compare(request.current.version, minFrom) >= 0) return { ...next, ...release };
    const candidate = channel.candidates.find(({ version }) => version === via);
    if (candidate === undefined || isWithdrawn(channel, candidate.version) || compare(candidate.version, request.current.version) <= 0) {
      return { outcome: 'held', why: 'minFrom', version: next.candidate.version, minFrom };
    }
    if (!request.explicit && request.setAside.some(({ record }) => record === candidate.record.sha256)) {
      return { outcome: 'held', why: 'setAside', version: candidate.version };
    }
    next = { ...next, candidate };
  }
  throw new SlipwayError('RECORD_INVALID', `the way from ${request.current.version} to ${wanted.candidate.version} goes through more than ${detours} versions`);
}

function subjectOf({ descriptor: { product, target } }: CheckRequest): { product: string; target: UpdateDescriptor['target'] } {
  return { product, target };
}
