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
  /** A header's value by lower-case name. */
  header(name: string): string | undefined;
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

/**
 * Files, as the updater needs them: synchronous, because a program's guard runs before anything else may, and with
 * `sync` and `rename` explicit, because durability is the algorithm. Methods throw the system's own error (an Error
 * with `code`, for example ENOSPC) unless their comment says otherwise.
 */
export interface FsPort {
  /** The whole file; undefined when there is none. Throws EFBIG beyond `limit` bytes. */
  read(path: string, limit: number): Uint8Array | undefined;
  /** Names in a folder, sorted; none when there is no such folder. */
  list(folder: string): readonly string[];
  /** What is at the path, a symbolic link not followed; undefined when nothing is. */
  stat(path: string): FileStat | undefined;
  /** Where a symbolic link points; undefined when there is none. */
  readLink(path: string): string | undefined;
  /** A new file with exactly this mode, whatever the umask; EEXIST when there is something. */
  create(path: string, mode: number): OpenFile;
  /** A file that is there. */
  open(path: string, access: 'read' | 'write'): OpenFile;
  /** A new folder with exactly this mode; EEXIST when there is something. */
  makeFolder(path: string, mode: number): void;
  /** A second name of the same file. */
  link(path: string, name: string): void;
  symlink(to: string, path: string): void;
  /** Atomic; replaces a file or symbolic link. */
  rename(from: string, to: string): void;
  /** Remove a file or symbolic link. */
  unlink(path: string): void;
  /** Remove an empty folder. */
  removeFolder(path: string): void;
  /** Make the names in a folder durable. */
  syncFolder(path: string): void;
  /** Bytes free to us on the file system of a folder. */
  space(folder: string): number;
}

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly mode: number;
  /** Owner's numeric id; 0 where there is none. */
  readonly uid: number;
}

export interface OpenFile {
  size(): number;
  /** Fill `into` from `position`; the number of bytes read, fewer only at the end. */
  read(into: Uint8Array, position: number): number;
  /** All of `bytes` at `position`. */
  write(bytes: Uint8Array, position: number): void;
  truncate(size: number): void;
  /** Make its bytes durable. */
  sync(): void;
  /** Throws what a delayed write failed with. */
  close(): void;
}

export interface ClockPort {
  /** Milliseconds since 1970, as this machine believes. */
  now(): number;
}

export interface RandomPort {
  bytes(count: number): Uint8Array;
}

export interface CryptoPort {
  sha256(): Hasher;
}

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  digest(): string;
}

export interface CodecPort {
  /** Inflate a gzip file; throws on anything else. Ends early when `limit` bytes are exceeded, with an error. */
  gunzip(bytes: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array>;
}

/** A process, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** What no other process of that number has: on Linux the boot's id and the start's tick. */
  readonly started: string;
}

/** This process and others. */
export interface ProcessesPort {
  self(): ProcessIdentity;
  isAlive(process: ProcessIdentity): boolean;
  /** Effective user id; undefined where there is none. */
  uid(): number | undefined;
  /** Processes whose executable lies in the folder: the shared lease each holds on its version. */
  runningFrom(folder: string): readonly number[];
  /** Become another program. Returns only by throwing. `argv[0]` is the name it sees itself called by. */
  become(executable: string, argv: readonly string[], environment: Readonly<Record<string, string>>): never;
}

export interface LockPort {
  /** Take the lock that this file stands for, or undefined when another process has it. SIGKILL releases it. */
  tryLock(path: string): HeldLock | undefined;
}

export interface HeldLock {
  release(): void;
}

/** Everything the updater touches. */
export interface UpdaterPorts {
  readonly fs: FsPort;
  readonly http: HttpPort;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly crypto: CryptoPort;
  readonly codec: CodecPort;
  readonly process: ProcessPort;
  readonly processes: ProcessesPort;
  readonly lock: LockPort;
}
