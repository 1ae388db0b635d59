/**
 * Run a program to its end and say what it cost.
 */
import { readFileSync } from 'node:fs';

export interface ChildOptions {
  readonly cwd?: string;
  /** Variables beside our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface ChildResult {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds of CPU, user and system, of the program and of every descendant that was waited for (getrusage). */
  readonly cpu: number;
  /** Largest resident set of the program alone, in bytes: VmHWM of proc(5), sampled until it ends. */
  readonly peak: number;
}

/** Milliseconds between two looks at the memory; the high-water mark never falls, so only the last ones count. */
const samplePeriod = 10;

/** Never throws for an exit code. */
export async function runChild(command: readonly string[], { cwd, env, input }: ChildOptions = {}): Promise<ChildResult> {
  const child = Bun.spawn([...command], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdin: input === undefined ? 'ignore' : Buffer.from(input),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const end = (): void => child.kill('SIGTERM');
  process.prependListener('exit', end); // before the scratch folder goes: an interrupted bench leaves nothing running
  const outputs = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = residentPeak(child.pid) ?? peak;
    await Bun.sleep(samplePeriod);
  }
  process.off('exit', end);
  const [stdout, stderr] = await outputs;
  const cpu = Number(child.resourceUsage()?.cpuTime.total ?? 0n) / 1e6;
  return { code: child.exitCode ?? undefined, stdout, stderr, cpu, peak };
}

/** The same, for a program that has to succeed. */
export async function mustRun(command: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const result = await runChild(command, options);
  if (result.code !== 0) throw new Error(`${command.join(' ')} ended with ${result.code}:\n${result.stdout.slice(-2000)}${result.stderr.slice(-2000)}`);
  return result;
}

/** Undefined when it has just ended: a dead process has no memory. */
function residentPeak(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
