/** One payload, resumed where an earlier run or a broken connection left it, and right to the last byte when it is there. */
import { SlipwayError, type HttpResponse } from '@slipway/core';
import type { Payload } from '../route/plan-routes.ts';
import { openPartial, type PartialFile, type PartialPorts } from './partial-file.ts';
import { refused, refusePage, request, shown, unreachable, type RequestPorts } from './request.ts';

export type FetchPorts = RequestPorts & PartialPorts;

/** Answers in a row that bring nothing new before the server is given up. */
const attempts = 4;
/** Milliseconds that a download may take, and for each byte (2 kB/s), however steadily it trickles. */
const patience = { base: 120_000, byte: 0.5 };

/**
 * Bring `folder/<sha256>` to be the payload, durably. `progress` is called with the bytes there are. Throws
 * PAYLOAD_INVALID (nothing is left), SERVER_UNREACHABLE (what came is left for the next time), SERVER_ANSWER_INVALID,
 * DISK_FULL, INSTALL_UNWRITABLE, IO_FAILED.
 */
export async function fetchPayload(ports: FetchPorts, url: string, folder: string, payload: Payload, progress: (size: number) => void): Promise<void> {
  const partial = openPartial(ports, folder, payload.sha256, payload.size);
  try {
    let resumed = partial.size > 0;
    await receiveAll(ports, url, partial, payload, progress);
    if (!partial.matches(payload.sha256)) {
      // What an earlier run left may be what is wrong.
      if (!resumed) throw wrong(url, `${payload.size} bytes came, but other ones than were signed`);
      resumed = false;
      partial.restart();
      await receiveAll(ports, url, partial, payload, progress);
      if (!partial.matches(payload.sha256)) throw wrong(url, `${payload.size} bytes came, but other ones than were signed`);
    }
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'PAYLOAD_INVALID') partial.remove();
    else partial.leave();
    throw error;
  }
  partial.finish();
}

async function receiveAll(ports: FetchPorts, url: string, partial: PartialFile, { size }: Payload, progress: (size: number) => void): Promise<void> {
  const deadline = ports.clock.now() + patience.base + size * patience.byte;
  let most = partial.size;
  progress(most);
  for (let idle = 0; partial.size < size;) {
    const broken = await receive(ports, url, partial, size, deadline, progress);
    idle = partial.size > most ? 0 : idle + 1;
    most = Math.max(most, partial.size);
    if (idle === attempts) throw broken === undefined ? wrong(url, `only ${most} of ${size} bytes are there`) : unreachable(url, broken);
  }
}

/** One answer, as far as it goes; the error with which the connection broke, if it did. */
async function receive(ports: FetchPorts, url: string, partial: PartialFile, size: number, deadline: number, progress: (size: number) => void): Promise<unknown> {
  const response = await request(ports, url, partial.size === 0 ? {} : { range: `bytes=${partial.size}-` });
  try {
    if (!accept(url, response, partial, size)) return undefined;
    await append(ports, url, response, partial, size, deadline, progress);
    return undefined;
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    return error;
  } finally {
    response.discard();
  }
}

/** Whether a body follows that belongs at the end of what there is. */
function accept(url: string, response: HttpResponse, partial: PartialFile, size: number): boolean {
  const { status } = response;
  if (status === 200) {
    if (partial.size > 0) partial.restart(); // a server without ranges
    return true;
  }
  if (status === 416) {
    partial.restart(); // it has no more than is there already: one of the two is wrong
    return false;
  }
  if (status !== 206 || partial.size === 0) throw refused(url, status);
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.header('content-range') ?? '') ?? [];
  if (Number(from) !== partial.size) throw new SlipwayError('SERVER_ANSWER_INVALID', `${shown(url)} was asked for from byte ${partial.size} on, and what came is ${response.header('content-range') ?? 'without a range'}`);
  if (total !== '*' && Number(total) !== size) throw wrong(url, `it has ${total} bytes instead of ${size}`);
  return true;
}

async function append(ports: FetchPorts, url: string, response: HttpResponse, partial: PartialFile, size: number, deadline: number, progress: (size: number) => void): Promise<void> {
  for await (const chunk of response.body) {
    if (partial.size === 0) refusePage(url, response, chunk);
    if (partial.size + chunk.length > size) throw wrong(url, `it is longer than its ${size} bytes`);
    if (ports.clock.now() > deadline) throw new SlipwayError('SERVER_UNREACHABLE', `${shown(url)} is too slow: ${partial.size} of ${size} bytes so far`);
    partial.append(chunk);
    progress(partial.size);
  }
}

function wrong(url: string, how: string): SlipwayError {
  return new SlipwayError('PAYLOAD_INVALID', `${shown(url)} is not what was signed: ${how}`);
}
