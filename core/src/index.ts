/**
 * The words of the domain: targets, versions, names, artifacts, planned files, releases, wrappers, errors and ports.
 * Pure: no file, clock, network or process is touched here, and it is compiled without any runtime's types.
 */
export { type Artifact, type ArtifactType, type CarriedExecutable, type InstalledArtifact, type PlannedArtifact } from './artifact.ts';
export { bytesSource, type ByteSource } from './byte-source.ts';
export { configSchema, type BuildOptions, type CheckedConfig } from './config.ts';
export { checkData, configError, type ConfigProblem } from './config-problem.ts';
export { errorCodes, SlipwayError, type ErrorCode, type ErrorDetails } from './error.ts';
export { type Executable, type ExecutableFacts } from './executable.ts';
export { ioError } from './io-error.ts';
export { checkCommandName, toNpmPlatformName, toPypiName, toPythonModule, toWheelName } from './name.ts';
export { didYouMean, nearest } from './nearest.ts';
export { ownerMarkerSchema, type OwnerMarker } from './owner.ts';
export {
  digestOf, jsonEntry, sizeOf, textEntry,
  type ContainerEntry, type EntryContent, type FileContent, type PlannedFile, type Reference, type Text,
} from './planned-file.ts';
export { artifactsSchema, isSelected, planSchema, selectedArtifacts, sortArtifacts, type Plan } from './plan.ts';
export {
  type ClockPort, type CodecPort, type CryptoPort, type Described, type FileStat, type FsPort, type Hasher, type HeldLock, type HttpPort, type HttpResponse,
  type LockPort, type OpenFile, type ProcessesPort, type ProcessIdentity, type ProcessPort, type RandomPort, type RunOptions, type RunResult, type Stamps, type UpdaterPorts,
} from './ports.ts';
export { binaryId, type CompletionRole, type Product, type Release, type ReleaseFile, type TargetBuild } from './release.ts';
export { packageFacts, repositoryAddress, type PackageJson } from './package-json.ts';
export { resolveConfig, type CodedProblem, type Entry, type ProjectFacts, type ResolvedConfig, type UpdateSettings } from './resolved-config.ts';
export {
  executableSuffix, targetIds, targetOf, targets,
  type Arch, type Libc, type Os, type Target, type TargetId,
} from './target.ts';
export { parseVersion, toDeb, toOciTag, toPep440, toRpm, toWindows, versionOfTag, type Version } from './version.ts';
export { type Identifier, type Packed, type Skip, type Wrapper } from './wrapper.ts';
export { type UpdateDescriptor } from './update/descriptor.ts';
export {
  channelRecordPath, channelRecordSchema, recordLimit, releaseRecordSchema,
  type Candidate, type ChannelRecord, type Component, type ReleaseRecord,
} from './update/records.ts';
