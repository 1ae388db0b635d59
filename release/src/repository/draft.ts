/**
 * A change of a repository while it is being decided: the channel records as they will be, and the releases that are
 * new. Nothing is written here but payloads, which are staged.
 */
import { SlipwayError, type Candidate, type ChannelRecord, type Described, type ReleaseRecord, type TargetId } from '@slipway/core';
import type { Repository, RepositoryReader } from './read.ts';

export interface NewRelease {
  readonly record: ReleaseRecord;
  readonly bytes: Uint8Array;
}

export class Draft {
  /** Seconds since 1970: now, but never before what was signed last. */
  readonly date: number;
  /** Every channel that somebody may sign for. */
  readonly channels: readonly string[];
  readonly newReleases = new Map<string, NewRelease>();
  readonly #records = new Map<string, ReadonlyMap<TargetId, ChannelRecord>>();
  readonly #touched = new Map<string, Set<TargetId>>();
  readonly #reader: RepositoryReader;
  readonly #payload: (chunks: Iterable<Uint8Array>) => Described;

  /** `now` in milliseconds since 1970; `payload` stages the bytes of one. */
  constructor(reader: RepositoryReader, repository: Repository | undefined, channels: readonly string[], now: number, payload: (chunks: Iterable<Uint8Array>) => Described) {
    this.channels = channels;
    this.#reader = reader;
    this.#payload = payload;
    for (const [name, channel] of repository?.channels ?? []) this.#records.set(name, channel.records);
    const dates = [...this.#records.values()].flatMap((records) => [...records.values()].map(({ date }) => date));
    this.date = Math.max(Math.floor(now / 1000), ...dates);
  }

  /** The product that the repository is for; undefined while it holds nothing. */
  get product(): string | undefined {
    for (const records of this.#records.values()) for (const { product } of records.values()) return product;
    return undefined;
  }

  /** Channels of which something changed, and for which targets. */
  get touched(): ReadonlyMap<string, ReadonlySet<TargetId>> {
    return this.#touched;
  }

  /** The records of a channel; none yet for one that nothing was released to. Throws CHANNEL_UNKNOWN. */
  records(channel: string): ReadonlyMap<TargetId, ChannelRecord> {
    if (!this.channels.includes(channel)) throw new SlipwayError('CHANNEL_UNKNOWN', `there is no channel "${channel}"`, { hint: `The channels are ${this.channels.join(', ')}.` });
    return this.#records.get(channel) ?? new Map();
  }

  /** Replace the record of one target. */
  set(record: ChannelRecord): void {
    const { channel, target } = record;
    this.#records.set(channel, new Map([...this.records(channel), [target, { ...record, date: this.date }]]));
    this.#touched.set(channel, new Set([...(this.#touched.get(channel) ?? []), target]));
  }

  release(candidate: Candidate): ReleaseRecord {
    return this.newReleases.get(candidate.record.sha256)?.record ?? this.#reader.release(candidate);
  }

  /** A candidate for this version and target in any channel. */
  find(version: string, target: TargetId): Candidate | undefined {
    for (const channel of this.channels) {
      const { candidates = [] } = this.records(channel).get(target) ?? {};
      const found = candidates.find((candidate) => candidate.version === version);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  stagePayload(chunks: Iterable<Uint8Array>): Described {
    return this.#payload(chunks);
  }
}
