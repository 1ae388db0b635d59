/**
 * One compile: what the orchestrator asks of a worker process, and what it answers. A worker per target keeps the
 * bundler's memory out of the orchestrator and uses all cores.
 */
import { z } from 'zod';
import { targetIds, type TargetId } from '@slipway/core';
import { bundledPackageSchema } from './package-schema.ts';

const resources = z.object({
  icon: z.string().optional(),
  fileVersion: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  productName: z.string(),
  productVersion: z.string(),
  description: z.string(),
  company: z.string().optional(),
  copyright: z.string().optional(),
  originalFilename: z.string(),
  internalName: z.string(),
});

/** What a program with an update address gets: two modules as text, each complete in itself, and who it is. */
const injected = z.object({
  /** Exports `begin(descriptor)`, the guard, and `isOwnCommand(descriptor)`. */
  guard: z.string(),
  /** Exports `run(descriptor, args)`, the end user's commands; resolves to the exit code. */
  self: z.string(),
  descriptor: z.object({
    product: z.string(),
    version: z.string(),
    target: z.enum(targetIds as [TargetId, ...TargetId[]]),
    names: z.array(z.string()),
    url: z.string(),
    channel: z.string(),
    root: z.string(),
    topLevel: z.boolean(),
    dataVersion: z.number(),
  }),
});

export const compileJobSchema = z.object({
  root: z.string(),
  entries: z.array(z.object({ name: z.string(), source: z.string() })).min(1),
  target: z.enum(targetIds as [TargetId, ...TargetId[]]),
  /** The hardened Bun executable of the target, and its SHA-256. */
  base: z.object({ path: z.string(), sha256: z.string() }),
  /** The id of the process that asks, and a private folder for the worker's files. */
  run: z.number().int().positive(),
  work: z.string(),
  /** The key of a file that is still in place: same key, nothing to do. */
  presentKey: z.string().optional(),
  bytecode: z.boolean(),
  minify: z.boolean(),
  external: z.array(z.string()),
  define: z.record(z.string(), z.string()),
  /** The publisher's signing command: it decides bytes, too. */
  sign: z.array(z.string()).optional(),
  resources: resources.optional(),
  injected: injected.optional(),
});

export type CompileJob = z.infer<typeof compileJobSchema>;

/** What was bundled; told also where nothing had to be compiled. */
const packages = z.array(bundledPackageSchema).readonly();

export const compileAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unchanged'), key: z.string(), packages }),
  /** `path` lies in the job's work folder. */
  z.object({ kind: z.literal('compiled'), key: z.string(), path: z.string(), packages }),
  z.object({ kind: z.literal('failed'), code: z.enum(['COMPILE_FAILED', 'CONFIG_INVALID', 'BASE_CHECK_FAILED', 'BUILD_PATH_LEAKED', 'IO_FAILED', 'DISK_FULL', 'DIST_UNWRITABLE', 'INTERNAL']), message: z.string(), hint: z.string().optional() }),
]);

export type CompileAnswer = z.infer<typeof compileAnswerSchema>;
