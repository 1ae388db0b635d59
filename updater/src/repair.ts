/** Carry out what the doctor found. */
import { SlipwayError, recordLimit, type FsPort, type RandomPort, type UpdaterPorts } from '@slipway/core';
import { adopt, type Adoptee, type AdoptPorts } from './adopt.ts';
import type { Finding, Repair } from './doctor.ts';
import { refused } from './fetch/request.ts';
import { downloadSmall } from './fetch/small-file.ts';
import { withInstallation } from './installation.ts';
import { recordName, versionFolder, type Layout } from './layout.ts';
import { obtain, type ObtainProgress } from './obtain.ts';
import type { VersionRef } from './state/state.ts';
import { temporaryName } from './state/temporary-name.ts';
import { ensureFolder, parentOf } from './tree.ts';
import { digestOf, parseRecord, readRecord, verifyVersion, type SignedRecord } from './verify-version.ts';

/** Make every repair that needs nothing but this machine, in order. What is left: `fetch` and `by hand`. */
export async function repair(ports: AdoptPorts, layout: Layout, adoptee: Adoptee, findings: readonly Finding[]): Promise<readonly Repair[]> {
  const repairs = findings.flatMap(({ repair }) => (repair === undefined ? [] : [repair]));
  for (const wanted of repairs.filter((each) => each.kind === 'adopt')) await adopt(ports, layout, { ...adoptee, version: wanted.version });
  if (repairs.some(({ kind }) => kind === 'recover')) await withInstallation(ports, layout, () => undefined);
  for (const wanted of repairs.filter((each) => each.kind === 'link')) relink(ports, wanted.path, wanted.to);
  return repairs.filter(({ kind }) => kind === 'fetch' || kind === 'by hand');
}

function relink({ fs, random }: { readonly fs: FsPort; readonly random: RandomPort }, path: string, to: string): void {
  ensureFolder(fs, parentOf(path), 0o755);
  const beside = temporaryName(random, path);
  fs.symlink(to, beside);
  fs.rename(beside, path);
  fs.syncFolder(parentOf(path));
}

/**
 * Replace the damaged files of a version by verified ones, each by one rename, under whoever runs it. What the state
 * knows by its hash needs no signature: any server that has those bytes will do. Returns the files that were replaced.
 */
export function repairFiles(ports: UpdaterPorts, layout: Layout, url: string, ref: VersionRef, report: (progress: ObtainProgress) => void): Promise<readonly string[]> {
  return withInstallation(ports, layout, async (state) => {
    const folder = versionFolder(layout, ref.version);
    const own = readRecord(ports, folder, ref.record);
    const release = own ?? await fetchRecord(ports, url, ref);
    const damages = verifyVersion(ports, folder, release.record).map(({ component }) => component);
    const unusable = damages.map(({ path }) => `${folder}/${path}`);
    await obtain(ports, layout, state, { url, release, components: damages, unusable, report });
    return [...damages.map(({ path }) => path), ...(own === undefined ? [recordName] : [])];
  });
}

async function fetchRecord(ports: UpdaterPorts, url: string, { version, record: sha256 }: VersionRef): Promise<SignedRecord> {
  const address = `${url}records/${sha256}.json`;
  const file = await downloadSmall(ports, address, recordLimit);
  if (file === undefined) throw refused(address, 404);
  const record = digestOf(ports.crypto, file.bytes) === sha256 ? parseRecord(file.bytes) : undefined;
  if (record === undefined) throw new SlipwayError('PAYLOAD_INVALID', `the release record of ${version} is not the one that was installed`);
  return { record, bytes: file.bytes, sha256 };
}
