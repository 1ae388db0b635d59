import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { channelRecordSchema, SlipwayError, type Candidate, type ChannelRecord } from '@slipway/core';
import { choose, inRollout, type Choice, type Question } from './choose.ts';

const crypto = {
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const digest = (version: string): string => hex(`record of ${version}`);
const version = (text: string, percent?: number): Candidate => ({
  version: text, record: { sha256: digest(text), size: 100 }, ...(percent === undefined ? {} : { rollout: { percent, salt: `salt of ${text}` } }),
});
const channel = (record: Partial<ChannelRecord>): ChannelRecord =>
  channelRecordSchema.parse({ format: 1, product: 'tool', channel: 'stable', target: 'linux-x64', date: 0, candidates: [], ...record });
const asking = (current: string, more: Partial<Question> = {}): Question =>
  ({ installId: '0'.repeat(32), current: { version: current, record: digest(current) }, setAside: [], explicit: false, ...more });

function told(choice: Choice): string {
  if (choice.outcome === 'available') return `${choice.why} ${choice.candidate.version}`;
  if (choice.outcome === 'held') return `held ${choice.version}: ${choice.why}`;
  return choice.outcome === 'notInRollout' ? `later ${choice.version}` : choice.withdrawn ? 'withdrawn' : 'up to date';
}

const [v1, v2, v3] = [version('1.0.0'), version('2.0.0'), version('3.0.0')];
const aside = { setAside: [{ record: digest('3.0.0') }] };

test.each<[what: string, record: Partial<ChannelRecord>, question: Question, answer: string]>([
  ['nothing offered', {}, asking('1.0.0'), 'up to date'],
  ['the newest installed', { candidates: [v2, v1] }, asking('2.0.0'), 'up to date'],
  ['a newer one', { candidates: [v2, v1] }, asking('1.0.0'), 'update 2.0.0'],
  ['one newer than what is offered', { candidates: [v2] }, asking('3.0.0'), 'up to date'],
  ['a pre-release of what is offered', { candidates: [v2] }, asking('2.0.0-rc.1'), 'update 2.0.0'],
  ['the publisher\'s order counts', { candidates: [v2, v3] }, asking('1.0.0'), 'update 2.0.0'],
  ['a rollout that reaches nobody', { candidates: [version('3.0.0', 0), v1] }, asking('1.0.0'), 'later 3.0.0'],
  ['a rollout does not hide what is below it', { candidates: [version('3.0.0', 0), v2] }, asking('1.0.0'), 'update 2.0.0'],
  ['a rollout to all', { candidates: [version('3.0.0', 100), v2] }, asking('1.0.0'), 'update 3.0.0'],
  ['a yanked one', { candidates: [v3, v2], yanked: ['3.0.0'] }, asking('1.0.0'), 'update 2.0.0'],
  ['a revoked one', { candidates: [v3, v2], revoked: ['3.0.0'] }, asking('1.0.0'), 'update 2.0.0'],
  ['on a yanked one, no way on', { candidates: [v3, v2], yanked: ['3.0.0'] }, asking('3.0.0'), 'withdrawn'],
  ['on a yanked one, a newer one', { candidates: [v3, v2], yanked: ['2.0.0'] }, asking('2.0.0'), 'update 3.0.0'],
  ['on a yanked one, a recall', { candidates: [v3, v2], yanked: ['3.0.0'], recallTo: v2 }, asking('3.0.0'), 'recall 2.0.0'],
  ['on a yanked one, a newer one before the recall', { candidates: [version('4.0.0'), v3], yanked: ['3.0.0'], recallTo: v2 }, asking('3.0.0'), 'update 4.0.0'],
  ['on a yanked one, recalled while the newer one is rolled out to others', { candidates: [version('4.0.0', 0), v3], yanked: ['3.0.0'], recallTo: v2 }, asking('3.0.0'), 'recall 2.0.0'],
  ['on a good one, a recall of another', { candidates: [v3, v2], yanked: ['3.0.0'], recallTo: v1 }, asking('2.0.0'), 'up to date'],
  ['on a revoked one, a recall', { revoked: ['3.0.0'], recallTo: v1 }, asking('3.0.0'), 'recall 1.0.0'],
  ['a recall to what is yanked itself', { yanked: ['3.0.0', '2.0.0'], recallTo: v2 }, asking('3.0.0'), 'withdrawn'],
  ['a recall to what died here', { yanked: ['3.0.0'], recallTo: v2 }, asking('3.0.0', { setAside: [{ record: digest('2.0.0') }] }), 'held 2.0.0: setAside'],
  ['paused', { candidates: [v2], paused: true }, asking('1.0.0'), 'held 2.0.0: paused'],
  ['paused, nothing newer', { candidates: [v2], paused: true }, asking('2.0.0'), 'up to date'],
  ['paused, but typed', { candidates: [v2], paused: true }, asking('1.0.0', { explicit: true }), 'update 2.0.0'],
  ['what died here', { candidates: [v3] }, asking('1.0.0', aside), 'held 3.0.0: setAside'],
  ['what died here, and the next one', { candidates: [v3, v2] }, asking('1.0.0', aside), 'update 2.0.0'],
  ['what died here, but typed', { candidates: [v3, v2] }, asking('1.0.0', { ...aside, explicit: true }), 'update 3.0.0'],
  ['the same version in another record does not count as having died', { candidates: [{ ...v3, record: { sha256: hex('other'), size: 2 } }] }, asking('1.0.0', aside), 'update 3.0.0'],
  ['an older one by name', { candidates: [v3, v2, v1] }, asking('3.0.0', { version: '1.0.0', explicit: true }), 'chosen 1.0.0'],
  ['a yanked one by name', { candidates: [v3, v2], yanked: ['3.0.0'] }, asking('2.0.0', { version: '3.0.0', explicit: true }), 'chosen 3.0.0'],
  ['one outside its rollout by name', { candidates: [version('3.0.0', 0)] }, asking('2.0.0', { version: '3.0.0', explicit: true }), 'chosen 3.0.0'],
  ['the one that is installed, by name', { candidates: [v3] }, asking('3.0.0', { version: '3.0.0', explicit: true }), 'up to date'],
])('%s', (_, record, question, answer) => {
  expect(told(choose({ crypto }, channel(record), question))).toBe(answer);
});

test.each<[what: string, record: Partial<ChannelRecord>, says: string]>([
  ['a revoked version', { candidates: [v3, v1], revoked: ['1.0.0'] }, 'VERSION_REVOKED: version 1.0.0 has been revoked by its publisher'],
  ['a version that is not offered', { candidates: [v3, v2], revoked: ['2.0.0'] }, 'VERSION_NOT_OFFERED: version 1.0.0 is not offered in channel stable; there are 3.0.0'],
  ['a version where none is offered', {}, 'VERSION_NOT_OFFERED: version 1.0.0 is not offered in channel stable; there is none'],
])('%s cannot be had by name', (_, record, says) => {
  let caught: unknown;
  try {
    choose({ crypto }, channel(record), asking('3.0.0', { version: '1.0.0', explicit: true }));
  } catch (error) {
    caught = error;
  }
  expect(caught instanceof SlipwayError && `${caught.code}: ${caught.message}`).toBe(says);
});

/** A thousand installations, and what each runs. */
const ids = Array.from({ length: 1000 }, (_, index) => hex(`installation ${index}`).slice(0, 32));

test('a thousand installations go where a rollout, a yank and a recall send them, one behind another', () => {
  const runs = new Map(ids.map((id) => [id, '1.0.0']));
  const counts = (record: Partial<ChannelRecord>): Record<string, number> => {
    for (const [id, current] of runs) {
      const choice = choose({ crypto }, channel(record), asking(current, { installId: id }));
      if (choice.outcome === 'available') runs.set(id, choice.candidate.version);
    }
    return Object.fromEntries([...Map.groupBy(runs.values(), (one) => one)].map(([one, group]) => [one, group.length]).sort());
  };
  // Computed here from the documented rule, apart from the code under test.
  const share = (salt: string, percent: number): string[] => ids.filter((id) => createHash('sha256').update(`${id}:${salt}`).digest().readUInt32BE(0) * 100 < percent * 2 ** 32);
  const early = share('salt of 3.0.0', 10);
  expect(early.length).toBeGreaterThan(70);
  expect(early.length).toBeLessThan(130);

  expect(counts({ candidates: [v1] })).toEqual({ '1.0.0': 1000 });
  expect(counts({ candidates: [v2, v1] })).toEqual({ '2.0.0': 1000 });
  const rollout = { candidates: [version('3.0.0', 10), v2, v1] };
  expect(counts(rollout)).toEqual({ '2.0.0': 1000 - early.length, '3.0.0': early.length });
  expect(ids.filter((id) => runs.get(id) === '3.0.0')).toEqual(early);
  expect(counts(rollout)).toEqual({ '2.0.0': 1000 - early.length, '3.0.0': early.length });
  const half = share('salt of 3.0.0', 50);
  expect(counts({ candidates: [version('3.0.0', 50), v2, v1] })).toEqual({ '2.0.0': 1000 - half.length, '3.0.0': half.length });
  expect(early.every((id) => half.includes(id))).toBe(true);
  expect(counts({ candidates: [version('3.0.0', 50), v2, v1], yanked: ['3.0.0'] })).toEqual({ '2.0.0': 1000 - half.length, '3.0.0': half.length });
  expect(counts({ candidates: [version('3.0.0', 50), v2, v1], yanked: ['3.0.0'], recallTo: v2 })).toEqual({ '2.0.0': 1000 });
  const next = share('salt of 4.0.0', 10);
  expect(counts({ candidates: [version('4.0.0', 10), v2, v1], yanked: ['3.0.0'], recallTo: v2 })).toEqual({ '2.0.0': 1000 - next.length, '4.0.0': next.length });
  expect(counts({ candidates: [version('4.0.0'), v2, v1], yanked: ['3.0.0'], recallTo: v2 })).toEqual({ '4.0.0': 1000 });
  expect(next).not.toEqual(early);
});

test.each<[percent: number | undefined, reached: (count: number) => boolean]>([
  [undefined, (count) => count === 1000],
  [100, (count) => count === 1000],
  [0, (count) => count === 0],
  [0.5, (count) => count > 0 && count < 20],
  [33.3, (count) => count > 280 && count < 390],
])('a rollout of %s percent reaches its share', (percent, reached) => {
  const count = ids.filter((id) => inRollout({ crypto }, id, version('9.0.0', percent))).length;
  expect([count, reached(count)]).toEqual([count, true]);
});
