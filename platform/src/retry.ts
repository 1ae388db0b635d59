import { setTimeout as wait } from 'node:timers/promises';
import type { HttpPort, HttpResponse } from '@slipway/core';

/** Answers that another try may turn into a good one (RFC 9110, RFC 6585). */
const passing: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
/** Failures of the network that another try does not change: certificates, addresses that are none, endless redirects. */
const lasting = /CERT|certificate|issuer|self.signed|redirect|ERR_INVALID_URL|invalid url/i;

const attempts = 4;
/** Milliseconds before the second try, doubled each time; and the most that is waited, whatever a server asks for. */
const pause = { first: 500, longest: 10_000 };

/**
 * An http port that tries again when the network fails or the server is out of order for the moment: up to four times,
 * waiting longer each time, or as long as `Retry-After` says. A body that breaks off is the caller's: only it knows
 * what it has already. The last answer or failure comes out as it is.
 */
export function retrying(http: HttpPort, sleep: (milliseconds: number) => Promise<unknown> = wait): HttpPort {
  return {
    async get(url, headers) {
      for (let attempt = 1; ; attempt += 1) {
        const tried = await http.get(url, headers).then((response) => ({ response }), (error: unknown) => ({ error }));
        const again = attempt < attempts && ('error' in tried ? !lasting.test(textOf(tried.error)) : passing.includes(tried.response.status));
        if (!again) {
          if ('error' in tried) throw tried.error;
          return tried.response;
        }
        const asked = 'response' in tried ? retryAfter(tried.response) : undefined;
        if ('response' in tried) tried.response.discard();
        // Not all clients that a server turned away come back at the same moment.
        await sleep(Math.min(asked ?? pause.first * 2 ** (attempt - 1) * (0.5 + Math.random()), pause.longest));
      }
    },
  };
}

/** Milliseconds; the header has seconds or a date. */
function retryAfter(response: HttpResponse): number | undefined {
  const text = response.header('retry-after');
  if (text === undefined) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** Message and code of an error and of what caused it. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 8; at = at.cause) texts.push(at.message, String((at as NodeJS.ErrnoException).code));
  return texts.join(' ');
}
