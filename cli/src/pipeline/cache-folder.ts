import { homedir, platform } from 'node:os';
import { join, resolve } from 'node:path';

/** Where downloads and compressed blocks are kept between runs: SLIPWAY_CACHE_DIR, or the system's place for caches. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = environment['SLIPWAY_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  switch (platform()) {
    case 'darwin':
      return join(homedir(), 'Library', 'Caches', 'slipway');
    case 'win32':
      return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'slipway', 'cache');
    default:
      return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway');
  }
}
