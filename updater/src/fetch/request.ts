/** One request to the update server, and what to say when it goes wrong. */
import { SlipwayError, type HttpResponse, type UpdaterPorts } from '@slipway/core';

export type RequestPorts = Pick<UpdaterPorts, 'http' | 'clock'>;

/** Ask for exactly the stored bytes: what is compressed on the way has another length and another hash. */
export async function request(ports: RequestPorts, url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpResponse> {
  try {
    return await ports.http.get(url, { 'accept-encoding': 'identity', ...headers });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** The network failed, before an answer or in the middle of one. */
export function unreachable(url: string, error: unknown): SlipwayError {
  const reason = reasonOf(error);
  const details = /certificate|CERT_|self.signed|issuer/i.test(reason)
    ? { cause: error, hint: 'If this network has a certificate authority of its own, name its file in NODE_EXTRA_CA_CERTS; also check this computer\'s clock.' }
    : { cause: error };
  return new SlipwayError('SERVER_UNREACHABLE', `cannot reach ${shown(url)}: ${reason}`, details);
}

/** An answer with a status that is neither success nor one the caller knows what to do with. */
export function refused(url: string, status: number): SlipwayError {
  const message = `${shown(url)} was answered with status ${status}`;
  if (status === 407) return new SlipwayError('SERVER_UNREACHABLE', message, { hint: 'The proxy wants a user name and password: put them into HTTPS_PROXY.' });
  return new SlipwayError(status >= 500 || [408, 425, 429].includes(status) ? 'SERVER_UNREACHABLE' : 'SERVER_ANSWER_INVALID', message);
}

/** The message, with the codes of what lies below it (fetch says no more than "fetch failed" itself). */
function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (let at = error; at instanceof Error && reasons.length < 4; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    reasons.push(code === '' || at.message.includes(code) ? at.message : `${at.message} (${code})`);
  }
  return reasons.length === 0 ? String(error) : reasons.join(': ');
}

/** An address without what may be secret in it: user, password, query. */
export function shown(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/, '');
}

/** Throws SERVER_ANSWER_INVALID for a page meant for people, such as a sign-in page, at the first bytes of it. */
export function refusePage(url: string, response: HttpResponse, first: Uint8Array): void {
  const type = response.header('content-type') ?? '';
  if (!/^(text\/html|application\/xhtml)/i.test(type)) return;
  throw new SlipwayError('SERVER_ANSWER_INVALID', `${shown(url)} should be update data, but is ${type}, beginning with ${beginning(first)}`);
}

/** The start of an answer, for a message. */
export function beginning(bytes: Uint8Array): string {
  const text = [...bytes.subarray(0, 48)].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ' ')).join('');
  return JSON.stringify(text.replace(/\s+/g, ' ').trim());
}
