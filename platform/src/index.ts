/**
 * The ports on Node and Bun, and what else touches this machine on behalf of the pure packages: stamps of earlier
 * runs, private work folders, npm's registry settings.
 */
export { httpPort } from './http.ts';
export { tarballAddress, type TarballAddress } from './npm-registry.ts';
export { processPort, scrubbedEnvironment } from './process.ts';
export { openStamps, type StampFile } from './stamps.ts';
export { openWorkFolder, type WorkFolder } from './work-folder.ts';
