/** Steps 2 to 4 of an update, as often as it takes: find the cheapest way, fetch what it needs, stage it. */
import { SlipwayError, type ReleaseRecord, type UpdaterPorts } from '@slipway/core';
import { sweepDownloads } from './collect.ts';
import { fetchPayloads } from './fetch/fetch-payloads.ts';
import { installedVersions } from './installed-versions.ts';
import type { Layout } from './layout.ts';
import { planRoutes } from './route/plan-routes.ts';
import { stage } from './stage.ts';
import type { State } from './state/state.ts';
import type { SignedRecord } from './verify-version.ts';

export type ObtainProgress =
  /** Bytes. */
  | { readonly step: 'fetch'; readonly version: string; readonly done: number; readonly total: number }
  | { readonly step: 'stage' };

export interface Wanted {
  /** The repository's address, with `/` at its end. */
  readonly url: string;
  readonly release: SignedRecord;
  /** All of them, or those that are damaged. */
  readonly components: ReleaseRecord['components'];
  /** Installed files (absolute paths) that are known not to hold what their record says. */
  readonly unusable: readonly string[];
  readonly report: (progress: ObtainProgress) => void;
}

/**
 * `versions/<version>` is whole when this returns. Where an installed file turns out not to be what it was, the next
 * way is taken. The lock is held. Throws what fetching and staging throw.
 */
export async function obtain(ports: UpdaterPorts, layout: Layout, state: State, { url, release, components, unusable, report }: Wanted): Promise<void> {
  const { version } = release.record;
  const installed = installedVersions(ports, layout, state);
  const wrong = new Set(unusable); // grows with every round, and there are only so many files
  for (;;) {
    const { sources, payloads } = planRoutes({ ...release.record, components }, installed, wrong);
    sweepDownloads(ports.fs, layout, new Set(payloads.map(({ sha256 }) => sha256)));
    await fetchPayloads(ports, { url, folder: layout.downloads, payloads, progress: (done, total) => report({ step: 'fetch', version, done, total }) });
    report({ step: 'stage' });
    const staged = await stage(ports, layout, state, release, sources);
    if (staged.kind !== 'wrong source') return;
    const { source } = staged;
    if (source.kind === 'download') throw new SlipwayError('PAYLOAD_INVALID', `${source.path} of version ${version} does not unpack to what was signed`);
    wrong.add(source.from);
  }
}
