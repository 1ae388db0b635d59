import type { HttpPort } from '@slipway/core';

/** HTTP through the runtime's own fetch, which honours the proxy variables. */
export const httpPort: HttpPort = {
  async get(url, headers = {}) {
    const response = await fetch(url, { headers: { ...headers }, redirect: 'follow' });
    return { status: response.status, body: (response.body ?? new ReadableStream()) as unknown as AsyncIterable<Uint8Array> };
  },
};
