/** A manifest for Scoop, which installs the Windows archives and finds newer ones by itself. */
import { type Release, type Target, type Wrapper } from '@slipway/core';
import { digestMark, withDigests } from '../manifest/digest-text.ts';
import { githubRepository } from '../manifest/download.ts';
import { installs, type Offer, offersOf } from '../manifest/offer.ts';
import { options } from './options.ts';

export const scoop: Wrapper<typeof options> = {
  name: 'scoop',
  summary: 'A Scoop manifest for Windows, which installs the archives and updates itself',
  options,
  needs: ['archive'],
  pack(release, chosen) {
    const { offers, skipped } = offersOf(release, chosen.download, ({ scoop: place }: Target) => (place === undefined ? 'Scoop serves Windows' : undefined));
    if (offers.length === 0) return { files: [], skipped };
    const text = withDigests(`${JSON.stringify(manifest(release, offers), null, 4)}\n`);
    return { files: [{ id: 'scoop', type: 'manifest', path: `scoop/${release.product.name.toLowerCase()}.json`, wrapper: 'scoop', installs: installs(offers), content: { kind: 'text', text } }], skipped };
  },
};

function manifest(release: Release, offers: readonly Offer[]): object {
  const { product, executable } = release;
  const homepage = product.homepage ?? product.repository;
  return {
    version: product.version.text,
    ...(product.description === '' ? {} : { description: product.description }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(product.license === undefined ? {} : { license: product.license }),
    architecture: Object.fromEntries(offers.map((offer) => [offer.target.scoop, download(offer)])),
    post_install: markOwner(release),
    bin: [executable.name, ...executable.aliases].map((name) => `${name}.exe`),
    ...updates(release, offers),
  };
}

function download({ url, archive, folder }: Offer): object {
  return { url, hash: digestMark(archive.id), ...(folder === '' ? {} : { extract_dir: folder.slice(0, -1) }) };
}

/**
 * The archive's own marker becomes Scoop's. Its version is left alone: `autoupdate` makes the manifest of a newer
 * version from this one without looking at scripts.
 */
function markOwner({ product, executable }: Release): readonly string[] {
  const file = `"$dir\\${executable.name}.owner.json"`;
  return [
    `$marker = Get-Content ${file} -Raw | ConvertFrom-Json`,
    "$marker.owner = 'scoop'",
    `$marker.upgrade = @('scoop', 'update', '${product.name.toLowerCase()}')`,
    `$marker | ConvertTo-Json | Set-Content ${file} -Encoding Ascii`,
  ];
}

/** Only GitHub tells the newest version in a way that Scoop knows. */
function updates({ product }: Release, offers: readonly Offer[]): object {
  const github = githubRepository(product);
  if (github === undefined) return {};
  const newer = (text: string): string => text.replaceAll(product.version.text, '$version');
  const architecture = offers.map(({ target, url, folder }) => [target.scoop, { url: newer(url), ...(folder === '' ? {} : { extract_dir: newer(folder.slice(0, -1)) }) }]);
  return { checkver: { github: github.url }, autoupdate: { architecture: Object.fromEntries(architecture) } };
}
