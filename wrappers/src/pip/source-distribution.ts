/**
 * A source distribution (PEP 517, PEP 625) without sources: what an installer takes where no wheel fits, made so that
 * it ends with one clear message.
 */
import { type ContainerEntry, type PlannedFile, type Release, textEntry } from '@slipway/core';
import { backendFiles } from '@slipway/python-package';
import { distinctMembers } from '../distinct-members.ts';
import { licenseFiles, metadata } from './metadata.ts';
import type { PipNames } from './names.ts';

const buildSystem = `[build-system]
requires = []
build-backend = "backend"
backend-path = ["backend"]
`;

/** `platforms` are the labels of the wheels beside it. */
export function sourceDistribution(release: Release, names: PipNames, platforms: readonly string[]): PlannedFile {
  const stem = `${names.distribution}-${names.version}`;
  const path = `python/sdist/${stem}.tar.gz`;
  const entries: readonly ContainerEntry[] = [
    textEntry(`${stem}/PKG-INFO`, metadata(release, names)),
    textEntry(`${stem}/pyproject.toml`, buildSystem),
    ...backendFiles(names.project, names.version, platforms).map((file) => textEntry(`${stem}/backend/${file.path}`, file.text)),
    ...licenseFiles(release).map((file): ContainerEntry => ({ path: `${stem}/${file.path}`, mode: 0o644, content: { kind: 'file', path: file.source } })),
  ];
  return { id: 'pip:sdist', type: 'package', path, wrapper: 'pip', content: { kind: 'tar.gz', entries: distinctMembers(path, entries), mtime: release.date } };
}
