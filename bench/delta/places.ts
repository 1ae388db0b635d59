import { homedir } from 'node:os';
import { join } from 'node:path';

/** Packages, compiled apps, peers and their results: everything that another run can use again. */
export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway-bench', 'delta');

/** What `install-peers` installs. */
export const python = join(cache, 'python/bin/python');

/** A tool that `install-peers` compiles. */
export const tool = (name: string): string => join(cache, 'tools', name);
