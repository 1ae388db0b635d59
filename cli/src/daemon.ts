/**
 * `slipwayd`: the background service. It says its version, answers a health check on loopback, logs one JSON line per
 * event, and ends on SIGTERM or SIGINT. Its further duties grow here.
 */
import { version } from './version.ts';

const usage = `Usage: slipwayd [--version] [--help] [--port N]

  --port N   answer GET /healthz on 127.0.0.1:N (default: a free port, which is logged)`;

const args = process.argv.slice(2);
if (args.includes('--version') || args.includes('-v')) {
  console.log(version); // opening process.stdout would cost half as much again as the whole start
} else if (args.includes('--help') || args.includes('-h')) {
  console.log(usage);
} else {
  const { serve } = await import('./daemon/serve.ts');
  process.exitCode = await serve(args, usage);
}
