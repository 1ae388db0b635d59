/** The owner marker as a member of a package; docs/formats/owner.md says where it lies in each. */
import { type ContainerEntry, jsonEntry, type OwnerMarker, ownerMarkerSchema, type Release } from '@slipway/core';

export function ownerEntry(path: string, release: Release, owner: Pick<OwnerMarker, 'owner' | 'package' | 'upgrade'>): ContainerEntry {
  const { name, version } = release.product;
  return jsonEntry(path, ownerMarkerSchema.parse({
    format: 1, owner: owner.owner, name, version: version.text, package: owner.package, upgrade: owner.upgrade,
  }));
}
