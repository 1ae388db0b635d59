/**
 * An npm registry on loopback that does what it is told.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Registry {
  /** For npm_config_registry. */
  readonly url: string;
  /** `GET /path` and the authorization header of each request, in order. */
  readonly requests: readonly { readonly path: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startRegistry(answer: Answer): Promise<Registry> {
  const requests: { path: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // a client that is killed resets its connection
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
  };
}

/** While `body` runs. */
export async function withRegistry(answer: Answer, body: (registry: Registry) => Promise<void>): Promise<void> {
  const registry = await startRegistry(answer);
  try {
    await body(registry);
  } finally {
    await registry.close();
  }
}

export const send = (bytes: Uint8Array, status = 200, type = 'application/octet-stream'): Answer => (_, response) => {
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
  response.end(bytes);
};

/** Promise the whole, send `part` of it, then do what `then` says. */
export const sendPart = (bytes: Uint8Array, part: number, then: (response: ServerResponse) => void): Answer => (_, response) => {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  response.write(bytes.subarray(0, part), () => then(response));
};
