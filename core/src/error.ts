/**
 * The one error class. A code names the kind of failure for scripts, the message says what failed with the values,
 * the hint says what to do next. Each code has an exit code here and a section in docs/errors.md.
 */

/**
 * Every code with its exit code, after sysexits where one fits (1 a check failed, 2 wrong usage, 65 bad data, 74 I/O, 130
 * interrupted), and the hint for where nothing better is known.
 */
const codes = {
  USAGE: [2, 'Run `slipway --help`, or `slipway COMMAND --help`.'],
  CONFIG_INVALID: [2, 'Correct the file; docs/configuration.md describes every setting.'],
  CONFIG_NOT_FOUND: [2, 'Run `slipway init`, or give --config PATH.'],
  CONFIG_EXISTS: [2, 'Edit it, or give --force to replace it.'],
  TARGET_UNKNOWN: [2, 'See `slipway plan` for the targets there are.'],
  WRAPPER_UNKNOWN: [2, 'See `slipway plan` for the wrappers there are.'],
  ENTRY_MISSING: [2, 'Set `entries`, or `bin` in package.json, to files that exist.'],
  NAME_INVALID: [2, 'Choose another name, or set the one of that wrapper.'],
  NAME_TAKEN: [2, 'Rename one of them.'],
  PATH_OUTSIDE: [2, 'Copy the file into the project.'],
  VERSION_INVALID: [2, 'Write MAJOR.MINOR.PATCH, for example 1.4.0 or 1.4.0-beta.2.'],
  VERSION_NOT_EXPRESSIBLE: [2, 'Choose another version, or leave that wrapper out.'],
  FILE_MISSING: [2, 'Check the path.'],
  BASE_DOWNLOAD_FAILED: [69, 'Check the network, the proxy and npm\'s registry setting.'],
  BASE_CHECK_FAILED: [65, 'Run the command again; if it repeats, ask whoever runs the registry or mirror.'],
  COMPILE_FAILED: [65, 'Correct the program; if the compiler was killed, give it more memory or fewer --jobs.'],
  BUILD_PATH_LEAKED: [65, 'Let the module take its path from import.meta or __dirname.'],
  HOOK_FAILED: [65, 'Run the command of build.sign by hand.'],
  INSPECT_MALFORMED: [65, 'Build or fetch the file again.'],
  INSPECT_MISMATCH: [65, 'Give the executable that was built for this target.'],
  SMOKE_FAILED: [65, 'Start the executable by hand; build.smoke sets other arguments, or false.'],
  PACKAGE_MALFORMED: [65, 'Build the package again.'],
  PLAN_CONFLICT: [70, 'Change the name template of one of them.'],
  VERIFY_FAILED: [1, 'Build again; if it repeats, something changes files after they are written.'],
  DIST_NOT_FOUND: [2, 'Run `slipway dist` first, or name the folder that it wrote.'],
  DIST_UNWRITABLE: [74, 'Give write permission, or choose another folder with --out or SLIPWAY_CACHE_DIR.'],
  DISK_FULL: [74, 'Free some space and run the command again; what is finished is reused.'],
  IO_FAILED: [74, 'The message has the system\'s own words; something else may be in the place of a file or folder.'],
  SERVER_UNREACHABLE: [69, 'Check the network and its proxy settings, then try again.'],
  SERVER_ANSWER_INVALID: [65, 'A proxy or a sign-in page may be answering in place of the update server: try again from another network.'],
  TRUST_EXPIRED: [65, 'The publisher has to renew it: try again later, and tell the publisher if it stays.'],
  TRUST_REJECTED: [65, 'Try again later or from another network; if it repeats, tell the publisher.'],
  TRUST_ROLLED_BACK: [65, 'Try again later or from another network: something in between serves old data.'],
  CLOCK_WRONG: [78, 'Set the date and time of this computer, then try again.'],
  RECORD_INVALID: [65, 'Tell the publisher: what was signed does not hold.'],
  PAYLOAD_INVALID: [65, 'Try again later or from another network; if it repeats, tell the publisher.'],
  VERSION_NOT_OFFERED: [2, 'Leave the version out to get the newest one.'],
  VERSION_REVOKED: [2, 'Leave the version out to get the newest one.'],
  INSTALL_UNWRITABLE: [77, 'Run the command as the user who installed the program.'],
  OWNER_INVALID: [65, 'Install this copy again with the package manager it came from.'],
  NOT_INSTALLED: [2, 'Install the program with its own installer, or update it with the package manager it came from.'],
  STATE_DAMAGED: [65, 'Run the program\'s `doctor --repair`; what is installed is kept.'],
  STATE_NEWER: [65, 'Start the program itself: the newer version that wrote it is the one to update with.'],
  LOCKED: [75, 'Wait until the other one has ended, then run the command again.'],
  ROOT_NOT_OWNED: [77, 'Run the command as the user who installed the program, without `sudo`.'],
  ROOT_UNSAFE: [77, 'Take the write permission from others, or install the program elsewhere.'],
  INSTALL_NOEXEC: [78, 'Mount that file system without `noexec`, or install the program elsewhere.'],
  INSTALL_DAMAGED: [65, 'Run the program\'s `doctor --repair`.'],
  VERSION_CONFLICT: [65, 'Tell the publisher: a version was published twice with different contents.'],
  VERSION_NOT_INSTALLED: [2, 'Run `self versions` to see which ones are; `update --version` fetches others.'],
  NOTHING_TO_ROLL_BACK: [1, 'Run `update --version` to get another version.'],
  DATA_TOO_NEW: [65, 'Stay on the newer version, or install a newer one.'],
  KEYS_NOT_FOUND: [2, 'Run `slipway keys init`, or name the folder with --keys.'],
  KEYS_EXIST: [2, 'Keep them: programs that trust them could never be updated with others.'],
  KEY_MISSING: [2, 'Bring the key file to the folder, or name another folder with --keys.'],
  KEY_INVALID: [65, 'Restore the file from a copy.'],
  PASSPHRASE_MISSING: [2, 'Run it in a terminal, or set SLIPWAY_PASSPHRASE or --passphrase-fd.'],
  PASSPHRASE_WRONG: [2, 'Give the passphrase that the key was made with.'],
  ROOT_INVALID: [65, 'Restore slipway.root.json and the folder signed/ of the keys from a copy.'],
  CHANNEL_UNKNOWN: [2, 'See `slipway keys list` for the channels there are.'],
  VERSION_UNKNOWN: [2, 'See version-manifest.json of the repository for the versions there are.'],
  RELEASE_CONFLICT: [65, 'Release it under a new version.'],
  REPOSITORY_NOT_FOUND: [2, 'Name the folder of a repository with --to; `slipway release` makes one.'],
  REPOSITORY_FOREIGN: [65, 'Give --keys and --to that belong together.'],
  REPOSITORY_DAMAGED: [65, 'Restore the file from the published copy or a backup.'],
  REPOSITORY_BUSY: [75, 'Wait for it to end.'],
  METADATA_EXPIRED: [65, 'Run `slipway keys renew` where the root and targets keys are.'],
  PATCH_INVALID: [65, 'Fetch or make the patch again.'],
  PATCH_VERSION: [65, 'Update this program, or make the patch with the version that will read it.'],
  PATCH_WRONG_BASE: [65, 'Give the file that the patch was made from.'],
  PATCH_MISMATCH: [65, 'Run the command again; if it repeats, make the patch again.'],
  BLOCKS_INVALID: [65, 'Fetch or make the block index again.'],
  BLOCKS_VERSION: [65, 'Update this program, or make the blocks with the version that will read them.'],
  BLOCKS_MISMATCH: [65, 'Run the command again; if it repeats, take the full download.'],
  INTERRUPTED: [130, 'Run the command again; what is finished is reused.'],
  INTERNAL: [70, 'This is a bug in Slipway: report it with the output.'],
} as const;

export type ErrorCode = keyof typeof codes;

/** Every code, for the completeness test of docs/errors.md. */
export const errorCodes: readonly ErrorCode[] = Object.keys(codes) as ErrorCode[];

export interface ErrorDetails {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class SlipwayError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SlipwayError';
  readonly code: Code;
  readonly hint: string;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint ?? codes[code][1];
  }

  /** The process exit code for this failure. */
  get exitCode(): number {
    return codes[this.code][0];
  }
}
