/** `slipway serve`: a static host for development. */
import { resolve } from 'node:path';
import { SlipwayError } from '@slipway/core';
import { serveFolder } from '@slipway/release';

export interface ServeArguments {
  readonly dir: string;
  readonly port: number;
  readonly host: string;
  readonly json: boolean;
}

/** Until it is interrupted, which is how it ends well. */
export async function serve({ dir, port, host, json }: ServeArguments): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new SlipwayError('USAGE', `--port ${port} is no port`, { hint: 'Give a number from 0 to 65535; 0 takes any that is free.' });
  const line = (value: object, text: string): void => void process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
  const interrupted = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.removeAllListeners(signal); // elsewhere an interrupt is a failure; here it is the end of the work
      process.once(signal, () => done());
    }
  });
  const served = await serveFolder(resolve(dir), {
    host,
    port,
    onRequest: ({ method, path, status }) => line({ event: 'request', method, path, status }, `${status} ${method} ${path}\n`),
  });
  line({ event: 'listening', url: served.url }, `Serving ${dir} at ${served.url}, until Ctrl-C\n`);
  await interrupted;
  await served.close();
  return 0;
}
