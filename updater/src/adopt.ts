/** What an installer has laid down becomes an installation; what lost its state gets one again. */
import { SlipwayError, type CryptoPort, type UpdateDescriptor } from '@slipway/core';
import { activate } from './activate.ts';
import { withLock, type InstallationPorts } from './installation.ts';
import { versionFolder, type Layout } from './layout.ts';
import { recover } from './recover.ts';
import { readState } from './state/state-file.ts';
import type { State, VersionRef } from './state/state.ts';
import { randomHex } from './state/temporary-name.ts';
import { switchedTo } from './trial/changes.ts';
import { readAnyRecord, verifyVersion } from './verify-version.ts';

export interface AdoptPorts extends InstallationPorts {
  readonly crypto: CryptoPort;
}

export type Adoptee = Pick<UpdateDescriptor, 'product' | 'version' | 'target' | 'channel'>;

/**
 * Make an installed version (the running one, when an installer calls) the confirmed one, after verifying it against
 * the release record beside it. An installation that is there keeps its id, channel and history. Throws
 * INSTALL_DAMAGED, STATE_NEWER or DATA_TOO_NEW, and has then changed nothing.
 */
export function adopt(ports: AdoptPorts, layout: Layout, adoptee: Adoptee): Promise<State> {
  return withLock(ports, layout, () => {
    const { ref, dataVersion } = verified(ports, layout, adoptee);
    const read = readState(ports.fs, layout);
    if (read.kind === 'newer') throw new SlipwayError('STATE_NEWER', `${layout.state} has format ${read.format}, which a newer version of the program wrote`);
    if (read.kind !== 'state') return activate(ports, layout, firstState(ports, adoptee, ref, dataVersion));
    const state = recover(ports, layout, read.state);
    if (dataVersion < state.dataVersion) {
      throw new SlipwayError('DATA_TOO_NEW', `the data has version ${state.dataVersion}, and ${ref.version} understands ${dataVersion} at most`);
    }
    const chosen = state.confirmed.record === ref.record ? state : switchedTo(state, ref);
    return activate(ports, layout, { ...chosen, dataVersion, setAside: chosen.setAside.filter(({ record }) => record !== ref.record) });
  });
}

function firstState({ random }: AdoptPorts, { product, channel }: Adoptee, confirmed: VersionRef, dataVersion: number): State {
  return {
    format: 1,
    installId: randomHex(random, 16),
    product,
    channel,
    confirmed,
    setAside: [],
    floors: { root: 0, timestamp: 0, snapshot: 0, date: 0 },
    dataVersion,
  };
}

function verified(ports: AdoptPorts, layout: Layout, { product, version, target }: Adoptee): { readonly ref: VersionRef; readonly dataVersion: number } {
  const folder = versionFolder(layout, version);
  const found = readAnyRecord(ports, folder);
  if (found === undefined) throw new SlipwayError('INSTALL_DAMAGED', `version ${version} cannot be used: its release record is missing or cannot be read`);
  const { record, sha256 } = found;
  if (record.product !== product || record.version !== version || record.target !== target) {
    throw new SlipwayError('INSTALL_DAMAGED', `${folder} holds ${record.product} ${record.version} for ${record.target} instead of ${product} ${version} for ${target}`);
  }
  const [damage] = verifyVersion(ports, folder, record);
  if (damage !== undefined) throw new SlipwayError('INSTALL_DAMAGED', `version ${version} cannot be used: ${damage.component.path} ${damage.problem}`);
  return { ref: { version, record: sha256 }, dataVersion: record.dataVersion };
}
