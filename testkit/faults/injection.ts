/**
 * Failing system calls, through strace: first a run that only lists the calls of the program's main thread that touch
 * its folders, then one run for each of them in which that call fails or the process is killed at it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Ran, type StartOptions } from './program.ts';
import type { Project } from './project.ts';

type Choices = Pick<StartOptions, 'env' | 'program'>;

/** One call, told from the others by how many of its kind the thread has made. */
export interface Call {
  readonly name: string;
  readonly ordinal: number;
  /** What the call was, for the transcript. */
  readonly text: string;
}

/** `error=ENOSPC`, `signal=KILL`. */
export type Fault = `error=${string}` | `signal=${string}`;

/** Calls that change files, or open them. Reading and closing fail elsewhere than in a file system only. */
export const watched = ['openat', 'write', 'pwrite64', 'fsync', 'ftruncate', 'mkdir', 'rename', 'link', 'symlink', 'unlink', 'unlinkat', 'rmdir', 'chmod', 'fchmod'] as const;

export function requireStrace(): void {
  if (spawnSync('strace', ['--version']).error !== undefined) throw new Error('these tests inject faults with strace (Debian: strace), and need leave to trace');
}

/** Run undisturbed and list the calls that name, or have a descriptor of, something below `folders`. */
export async function listCalls(project: Project, args: readonly string[], folders: readonly string[], choices: Choices = {}): Promise<readonly Call[]> {
  const log = join(project.folder, 'strace.log');
  // Without -f: only the main thread, whose calls come in the same order each time, and which does all the writing.
  const ran = await run(project, args, { under: ['strace', '-qq', '-y', '-s', '16', '-o', log, '-e', `trace=${watched.join(',')}`], ...choices });
  if (ran.code !== 0) throw new Error('an undisturbed run under strace failed');
  return callsIn(readFileSync(log, 'utf8')).filter(({ text }) => folders.some((folder) => text.includes(folder)) && !isReadOnly(text));
}

/** Run with one fault; `hit` says whether it met a call on the same kind of file. */
export async function runWithFault(project: Project, args: readonly string[], call: Call, fault: Fault, choices: Choices = {}): Promise<{ readonly ran: Ran; readonly hit: string | undefined }> {
  const log = join(project.folder, 'strace.log');
  const inject = `inject=${call.name}:${fault}:when=${call.ordinal}`;
  const ran = await run(project, args, { under: ['strace', '-qq', '-y', '-s', '16', '-o', log, '-e', `trace=${call.name}`, '-e', inject], patience: 60_000, ...choices });
  const calls = callsIn(readFileSync(log, 'utf8'));
  return { ran, hit: fault.startsWith('signal') ? calls.at(-1)?.text : calls.find(({ text }) => text.includes('(INJECTED)'))?.text };
}

function callsIn(log: string): readonly Call[] {
  const counts = new Map<string, number>();
  return log.split('\n').flatMap((text) => {
    const name = /^(\w+)\(/.exec(text)?.[1];
    if (name === undefined) return [];
    const ordinal = (counts.get(name) ?? 0) + 1;
    counts.set(name, ordinal);
    return [{ name, ordinal, text }];
  });
}

function isReadOnly(text: string): boolean {
  return text.startsWith('openat(') && text.includes('O_RDONLY');
}
