/** Where this copy of the program lies, and whose it is. */
import { SlipwayError, type OwnerMarker } from '@slipway/core';
import { installedAt, readState, type Installed } from '@slipway/updater';
import { findOwner } from '../owner/find-owner.ts';
import type { Answer, SelfContext } from './answer.ts';
import { readReceipt } from './receipt.ts';

export type Place =
  /** Our own installation, which updates itself. */
  | ({ readonly kind: 'installed' } & Installed)
  /** A package manager's. */
  | { readonly kind: 'owned'; readonly owner: OwnerMarker }
  /** Unpacked or built by hand. */
  | { readonly kind: 'loose' };

export function placeOf({ ports, executable, descriptor }: SelfContext): Place {
  const installed = installedAt(executable);
  if (installed !== undefined) {
    const { layout } = installed;
    if (readState(ports.fs, layout).kind !== 'none' || readReceipt(ports.fs, layout) !== undefined) return { kind: 'installed', ...installed };
  }
  const owner = findOwner(executable, descriptor.product);
  return owner === undefined || owner.upgrade.length === 0 ? { kind: 'loose' } : { kind: 'owned', owner };
}

/** The installation, or what to do instead: nothing of a package manager's is ever touched. */
export function requireInstalled(context: SelfContext): ({ readonly kind: 'installed' } & Installed) | { readonly kind: 'answer'; readonly answer: Answer } {
  const place = placeOf(context);
  if (place.kind === 'installed') return place;
  const { descriptor: { product, url }, executable } = context;
  if (place.kind === 'loose') {
    throw new SlipwayError('NOT_INSTALLED', `this copy of ${product} (${executable}) has not been installed, so it cannot change itself`, { hint: `Install it: curl -fsSL ${url}install.sh | sh` });
  }
  const { owner, package: name, upgrade } = place.owner;
  return {
    kind: 'answer',
    answer: {
      data: { outcome: 'owned', owner, package: name, upgrade },
      text: `This copy of ${product} was installed with ${owner}, which also upgrades it:\n  ${upgrade.join(' ')}`,
      code: 1,
    },
  };
}
