/**
 * The ports on Node and Bun, and what else touches this machine on behalf of the pure packages: stamps of earlier
 * runs, private work folders, npm's registry settings.
 */
export { codecPort } from './codec-port.ts';
export { firstMapped } from './first-mapped.ts';
export { fsPort } from './fs-port.ts';
export { brotliBlocks } from './block-codec.ts';
export { openFileSource, type FileSource } from './file-source.ts';
export { httpPort } from './http.ts';
export { lockPort } from './lock-port.ts';
export { clockPort, cryptoPort, randomPort } from './machine-ports.ts';
export { tarballAddress, type TarballAddress } from './npm-registry.ts';
export { processPort, scrubbedEnvironment } from './process.ts';
export { processesPort } from './processes-port.ts';
export { retrying } from './retry.ts';
export { openResumableFile, type Making, type ResumableFile } from './resumable-file.ts';
export { openStamps, type StampFile } from './stamps.ts';
export { updaterPorts } from './updater-ports.ts';
export { openWorkFolder, type WorkFolder } from './work-folder.ts';
