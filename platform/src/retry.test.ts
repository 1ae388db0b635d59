import { expect, test } from '@jest/globals';
import type { HttpResponse } from '@slipway/core';
import { retrying } from './retry.ts';

const failed = (message: string, code?: string): Error => new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
const answer = (status: number, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status, header: (name) => headers[name], discard: () => undefined, body: (async function* () {})(),
});

/** Statuses and errors in order, the last one for ever; what came out, and how long was waited. */
async function tried(outcomes: readonly (HttpResponse | Error)[]): Promise<{ out: string; requests: number; waits: number[] }> {
  const waits: number[] = [];
  let requests = 0;
  const http = retrying({
    get: () => {
      const outcome = outcomes[Math.min(requests, outcomes.length - 1)] as HttpResponse | Error;
      requests += 1;
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  }, (milliseconds) => Promise.resolve(waits.push(milliseconds)));
  const out = await http.get('https://dl.example/').then(({ status }) => String(status), (error: Error) => String((error.cause as Error).message));
  return { out, requests, waits };
}

test.each<[what: string, outcomes: (HttpResponse | Error)[], out: string, requests: number]>([
  ['an answer is taken', [answer(200)], '200', 1],
  ['a part is taken', [answer(206)], '206', 1],
  ['a refusal is taken', [answer(404)], '404', 1],
  ['a server that is busy is asked again', [answer(503), answer(429), answer(200)], '200', 3],
  ['a server that stays out of order is given up', [answer(500)], '500', 4],
  ['a connection that is refused is tried again', [failed('connect', 'ECONNREFUSED'), answer(200)], '200', 2],
  ['a network that stays away is given up', [failed('getaddrinfo', 'ENOTFOUND')], 'getaddrinfo', 4],
  ['a certificate does not get better', [failed('unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')], 'unable to verify the first certificate', 1],
  ['nor do redirects without end', [failed('redirect count exceeded')], 'redirect count exceeded', 1],
])('%s', async (_, outcomes, out, requests) => {
  expect(await tried(outcomes)).toMatchObject({ out, requests });
});

test('each wait is longer, within limits', async () => {
  const { waits } = await tried([answer(503)]);
  expect(waits.map((wait, index) => wait >= 250 * 2 ** index && wait <= 750 * 2 ** index)).toEqual([true, true, true]);
});

test.each([['2', 2000], ['0', 0], ['3600', 10_000], ['Thu, 01 Jan 1970 00:00:00 GMT', 0], ['Fri, 01 Jan 2100 00:00:00 GMT', 10_000]])('a server that asks to come back after %s', async (text, wait) => {
  expect((await tried([answer(503, { 'retry-after': text }), answer(200)])).waits).toEqual([wait]);
});
