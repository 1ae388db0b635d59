/** Where everything lies in a repository, as paths below its folder. Byte for byte: docs/formats/repository.md. */
import type { TargetId } from '@slipway/core';

export const timestampPath = 'metadata/timestamp.json';
export const rootPath = (version: number): string => `metadata/${version}.root.json`;
export const snapshotPath = (version: number): string => `metadata/${version}.snapshot.json`;
/** `role` is `targets` or a channel. */
export const targetsPath = (role: string, version: number): string => `metadata/${version}.${role}.json`;

/** A target file's place: consistent snapshots put the hash before the name (specification 1.0, section 6.2). */
export function targetFilePath(name: string, sha256: string): string {
  const slash = name.lastIndexOf('/') + 1;
  return `targets/${name.slice(0, slash)}${sha256}.${name.slice(slash)}`;
}

export const installFileName = (channel: string, target: TargetId): string => `${channel}/${target}.install`;
export const recordPath = (sha256: string): string => `records/${sha256}.json`;
export const payloadPath = (sha256: string): string => `payloads/${sha256}`;
export const manifestPath = 'version-manifest.json';
export const checksumsPath = (version: string): string => `releases/${version}/checksums.sha256`;

/** Names that start with a dot are no part of the repository: hosts need not publish them. */
export const lockName = '.lock';
export const transactionName = '.transaction';
