/**
 * `slipway`. Only what a bare `--version` needs is loaded here: everything else is a module of its own that starts
 * when it is asked for.
 */
import { version } from './version.ts';

const [first, ...rest] = process.argv.slice(2);
if ((first === '--version' || first === '-v') && rest.length === 0) {
  console.log(version); // opening process.stdout would cost half as much again as the whole start
} else if (first === '__compile') {
  const { answerCompileJob } = await import('./compile-worker.ts');
  await answerCompileJob();
} else {
  const { runCli } = await import('./cli.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}
