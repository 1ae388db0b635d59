/** The three files, field by field (schemas 1.12: version, installer, defaultLocale). */
import type { Release } from '@slipway/core';
import { Scalar, stringify } from 'yaml';
import { digestMark } from '../manifest/digest-text.ts';
import { githubRepository } from '../manifest/download.ts';
import type { Offer } from '../manifest/offer.ts';
import type { Identity } from './identity.ts';

const manifestVersion = '1.12.0';
const locale = 'en-US';

type Fields = Readonly<Record<string, unknown>>;

export function versionFile(release: Release, identity: Identity): string {
  return manifest('version', release, identity, { DefaultLocale: locale });
}

export function installer(release: Release, identity: Identity, offers: readonly Offer[]): string {
  const names = [release.executable.name, ...release.executable.aliases];
  return manifest('installer', release, identity, {
    InstallerType: 'zip',
    NestedInstallerType: 'portable',
    NestedInstallerFiles: names.map((name) => ({ RelativeFilePath: `${name}.exe`, PortableCommandAlias: name })),
    Commands: names,
    ReleaseDate: new Date(release.date * 1000).toISOString().slice(0, 10),
    Installers: offers.map(({ target, url, archive }) => ({ Architecture: target.winget, InstallerUrl: url, InstallerSha256: quotedMark(archive.id) })),
  });
}

/** In quotes: among digests there are some that YAML would take for a number. */
function quotedMark(id: string): Scalar {
  const mark = new Scalar(digestMark(id));
  mark.type = Scalar.QUOTE_DOUBLE;
  return mark;
}

export function defaultLocale(release: Release, identity: Identity): string {
  const { product } = release;
  const github = githubRepository(product);
  const tags = [...new Set(product.keywords.filter(({ length }) => length > 0 && length <= 40))].slice(0, 16);
  return manifest('defaultLocale', release, identity, {
    PackageLocale: locale,
    Publisher: identity.publisher,
    ...(github === undefined ? {} : { PublisherUrl: `https://github.com/${github.owner}`, PublisherSupportUrl: `${github.url}/issues` }),
    PackageName: product.name,
    ...(product.homepage === undefined ? {} : { PackageUrl: product.homepage }),
    License: identity.license,
    ShortDescription: identity.description,
    Moniker: release.executable.name,
    ...(tags.length === 0 ? {} : { Tags: tags }),
  });
}

function manifest(type: 'version' | 'installer' | 'defaultLocale', { product }: Release, { identifier }: Identity, fields: Fields): string {
  const schema = `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${type}.${manifestVersion}.schema.json\n\n`;
  return schema + stringify({ PackageIdentifier: identifier, PackageVersion: product.version.text, ...fields, ManifestType: type, ManifestVersion: manifestVersion }, { lineWidth: 0 });
}
