/**
 * An update, from the question to the trial. The main path of the updater: each step is a file of its own, and a
 * failure in any of them leaves the installed version running.
 */
import { SlipwayError, type ReleaseRecord, type UpdateDescriptor, type UpdaterPorts } from '@slipway/core';
import { check, type Check, type CheckOutcome } from './check/check.ts';
import { collect, sweepDownloads } from './collect.ts';
import { withInstallation } from './installation.ts';
import type { Layout } from './layout.ts';
import { obtain, type ObtainProgress } from './obtain.ts';
import { probe, type Probed } from './probe.ts';
import { writeState } from './state/state-file.ts';
import { revokedLimit, type State } from './state/state.ts';
import { setAside, withoutTrial } from './trial/changes.ts';
import { startTrial } from './trial/start-trial.ts';
import type { SignedRecord } from './verify-version.ts';

export interface UpdateRequest {
  /** Somebody typed it: what was set aside or paused is taken all the same. */
  readonly explicit: boolean;
  readonly version?: string;
  /** Only this time; without it, the installation's own. */
  readonly channel?: string;
  /** Ask, and leave it at that. */
  readonly checkOnly: boolean;
  readonly report: (progress: UpdateProgress) => void;
}

export type UpdateProgress = ObtainProgress | { readonly step: 'check' | 'probe' };

type Available = Extract<CheckOutcome, { outcome: 'available' }>;

export type Updated =
  | Exclude<CheckOutcome, Available>
  /** Asked only. */
  | { readonly outcome: 'available'; readonly release: ReleaseRecord; readonly why: Available['why'] }
  /** The next start of the program runs it, under watch. `already`: so it was before. */
  | { readonly outcome: 'onTrial'; readonly release: ReleaseRecord; readonly why: Available['why']; readonly from: string; readonly already: boolean }
  /** It could not be started here; it is set aside. */
  | { readonly outcome: 'refused'; readonly release: ReleaseRecord; readonly probe: Extract<Probed, { kind: 'failed' }> };

/** Throws what the steps throw; whatever it is, the confirmed version runs as before. */
export function update(ports: UpdaterPorts, layout: Layout, descriptor: UpdateDescriptor, request: UpdateRequest): Promise<Updated> {
  return withInstallation(ports, layout, async (recovered) => {
    request.report({ step: 'check' });
    const checked = await check(ports, question(layout, descriptor, recovered, request)); // 1. trust and check
    const { outcome } = checked;
    const state = remember(ports, layout, recovered, checked);
    if (outcome.outcome !== 'available') return outcome;
    const { record, why } = outcome;
    if (request.checkOnly) return { outcome: 'available', release: record, why };
    const release: SignedRecord = { record, bytes: outcome.bytes, sha256: outcome.candidate.record.sha256 };
    if (state.trial?.record === release.sha256) return { outcome: 'onTrial', release: record, why, from: state.confirmed.version, already: true };
    checkData(state, record);
    const staging = yieldPlace(ports, layout, state, release);
    await obtain(ports, layout, staging, { url: descriptor.url, release, components: record.components, unusable: [], report: request.report }); // 2. to 4. route, fetch, stage
    request.report({ step: 'probe' });
    const probed = await probe(ports, layout, record, nameOf(descriptor)); // 5. probe
    if (probed.kind === 'failed') {
      writeState(ports, layout, setAside(staging, { version: record.version, record: release.sha256 }, probed.reason));
      return { outcome: 'refused', release: record, probe: probed };
    }
    const tried = startTrial(ports, layout, staging, { version: record.version, record: release.sha256 }, record.dataVersion); // 6. trial; 7. is the guard's
    tidy(ports, layout, tried);
    return { outcome: 'onTrial', release: record, why, from: state.confirmed.version, already: false };
  });
}

function question(layout: Layout, descriptor: UpdateDescriptor, state: State, { explicit, version, channel }: UpdateRequest): Parameters<typeof check>[1] {
  return {
    descriptor,
    channel: channel ?? state.channel,
    trustFolder: layout.trust,
    floors: state.floors,
    installId: state.installId,
    current: state.confirmed,
    setAside: state.setAside,
    explicit,
    ...(version === undefined ? {} : { version }),
  };
}

/** What has been seen is never to be believed older again, and a rollback without a network knows what was revoked. */
function remember(ports: UpdaterPorts, layout: Layout, state: State, { floors, channel }: Check): State {
  const installed = ports.fs.list(layout.versions);
  const revoked = channel.revoked.filter((version) => installed.includes(version)).slice(-revokedLimit);
  const next = { ...state, floors: { ...state.floors, ...floors }, revoked };
  if (JSON.stringify(next) !== JSON.stringify(state)) writeState(ports, layout, next);
  return next;
}

function checkData({ dataVersion }: State, record: ReleaseRecord): void {
  if (record.dataVersion >= dataVersion) return;
  throw new SlipwayError('DATA_TOO_NEW', `the data has version ${dataVersion}, and ${record.version} understands ${record.dataVersion} at most`);
}

/** What is on trial under the same version number, with other contents, ends before its place is taken. */
function yieldPlace(ports: UpdaterPorts, layout: Layout, state: State, { record: { version } }: SignedRecord): State {
  if (state.trial?.version !== version) return state;
  const next = withoutTrial(state);
  writeState(ports, layout, next);
  return next;
}

/** What is not needed goes; should that fail, the next update does it. */
function tidy(ports: UpdaterPorts, layout: Layout, state: State): void {
  try {
    sweepDownloads(ports.fs, layout, new Set());
    collect(ports, layout, state);
  } catch {
    // the update itself is done
  }
}

function nameOf({ names: [name], product }: UpdateDescriptor): string {
  return name ?? product;
}
