import type { HttpPort, HttpResponse } from '@slipway/core';

/** HTTP through the runtime's own fetch, which honours the proxy variables. */
export const httpPort: HttpPort = httpWith(60_000);

/** The same with another patience: milliseconds without a byte after which a server counts as gone. */
export function httpWith(patience: number): HttpPort {
  return { get: (url, headers = {}) => get(patience, url, headers) };
}

async function get(patience: number, url: string, headers: Readonly<Record<string, string>>): Promise<HttpResponse> {
  const abort = new AbortController();
  const stalled = (): void => abort.abort(new Error(`the server sent nothing for ${patience / 1000} s`));
  let timer = setTimeout(stalled, patience);
  try {
    const response = await fetch(url, { headers: { ...headers }, redirect: 'follow', signal: abort.signal });
    return { status: response.status, body: body(response), header: (name) => response.headers.get(name) ?? undefined, discard };
  } catch (error) {
    clearTimeout(timer);
    throw abort.signal.aborted ? abort.signal.reason : error;
  }

  function discard(): void {
    clearTimeout(timer);
    abort.abort();
  }

  async function* body(response: Response): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(stalled, patience);
        yield chunk;
      }
    } catch (error) {
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
