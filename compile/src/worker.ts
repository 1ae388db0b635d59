/**
 * The door for worker processes. Apart from the package's main door because it runs on Bun only.
 */
export { compileJobSchema, type CompileJob } from './bun/job.ts';
export { runCompileJob } from './bun/worker.ts';
