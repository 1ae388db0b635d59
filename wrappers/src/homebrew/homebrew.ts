/**
 * A Homebrew formula that installs the archives, for macOS and Linux on both processors. A formula and not a cask:
 * casks are quarantined, and macOS ends what is quarantined and not notarized.
 */
import { type PlannedArtifact, type Release, type Target, type Wrapper } from '@slipway/core';
import { withDigests } from '../manifest/digest-text.ts';
import { installs, offersOf } from '../manifest/offer.ts';
import { formula } from './formula.ts';
import { options } from './options.ts';

export const homebrew: Wrapper<typeof options> = {
  name: 'homebrew',
  summary: 'A Homebrew formula for macOS and Linux, which installs the archives',
  options,
  needs: ['archive'],
  pack(release, chosen) {
    const { offers, skipped } = offersOf(release, chosen.download, unfit);
    if (offers.length === 0) return { files: [], skipped };
    const path = `homebrew/${formulaName(release)}.rb`;
    const text = withDigests(formula(release, offers, chosen));
    return { files: [{ id: 'homebrew', type: 'manifest', path, wrapper: 'homebrew', installs: installs(offers), content: { kind: 'text', text } }], skipped };
  },
};

/** Homebrew looks formulae up in lower case. */
export function formulaName({ product }: Release): string {
  return product.name.toLowerCase();
}

function unfit({ homebrew: place, os }: Target, _: PlannedArtifact | undefined): string | undefined {
  if (os === 'windows') return 'Homebrew serves macOS and Linux';
  return place === undefined ? 'Homebrew on Linux is built for glibc' : undefined;
}
