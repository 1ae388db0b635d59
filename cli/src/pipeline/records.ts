/**
 * The records at the root of dist/, in the forms that people already script against: plan.json, metadata.json, the bill
 * of materials, the provenance of everything else, artifacts.json and checksums.txt (which `sha256sum -c` takes).
 */
import { basename } from 'node:path';
import { sortArtifacts, type Artifact, type Plan, type PlannedFile } from '@slipway/core';
import { executePlan, type Binary, type Executor } from '@slipway/wrappers';
import type { Material } from '../materials/material.ts';
import { provenance } from '../materials/provenance.ts';
import { billOfMaterials } from '../materials/sbom.ts';
import type { Project } from '../project/load.ts';

/** Names at the root of dist/ that every run writes. */
export const recordFiles = ['plan.json', 'metadata.json', 'sbom.cdx.json', 'provenance.intoto.json', 'artifacts.json', 'checksums.txt'] as const;

export async function writeRecords(executor: Executor, project: Project, plan: Plan, binaries: ReadonlyMap<string, Binary>, packed: readonly Artifact[], materials: readonly Material[]): Promise<readonly Artifact[]> {
  const quiet = { ...executor, onFile: () => undefined };
  const executables = binaryArtifacts(plan, binaries);
  const bill = billOfMaterials(project.config.product, plan, executables, materials);
  const first = await executePlan(quiet, [record('plan.json', plan), record('metadata.json', metadata(project, plan)), record('sbom.cdx.json', bill, 'sbom')], binaries);
  const made = sortArtifacts([...executables, ...packed, ...first]);
  const attested = await executePlan(quiet, [record('provenance.intoto.json', provenance(project, plan, made, materials), 'attestation')], binaries);
  const artifacts = sortArtifacts([...made, ...attested]);
  const [list] = (await executePlan(quiet, [record('artifacts.json', artifacts)], binaries)) as [Artifact];
  const lines = sortArtifacts([...artifacts, list]).map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  await executePlan(quiet, [file('checksums.txt', 'checksums', lines.join(''))], binaries);
  return artifacts;
}

function metadata({ config, commit }: Project, plan: Plan): object {
  const { version, name } = plan.product;
  return {
    project_name: name,
    tag: `v${version}`,
    version,
    commit: commit?.hash ?? null,
    date: new Date(plan.date * 1000).toISOString(),
    description: config.product.description,
    ...(config.update === undefined ? {} : { update: { url: config.update.url, channel: config.update.channel, dataVersion: config.update.dataVersion } }),
  };
}

function record(name: string, value: unknown, type: PlannedFile['type'] = 'manifest'): PlannedFile {
  return file(name, type, `${JSON.stringify(value, null, 2)}\n`);
}

function file(name: string, type: PlannedFile['type'], text: string): PlannedFile {
  return { id: name, type, path: name, content: { kind: 'text', text: [text] } };
}

function binaryArtifacts(plan: Plan, binaries: ReadonlyMap<string, Binary>): readonly Artifact[] {
  return plan.artifacts.flatMap((planned) => {
    const binary = binaries.get(planned.id);
    return binary === undefined ? [] : [{ ...planned, name: basename(planned.path), size: binary.size, sha256: binary.sha256 }];
  });
}
