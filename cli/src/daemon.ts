/**
 * `slipwayd`: the background service. It says its version, answers a health check on loopback, logs one JSON line per
 * event, and ends on SIGTERM or SIGINT. Its further duties grow here.
 */
import { version } from './version.ts';

const usage = `Usage: slipwayd [--version] [--help] [--port N]

  --port N   answer GET /healthz on 127.0.0.1:N (default: a free port, which is logged)
`;

const args = process.argv.slice(2);
if (args.includes('--version') || args.includes('-v')) {
  process.stdout.write(`${version}\n`);
} else if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  const { serve } = await import('./daemon/serve.ts');
  process.exitCode = await serve(args, usage);
}
