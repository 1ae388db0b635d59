/** Ask a staged version who it is, before anything depends on it: whether it can start at all on this machine. */
import { SlipwayError, type FsPort, type ProcessPort, type RandomPort, type ReleaseRecord, type RunResult } from '@slipway/core';
import { probeVariable } from './guard/probe-answer.ts';
import { versionFolder, type Layout } from './layout.ts';
import { parseObject } from './state/state.ts';
import { randomHex } from './state/temporary-name.ts';

export interface ProbePorts {
  readonly fs: Pick<FsPort, 'stat'>;
  readonly process: ProcessPort;
  readonly random: RandomPort;
}

export type Probed =
  | { readonly kind: 'passed' }
  /** The version cannot be used here; `reason` completes "version 1.2.0 was not taken: it …". */
  | { readonly kind: 'failed'; readonly cause: 'exit' | 'signal' | 'library' | 'timeout' | 'answer' | 'start'; readonly reason: string };

/** Milliseconds; it prints one line. */
const timeLimit = 30_000;

/**
 * Start `versions/<version>/<name>` with a nonce that it must repeat together with its own product, version and target.
 * Throws INSTALL_NOEXEC, or IO_FAILED, when it is this machine that stands in the way.
 */
export async function probe(ports: ProbePorts, layout: Layout, { product, version, target }: ReleaseRecord, name: string): Promise<Probed> {
  const executable = `${versionFolder(layout, version)}/${name}`;
  const nonce = randomHex(ports.random, 16);
  let result: RunResult;
  try {
    result = await ports.process.run(executable, [], { cwd: layout.root, env: { [probeVariable]: nonce }, timeout: timeLimit });
  } catch (error) {
    return startFailure(ports, executable, error);
  }
  return judge(result, { probe: nonce, product, version, target });
}

function startFailure({ fs }: ProbePorts, executable: string, error: unknown): Probed {
  const code = systemCode(error);
  if (code === 'EACCES' && ((fs.stat(executable)?.mode ?? 0) & 0o111) !== 0) {
    throw new SlipwayError('INSTALL_NOEXEC', `${executable} may not be started where it lies`, { cause: error });
  }
  if (code === 'ENOEXEC') return failed('start', 'is no program for this machine');
  if (code === 'ENOENT') return failed('start', fs.stat(executable) === undefined ? `has no ${executable.slice(executable.lastIndexOf('/') + 1)}` : 'needs a loader that is not on this machine');
  throw error;
}

/** The system's own code, however deep the process port keeps it. */
function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const { code, cause } = at as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && /^E(?!RR_)[A-Z0-9]+$/.test(code)) return code;
    at = cause;
  }
  return undefined;
}

function judge(result: RunResult, expected: Readonly<Record<string, string>>): Probed {
  const { code, signal, stdout, stderr, timedOut } = result;
  if (timedOut) return failed('timeout', `did not answer within ${timeLimit / 1000} seconds`);
  const library = missingLibrary(stderr);
  if (library !== undefined && code !== 0) return failed('library', `needs ${library}, which is not on this machine`);
  if (signal !== undefined) return failed('signal', `was ended by ${signal} when it was started`);
  if (code !== 0) return failed('exit', `ended with exit code ${code} when it was started${lastLine(stderr)}`);
  const answer = parseObject(stdout.slice(0, 4096)) ?? {};
  const wrong = Object.keys(expected).find((field) => answer[field] !== expected[field]);
  if (wrong === undefined) return { kind: 'passed' };
  return failed('answer', wrong === 'probe' ? 'did not answer when it was asked who it is' : `says that its ${wrong} is ${JSON.stringify(answer[wrong])} instead of ${JSON.stringify(expected[wrong])}`);
}

/** What the loaders of glibc, musl and macOS print. */
function missingLibrary(stderr: string): string | undefined {
  const [, glibc, musl, mac] = /(?:error while loading shared libraries: ([^\s:]+):|Error loading shared library ([^\s:]+):|Library not loaded: (\S+))/.exec(stderr) ?? [];
  return glibc ?? musl ?? mac;
}

function lastLine(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)}`;
}

function failed(cause: Extract<Probed, { kind: 'failed' }>['cause'], reason: string): Probed {
  return { kind: 'failed', cause, reason };
}
