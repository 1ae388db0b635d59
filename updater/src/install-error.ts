import { SlipwayError } from '@slipway/core';

/**
 * A failure of the file system below an installation's root, in words for the program's user. Anything that is one of
 * ours already passes through. `doing` completes the sentence "cannot …".
 */
export function installError(error: unknown, doing: string): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const details = { cause: error };
  const message = `cannot ${doing}: ${error instanceof Error ? error.message : String(error)}`;
  switch (codeOf(error)) {
    case undefined:
      return new SlipwayError('INTERNAL', message, details); // not the machine's fault
    case 'ENOSPC':
    case 'EDQUOT':
      return new SlipwayError('DISK_FULL', message, { ...details, hint: 'Free some space and try again; what is downloaded is kept.' });
    case 'EACCES':
    case 'EPERM':
      return new SlipwayError('INSTALL_UNWRITABLE', message, details);
    case 'EROFS':
      return new SlipwayError('INSTALL_UNWRITABLE', message, { ...details, hint: 'The file system is read-only: mount it writable, or install the program elsewhere.' });
    default:
      return new SlipwayError('IO_FAILED', message, details);
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
