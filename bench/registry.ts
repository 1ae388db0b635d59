/**
 * An npm registry on this machine that serves the packages of the runtimes: cold runs fetch them as from any other
 * registry, without loading that one, and without the price of TLS.
 */
import { join } from 'node:path';
import { runtimePackages } from './places.ts';

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

export function serveRuntimes(): Registry {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      // @oven/bun-linux-x64/-/bun-linux-x64-1.4.5.tgz, which `npm pack` called oven-bun-linux-x64-1.4.5.tgz.
      const name = /^\/@oven\/[^/]+\/-\/([\w.-]+\.tgz)$/.exec(new URL(request.url).pathname)?.[1];
      return name === undefined ? new Response('not here', { status: 404 }) : new Response(Bun.file(join(runtimePackages, `oven-${name}`)));
    },
  });
  return { url: server.url.href, close: () => server.stop(true) };
}
