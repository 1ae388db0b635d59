/**
 * A static host for development: ranges, conditional requests, content types. Files whose name holds their hash or
 * version never change and may be kept; `timestamp.json` and what people read must be asked for again.
 */
import { realpathSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import send from 'send';
import { ioError, SlipwayError } from '@slipway/core';

export interface ServeOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly onRequest?: (line: { readonly method: string; readonly path: string; readonly status: number }) => void;
}

export interface Served {
  /** With `/` at its end. */
  readonly url: string;
  /** Answer what was asked, take nothing new, and end. */
  close(): Promise<void>;
}

const immutable = /^\/(?:metadata\/\d+\.[a-z0-9-]+\.json|targets\/.+|records\/.+|payloads\/.+)$/;

/** Serve a folder over HTTP until it is closed. Throws FILE_MISSING, and IO_FAILED when the port cannot be had. */
export async function serveFolder(folder: string, { host, port, onRequest }: ServeOptions): Promise<Served> {
  const root = realFolder(folder);
  const server = createServer((request, response) => {
    response.on('finish', () => onRequest?.({ method: request.method ?? '', path: request.url ?? '', status: response.statusCode }));
    answer(root, request, response);
  });
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    }),
  };
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, { Allow: 'GET, HEAD' });
  const path = pathOf(request.url ?? '/');
  if (path === undefined || leaves(root, path)) return refuse(response, 404);
  const fresh = immutable.test(path);
  send(request, encodeURI(path), { root, dotfiles: 'ignore', index: false, maxAge: fresh ? '365d' : 0, immutable: fresh })
    .on('error', (error: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> }) => refuse(response, error.status ?? 500, error.headers ?? {}))
    .on('directory', () => refuse(response, 404))
    .on('headers', (answer: ServerResponse) => {
      const type = typeOf(path);
      if (type !== undefined) answer.setHeader('Content-Type', type);
      const named = /\/([0-9a-f]{64})(?:\.|$)/.exec(path)?.[1];
      if (named !== undefined) answer.setHeader('ETag', `"${named}"`); // strong, as If-Range asks (RFC 9110, section 13.1.5)
      answer.setHeader('X-Content-Type-Options', 'nosniff');
    })
    .pipe(response);
  return undefined;
}

/** The path asked for, decoded; undefined when it is none. */
function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split('?', 1)[0] ?? '');
    return path.startsWith('/') && !/[\0\\]/.test(path) && !path.split('/').includes('..') ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a symbolic link leads out of the folder. */
function leaves(root: string, path: string): boolean {
  try {
    const real = realpathSync(join(root, path));
    return real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep);
  } catch {
    return false; // not there: that is answered as such
  }
}

/** Payloads are bytes as they are: with an encoding, some clients would inflate them on the way. */
function typeOf(path: string): string | undefined {
  if (path.startsWith('/payloads/')) return 'application/octet-stream';
  if (path.endsWith('.install') || path.endsWith('.sha256')) return 'text/plain; charset=utf-8';
  if (path.endsWith('.sh')) return 'text/x-shellscript; charset=utf-8';
  return undefined;
}

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${status}\n`);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new SlipwayError('FILE_MISSING', `there is no folder ${folder}`) : ioError(error, `read ${folder}`);
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(ioError(error, `listen on ${host}:${port}`)));
    server.listen(port, host, () => resolve());
  });
}
