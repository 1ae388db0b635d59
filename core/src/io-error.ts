import { SlipwayError } from './error.ts';

/**
 * A failure of the file system as one of ours, with the path in it. Anything that is one already passes through.
 * `doing` completes the sentence "cannot …".
 */
export function ioError(error: unknown, doing: string): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  const message = `cannot ${doing}: ${error instanceof Error ? error.message : String(error)}`;
  if (code === undefined) return new SlipwayError('INTERNAL', message, { cause: error }); // not the machine's fault
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SlipwayError('DISK_FULL', message, { hint: 'Free some space and run the command again; what is finished is reused.', cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SlipwayError('DIST_UNWRITABLE', message, { hint: 'Give write permission there, or choose another folder with --out.', cause: error });
    default:
      return new SlipwayError('IO_FAILED', message, { cause: error });
  }
}
