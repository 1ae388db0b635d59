import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { version } from '../version.ts';

/** One line a log entry, for whatever collects the service's output. */
function log(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
}

/** Serve until a signal asks to end; resolves to the exit code. */
export async function serve(args: readonly string[], usage: string): Promise<number> {
  const port = parsePort(args);
  if (port === undefined) {
    process.stderr.write(`slipwayd: cannot read ${JSON.stringify(args.join(' '))} [USAGE]\n${usage}\n`);
    return 2;
  }
  const started = Date.now();
  const server = createServer((request, response) => {
    const healthy = request.url === '/healthz' && (request.method === 'GET' || request.method === 'HEAD');
    response.writeHead(healthy ? 200 : 404, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(healthy && request.method === 'GET' ? `${JSON.stringify({ status: 'ok', version, uptime: Math.floor((Date.now() - started) / 1000) })}\n` : undefined);
  });
  const ended = Promise.race([once(process, 'SIGTERM').then(() => 'SIGTERM'), once(process, 'SIGINT').then(() => 'SIGINT')]);
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    log('failed', { reason: error instanceof Error ? error.message : String(error) });
    return 74;
  }
  log('started', { version, pid: process.pid, port: (server.address() as AddressInfo).port });
  const signal = await ended;
  server.close();
  server.closeAllConnections();
  log('stopped', { signal });
  return 0;
}

function parsePort(args: readonly string[]): number | undefined {
  if (args.length === 0) return 0;
  const [name, value, ...rest] = args.length === 1 ? (args[0] ?? '').split('=') : args;
  const port = Number(value);
  return name === '--port' && rest.length === 0 && /^\d{1,5}$/.test(value ?? '') && port <= 65_535 ? port : undefined;
}
