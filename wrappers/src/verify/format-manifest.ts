/** Manifests that package managers read: what they have people download must be what lies in dist/. */
import { type Artifact, type Plan, type PlannedArtifact, targetOf } from '@slipway/core';
import { type Download, manifestReaders } from './manifest-text.ts';

/** No manifest is larger. */
export const largestManifest = 1 << 20;

/** What is wrong with a manifest; `archives` are the lines of artifacts.json by id. */
export function manifestFaults(artifact: PlannedArtifact, text: string, plan: Plan, archives: ReadonlyMap<string, Artifact>): readonly string[] {
  const reader = manifestReaders[artifact.wrapper ?? ''];
  const manifest = reader?.read(text);
  if (reader === undefined || manifest === undefined) return ['is no manifest that can be read'];
  const faults = manifest.version === plan.product.version ? [] : [`is of version ${JSON.stringify(manifest.version)}, the plan says ${JSON.stringify(plan.product.version)}`];
  if (manifest.downloads === undefined) return faults;
  const left = new Map(manifest.downloads);
  for (const { target, id } of artifact.installs ?? []) {
    if (!plan.selected.targets.includes(target)) continue;
    const place = reader.place(targetOf(target)) ?? '';
    const download = left.get(place);
    left.delete(place);
    faults.push(...downloadFaults(target, download, archives.get(id)));
  }
  return [...faults, ...[...left.keys()].map((place) => `offers ${place === '' ? 'a download for no platform' : place}, which the plan does not`)];
}

function downloadFaults(target: string, download: Download | undefined, archive: Artifact | undefined): readonly string[] {
  if (download === undefined) return [`has no download for ${target}`];
  if (archive === undefined) return [`installs an archive on ${target} that is not recorded`];
  if (!URL.canParse(download.url)) return [`its address for ${target} is ${JSON.stringify(download.url)}`];
  return download.sha256 === archive.sha256 ? [] : [`its digest for ${target} is ${download.sha256}, ${archive.path} is ${archive.sha256}`];
}
