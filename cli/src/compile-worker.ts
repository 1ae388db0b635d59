/**
 * The hidden `__compile` command: one job as JSON on standard input, one answer as the last line of standard output.
 */
import { text } from 'node:stream/consumers';
import { compileJobSchema, runCompileJob } from '@slipway/compile/worker';

export async function answerCompileJob(): Promise<void> {
  const job = compileJobSchema.parse(JSON.parse(await text(process.stdin)));
  process.stdout.write(`${JSON.stringify(await runCompileJob(job))}\n`);
}
