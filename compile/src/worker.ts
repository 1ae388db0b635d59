/**
 * The door for worker processes. Apart from the package's main door because it runs on Bun only.
 */
export { compileJobSchema } from './bun/job.ts';
export { runCompileJob } from './bun/worker.ts';
