import { describe, expect, test } from '@jest/globals';
import type { PlannedArtifact, Release } from '@slipway/core';
import { describeWrapper, expectGolden, renderPacked, sampleRelease } from '@slipway/testkit';
import { parse } from 'yaml';
import { z } from 'zod';
import { winget } from './winget.ts';

describeWrapper(winget, sampleRelease, {});
describeWrapper(winget, { ...sampleRelease, archives: [] }, {});
describeWrapper(winget, sampleRelease, { identifier: 'Acme.Tools.Tool', publisher: 'Acme: Ltd', download: 'https://get.example/{version}/{file}' });

type Written = Parameters<typeof winget.options.parse>[0];
const packed = (written: Written, release: Release = sampleRelease) => winget.pack(release, winget.options.parse(written));
/** The three manifests by their type, as a YAML reader sees them. */
function manifests(written: Written, release?: Release): Readonly<Record<string, unknown>> {
  return Object.fromEntries(packed(written, release).files.map(({ content }) => {
    if (content.kind !== 'text') throw new Error('no manifest');
    const manifest = parse(content.text.map((part) => (typeof part === 'string' ? part : `${'1'.repeat(62)}e9`)).join('')) as { ManifestType: string };
    return [manifest.ManifestType, manifest];
  }));
}

/** The parts of winget's schemas 1.12 that we use, as strict as they are: no other fields, and what each may hold. */
const webAddress = z.string().max(2048).regex(/^https?:\/\/.+$/);
const common = {
  PackageIdentifier: z.string().max(128).regex(/^[^.\s\\/:*?"<>|]{1,32}(\.[^.\s\\/:*?"<>|]{1,32}){1,7}$/),
  PackageVersion: z.string().max(128).regex(/^[^\\/:*?"<>|]+$/),
  ManifestVersion: z.literal('1.12.0'),
};
const command = z.string().min(1).max(40);
const schemas = z.strictObject({
  version: z.strictObject({ ...common, DefaultLocale: z.literal('en-US'), ManifestType: z.literal('version') }),
  installer: z.strictObject({
    ...common,
    InstallerType: z.literal('zip'),
    NestedInstallerType: z.literal('portable'),
    NestedInstallerFiles: z.array(z.strictObject({ RelativeFilePath: z.string().min(1).max(512), PortableCommandAlias: command })).max(1024),
    Commands: z.array(command).max(16),
    ReleaseDate: z.iso.date(),
    Installers: z.array(z.strictObject({ Architecture: z.enum(['x64', 'arm64']), InstallerUrl: webAddress, InstallerSha256: z.string().regex(/^[A-Fa-f0-9]{64}$/) })).min(1),
    ManifestType: z.literal('installer'),
  }),
  defaultLocale: z.strictObject({
    ...common,
    PackageLocale: z.literal('en-US'),
    Publisher: z.string().min(2).max(256),
    PublisherUrl: webAddress.optional(),
    PublisherSupportUrl: webAddress.optional(),
    PackageName: z.string().min(2).max(256),
    PackageUrl: webAddress.optional(),
    License: z.string().min(3).max(512),
    ShortDescription: z.string().min(3).max(256),
    Moniker: command,
    Tags: z.array(command).max(16).optional(),
    ManifestType: z.literal('defaultLocale'),
  }),
});

test('the manifests of the sample release', () => {
  expectGolden(new URL('winget.golden.txt', import.meta.url), renderPacked(packed({})));
});

const withProduct = (product: Partial<Release['product']>): Release => ({ ...sampleRelease, product: { ...sampleRelease.product, ...product } });
test.each<[what: string, written: Written, release: Release]>([
  ['by default', {}, sampleRelease],
  ['with a name and an address of its own', { identifier: 'Acme.Tools', publisher: 'Acme: # Ltd', download: 'https://get.example/{file}' }, sampleRelease],
  ['with a long description that YAML would misread', {}, withProduct({ description: `yes: no # ${'x'.repeat(300)}`, keywords: ['true', '1.0', ...Array.from({ length: 30 }, (_, index) => `k${index}`)] })],
])('they are what winget’s schemas ask for, %s', (_, written, release) => {
  const found = manifests(written, release);
  expect(schemas.parse(found)).toEqual(found);
});

describe('it is left out, and the reason told,', () => {
  const { repository: _, license: __, ...bare } = sampleRelease.product;
  const tarballs = sampleRelease.archives.map((archive): PlannedArtifact => ({ ...archive, path: archive.path.replace('.zip', '.tar.gz') }));
  test.each<[what: string, written: Written, release: Release, reason: string]>([
    ['without anybody to name it after', {}, { ...sampleRelease, product: { ...bare, license: 'MIT' } }, 'winget asks for a package identifier: set the option identifier'],
    ['without a publisher', { identifier: 'Acme.Tool' }, { ...sampleRelease, product: (({ author: _, ...product }) => ({ ...product, license: 'MIT' }))(bare) }, 'winget asks for a publisher: set the option publisher'],
    ['without a licence', { identifier: 'Acme.Tool' }, { ...sampleRelease, product: bare }, 'winget asks for a licence'],
    ['without a description', {}, withProduct({ description: '' }), 'winget asks for a description'],
    ['where Windows gets tarballs', {}, { ...sampleRelease, archives: tarballs }, 'winget unpacks zip archives only'],
    ['without an address', { identifier: 'Acme.Tool' }, { ...sampleRelease, product: { ...bare, license: 'MIT' } }, 'nothing says where the archives are downloaded from: set the option download, or a repository on GitHub'],
  ])('%s', (_what, written, release, reason) => {
    const { files, skipped } = packed(written, release);
    expect(files).toEqual([]);
    expect(skipped.find(({ target }) => target === 'windows-x64')).toEqual({ target: 'windows-x64', reason });
  });
});
