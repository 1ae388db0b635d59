import { SlipwayError } from './error.ts';

/**
 * A failure of the file system as one of ours, with the path in it. Anything that is one already passes through.
 * `doing` completes the sentence "cannot …".
 */
export function ioError(error: unknown, doing: string): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  const details = { cause: error };
  const message = `cannot ${doing}: ${error instanceof Error ? error.message : String(error)}`;
  switch (code) {
    case undefined:
      return new SlipwayError('INTERNAL', message, details); // not the machine's fault
    case 'ENOSPC':
    case 'EDQUOT':
      return new SlipwayError('DISK_FULL', message, details);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return doing.startsWith('read ') ? new SlipwayError('IO_FAILED', message, { ...details, hint: 'Give read permission there.' }) : new SlipwayError('DIST_UNWRITABLE', message, details);
    default:
      return new SlipwayError('IO_FAILED', message, details);
  }
}
