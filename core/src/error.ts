/**
 * The one error class. A code names the kind of failure for scripts, the message says what failed with the values,
 * the hint says what to do next. Each code has an exit code here and a section in docs/errors.md.
 */

/** Exit codes, after sysexits where one fits: 1 a check failed, 2 wrong usage, 65 bad data, 74 I/O, 130 interrupted. */
const exitCodes = {
  USAGE: 2,
  CONFIG_INVALID: 2,
  CONFIG_NOT_FOUND: 2,
  CONFIG_EXISTS: 2,
  TARGET_UNKNOWN: 2,
  WRAPPER_UNKNOWN: 2,
  ENTRY_MISSING: 2,
  NAME_INVALID: 2,
  NAME_TAKEN: 2,
  PATH_OUTSIDE: 2,
  VERSION_INVALID: 2,
  VERSION_NOT_EXPRESSIBLE: 2,
  FILE_MISSING: 2,
  BASE_DOWNLOAD_FAILED: 69,
  BASE_CHECK_FAILED: 65,
  COMPILE_FAILED: 65,
  BUILD_PATH_LEAKED: 65,
  HOOK_FAILED: 65,
  INSPECT_MALFORMED: 65,
  INSPECT_MISMATCH: 65,
  SMOKE_FAILED: 65,
  PACKAGE_MALFORMED: 65,
  PLAN_CONFLICT: 70,
  VERIFY_FAILED: 1,
  DIST_NOT_FOUND: 2,
  DIST_UNWRITABLE: 74,
  DISK_FULL: 74,
  IO_FAILED: 74,
  OWNER_INVALID: 65,
  INTERRUPTED: 130,
  INTERNAL: 70,
} as const;

export type ErrorCode = keyof typeof exitCodes;

/** Every code, for the completeness test of docs/errors.md. */
export const errorCodes: readonly ErrorCode[] = Object.keys(exitCodes) as ErrorCode[];

export interface ErrorDetails {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class SlipwayError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SlipwayError';
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }

  /** The process exit code for this failure. */
  get exitCode(): number {
    return exitCodes[this.code];
  }
}
