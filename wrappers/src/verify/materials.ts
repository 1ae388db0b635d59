/** The bill of materials and the provenance are of this very dist/: each names its files by their recorded digests. */
import type { Artifact, Plan } from '@slipway/core';
import { isObject, type JsonObject, jsonObject, readRecord } from './json-file.ts';
import { recordNames } from './records.ts';
import type { Complain } from './report.ts';

/** Every artifact is a subject of the statement, by its digest, and nothing else is. */
export async function checkProvenance(dist: string, recorded: ReadonlyMap<string, Artifact>, complain: Complain): Promise<void> {
  const bytes = await readRecord(dist, recordNames.provenance);
  if (bytes === undefined) return; // that it is missing is found with all other files
  const say = (message: string): void => complain('record', recordNames.provenance, message);
  const statement = jsonObject(bytes);
  if (statement?.['_type'] !== 'https://in-toto.io/Statement/v1' || !Array.isArray(statement['subject'])) return say('is no in-toto statement');
  const left = new Map([...recorded.values()].filter(({ path }) => path !== recordNames.provenance).map(({ path, sha256 }) => [path, sha256]));
  for (const subject of statement['subject'] as readonly unknown[]) {
    const { name, digest } = objectOf(subject);
    const [path, stated] = [String(name), objectOf(digest)['sha256']];
    const expected = left.get(path);
    if (expected === undefined) say(`has the subject ${JSON.stringify(path)}, which is no artifact, or one twice`);
    else if (stated !== expected) say(`says that ${path} is ${JSON.stringify(stated)}, ${recordNames.artifacts} says ${expected}`);
    left.delete(path);
  }
  for (const path of left.keys()) say(`has no subject for ${path}`);
}

/** The bill is of this product, and its executables are the recorded ones. */
export async function checkBill(dist: string, plan: Plan, recorded: ReadonlyMap<string, Artifact>, complain: Complain): Promise<void> {
  const bytes = await readRecord(dist, recordNames.sbom);
  if (bytes === undefined) return;
  const say = (message: string): void => complain('record', recordNames.sbom, message);
  const bill = jsonObject(bytes);
  if (bill?.['bomFormat'] !== 'CycloneDX' || !Array.isArray(bill['components'])) return say('is no CycloneDX bill of materials');
  const { name, version } = objectOf(objectOf(bill['metadata'])['component']);
  if (name !== plan.product.name || version !== plan.product.version) say(`is of ${String(name)} ${String(version)}, the plan is of ${plan.product.name} ${plan.product.version}`);
  const files = (bill['components'] as readonly unknown[]).map(objectOf).filter(({ type }) => type === 'file');
  const stated = new Map(files.map((file) => [String(file['name']), sha256Of(file)]));
  for (const { type, path, sha256 } of recorded.values()) {
    if (type === 'binary' && stated.get(path) !== sha256) say(`says that ${path} is ${String(stated.get(path))}, ${recordNames.artifacts} says ${sha256}`);
  }
}

function sha256Of({ hashes }: JsonObject): unknown {
  const all = Array.isArray(hashes) ? (hashes as readonly unknown[]).map(objectOf) : [];
  return all.find(({ alg }) => alg === 'SHA-256')?.['content'];
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
