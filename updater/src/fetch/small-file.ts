/** Files that fit into memory: metadata and records. Bounded in bytes, time and attempts. */
import { SlipwayError, type HttpResponse } from '@slipway/core';
import { beginning, refused, refusePage, request, shown, unreachable, type RequestPorts } from './request.ts';

/** Milliseconds for one file, however steadily it trickles; that nothing comes at all is the http port's to notice. */
const patience = 120_000;
/** An answer that breaks off is asked for again this often in all. */
const attempts = 3;

export interface SmallFile {
  readonly url: string;
  readonly bytes: Uint8Array;
  /** Content type as the server says; empty when it says none. */
  readonly type: string;
}

/** A whole file of at most `limit` bytes; undefined when the server has none there (403 and 404: TUF 5.3.3). */
export async function downloadSmall(ports: RequestPorts, url: string, limit: number): Promise<SmallFile | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await request(ports, url);
    if (response.status !== 200) {
      response.discard();
      if ([403, 404].includes(response.status)) return undefined;
      throw refused(url, response.status);
    }
    try {
      const bytes = await readAll(ports, url, response, limit);
      return { url, bytes, type: response.header('content-type') ?? '' };
    } catch (error) {
      if (error instanceof SlipwayError) throw error;
      if (attempt === attempts) throw unreachable(url, error);
    } finally {
      response.discard();
    }
  }
}

async function readAll(ports: RequestPorts, url: string, response: HttpResponse, limit: number): Promise<Uint8Array> {
  const started = ports.clock.now();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    if (size === 0) refusePage(url, response, chunk);
    size += chunk.length;
    if (size > limit) {
      throw new SlipwayError('SERVER_ANSWER_INVALID', `${shown(url)} is larger than the ${limit} bytes it may have`);
    }
    if (ports.clock.now() - started > patience) {
      throw new SlipwayError('SERVER_UNREACHABLE', `${shown(url)} took longer than ${patience / 1000} s, after ${size} bytes`);
    }
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The object in a JSON file; throws SERVER_ANSWER_INVALID that says what came instead. */
export function parseJson(file: SmallFile): Readonly<Record<string, unknown>> {
  const text = decode(file.bytes);
  if (text === undefined || !/^\s*\{/.test(text)) {
    const kind = file.type === '' ? 'something else' : file.type;
    throw new SlipwayError('SERVER_ANSWER_INVALID', `${shown(file.url)} should be update data, but is ${kind}, ${file.bytes.length} bytes, beginning with ${beginning(file.bytes)}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SlipwayError('SERVER_ANSWER_INVALID', `${shown(file.url)} is cut off or damaged: ${file.bytes.length} bytes that are not whole JSON`, { cause: error });
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
