/**
 * The seams to the outside, each with only the methods used. Passed first to the functions that need them; no
 * container, no singletons. `platform` implements them, tests fake them.
 */

/** Run other programs. */
export interface ProcessPort {
  /** Run to the end. Never throws for an exit code; throws IO_FAILED when the program cannot be started. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Variables added to the scrubbed environment (PATH, HOME, LANG, temp and proxy variables). */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Milliseconds; the child and its descendants are killed after it. */
  readonly timeout?: number;
}

export interface RunResult {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Fetch over HTTP(S). */
export interface HttpPort {
  /** Follows redirects; throws on a network failure, never on a status. */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<HttpResponse>;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** For who does not want the body. */
  discard(): void;
}

/** Size in bytes and SHA-256 in lower-case hex of a file. */
export interface Described {
  readonly size: number;
  readonly sha256: string;
}

/** What earlier runs wrote and from which inputs, so that what did not change is not made again. */
export interface Stamps {
  /** The key an untouched file was made from. */
  keyOf(path: string): string | undefined;
  /** What the file at this absolute path is, if it was made from this key and is untouched. */
  reuse(path: string, key: string): Described | undefined;
  record(path: string, key: string, described: Described): void;
}
