/**
 * The hidden `__compile` command: one job as JSON on standard input, one answer as the last line of standard output.
 */
import { rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileJobSchema, runCompileJob, type CompileJob } from '@slipway/compile/worker';

export async function answerCompileJob(): Promise<void> {
  const job = compileJobSchema.parse(JSON.parse(await text(process.stdin)));
  const watch = setInterval(() => endWithRun(job), 100);
  const answer = await runCompileJob(job);
  clearInterval(watch);
  endWithRun(job);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/**
 * A run that is killed cannot end its workers, and the next one may sweep its folder while we still write there: when
 * nobody waits for us, we leave nothing.
 */
function endWithRun({ run, work }: CompileJob): void {
  if (isRunning(run)) return;
  rmSync(work, { recursive: true, force: true });
  try {
    rmdirSync(dirname(work));
  } catch {
    // Another worker's files are in it, or it is gone.
  }
  process.exit(1);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
