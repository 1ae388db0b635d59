/**
 * The records in dist/: plan.json says what should be there, artifacts.json what was written, checksums.txt the same
 * for `sha256sum -c`, metadata.json which release it is. Each is held against the others.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Artifact, artifactsSchema, type Plan, type PlannedArtifact, planSchema, selectedArtifacts, SlipwayError, sortArtifacts } from '@slipway/core';
import { jsonObject, parseJson, readRecord } from './json-file.ts';
import type { Complain } from './report.ts';

export const recordNames = { plan: 'plan.json', artifacts: 'artifacts.json', metadata: 'metadata.json', checksums: 'checksums.txt', sbom: 'sbom.cdx.json', provenance: 'provenance.intoto.json' } as const;

/** Records that artifacts.json lists beside the plan's artifacts. */
export const listedRecords: readonly string[] = [recordNames.metadata, recordNames.plan, recordNames.provenance, recordNames.sbom];

/** The plan, or undefined where it says nothing sensible; throws DIST_NOT_FOUND where there is none. */
export async function loadPlan(dist: string, complain: Complain): Promise<Plan | undefined> {
  const bytes = await readRecord(dist, recordNames.plan);
  if (bytes === undefined) {
    throw new SlipwayError('DIST_NOT_FOUND', `there is no ${recordNames.plan} in ${dist}`, { hint: 'Run `slipway dist` first, or name the folder that it wrote.' });
  }
  const parsed = parseJson(bytes, planSchema);
  if ('value' in parsed) return parsed.value as Plan;
  complain('plan', recordNames.plan, `cannot be understood: ${parsed.fault}`);
  return undefined;
}

/** Lines of artifacts.json by path; the first where there are two. Undefined when the file says nothing. */
export async function loadArtifacts(dist: string, complain: Complain): Promise<ReadonlyMap<string, Artifact> | undefined> {
  const bytes = await readRecord(dist, recordNames.artifacts);
  if (bytes === undefined) {
    complain('missing', recordNames.artifacts, 'the list of artifacts is not there');
    return undefined;
  }
  const parsed = parseJson(bytes, artifactsSchema);
  if ('fault' in parsed) {
    complain('record', recordNames.artifacts, `cannot be understood: ${parsed.fault}`);
    return undefined;
  }
  const lines = parsed.value as readonly Artifact[];
  const byPath = new Map<string, Artifact>();
  for (const line of lines) {
    if (byPath.has(line.path)) complain('record', line.path, `${recordNames.artifacts} lists it twice`);
    else byPath.set(line.path, line);
  }
  if (sortArtifacts(lines).some((line, i) => line.path !== lines[i]?.path)) complain('record', recordNames.artifacts, 'is not sorted by path');
  return byPath;
}

/** Every planned artifact has its line, every line its plan, and both say the same. */
export function compareWithPlan(plan: Plan, recorded: ReadonlyMap<string, Artifact>, complain: Complain): void {
  const planned = new Map(selectedArtifacts(plan).map((artifact) => [artifact.path, artifact]));
  for (const path of [...planned.keys(), ...listedRecords]) {
    if (!recorded.has(path)) complain('record', path, `${recordNames.artifacts} has no line for it`);
  }
  for (const line of recorded.values()) {
    if (line.name !== basename(line.path)) complain('record', line.path, `${recordNames.artifacts} calls it ${JSON.stringify(line.name)}`);
    const artifact = planned.get(line.path);
    if (artifact !== undefined) compareFields(artifact, line, complain);
    else if (!listedRecords.includes(line.path)) complain('record', line.path, `${recordNames.artifacts} lists it, and the plan does not write it`);
  }
}

function compareFields(planned: PlannedArtifact, line: Artifact, complain: Complain): void {
  for (const field of ['id', 'type', 'wrapper', 'target', 'executables', 'installs'] as const) {
    const [ours, theirs] = [JSON.stringify(planned[field]), JSON.stringify(line[field])];
    if (ours !== theirs) complain('record', line.path, `its ${field} is ${theirs} in ${recordNames.artifacts} and ${ours} in the plan`);
  }
}

/** metadata.json names the planned release. */
export async function checkMetadata(dist: string, plan: Plan, complain: Complain): Promise<void> {
  const bytes = await readRecord(dist, recordNames.metadata);
  // That it is missing is found with all other files.
  if (bytes === undefined) return;
  const metadata = jsonObject(bytes);
  for (const [field, expected] of [['project_name', plan.product.name], ['version', plan.product.version]] as const) {
    const found = metadata?.[field];
    if (found !== expected) complain('record', recordNames.metadata, `${field} is ${JSON.stringify(found)}, the plan says ${JSON.stringify(expected)}`);
  }
}

/** checksums.txt is, byte for byte, what artifacts.json gives. */
export async function checkChecksums(dist: string, recorded: ReadonlyMap<string, Artifact>, complain: Complain): Promise<void> {
  const bytes = await readRecord(dist, recordNames.checksums);
  if (bytes === undefined) return complain('missing', recordNames.checksums, 'the checksums are not there');
  const list = createHash('sha256').update((await readRecord(dist, recordNames.artifacts)) ?? '').digest('hex');
  const expected = new Map([...recorded.values()].map(({ path, sha256 }) => [path, sha256]));
  expected.set(recordNames.artifacts, list);
  const sorted = [...expected].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (bytes.equals(Buffer.from(sorted.map(([path, sha256]) => `${sha256}  ${path}\n`).join('')))) return;
  explain(bytes.toString('utf8'), expected, complain);
}

function explain(text: string, expected: ReadonlyMap<string, string>, complain: Complain): void {
  const lines = text.split('\n').filter((line) => line !== '').map((line) => [line.slice(66), line.slice(0, 64)] as const);
  const found = new Map(lines);
  let explained = 0;
  const say = (path: string, message: string): void => {
    explained += 1;
    complain('checksum', path, `${recordNames.checksums} ${message}`);
  };
  for (const [path, sha256] of expected) {
    const stated = found.get(path);
    if (stated === undefined) say(path, 'has no line for it');
    else if (stated !== sha256) say(path, `says ${stated}, ${path === recordNames.artifacts ? 'its bytes are' : `${recordNames.artifacts} says`} ${sha256}`);
  }
  for (const path of found.keys()) if (!expected.has(path)) say(path, 'has a line for it, which is no artifact');
  if (explained === 0) complain('checksum', recordNames.checksums, 'is not "digest, two spaces, path" in sorted lines, each path once');
}
