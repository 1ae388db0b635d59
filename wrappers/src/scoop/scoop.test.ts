import { expect, test } from '@jest/globals';
import type { PlannedArtifact, Release } from '@slipway/core';
import { describeWrapper, expectGolden, renderPacked, sampleRelease } from '@slipway/testkit';
import { z } from 'zod';
import { scoop } from './scoop.ts';

describeWrapper(scoop, sampleRelease, {});
describeWrapper(scoop, { ...sampleRelease, archives: [] }, {});
describeWrapper(scoop, sampleRelease, { download: 'https://get.example/{version}/{file}' });

type Written = Parameters<typeof scoop.options.parse>[0];
const packed = (written: Written, release: Release = sampleRelease) => scoop.pack(release, scoop.options.parse(written));
function manifest(written: Written, release?: Release): unknown {
  const content = packed(written, release).files[0]?.content;
  if (content?.kind !== 'text') throw new Error('no manifest');
  return JSON.parse(content.text.map((part) => (typeof part === 'string' ? part : 'e'.repeat(64))).join(''));
}

/** The part of Scoop's schema.json that we use, as strict as it is: no other fields, and what each may hold. */
const url = z.url().refine((text) => !text.includes('$'));
const architecture = z.strictObject({ url, hash: z.string().regex(/^[a-fA-F0-9]{64}$/), extract_dir: z.string().optional() });
const newer = z.strictObject({ url: z.url(), extract_dir: z.string().optional() });
const schema = z.strictObject({
  version: z.string().regex(/^[\w.\-+_]+$/),
  description: z.string(),
  homepage: z.url(),
  license: z.string(),
  architecture: z.strictObject({ '64bit': architecture, arm64: architecture.optional() }),
  post_install: z.array(z.string()).min(1),
  bin: z.array(z.string()).min(1),
  checkver: z.strictObject({ github: z.url() }).optional(),
  autoupdate: z.strictObject({ architecture: z.strictObject({ '64bit': newer, arm64: newer.optional() }) }).optional(),
});

test('the manifest of the sample release', () => {
  expectGolden(new URL('scoop.golden.txt', import.meta.url), renderPacked(packed({})));
});

test.each<[what: string, written: Written]>([['by default', {}], ['with an address of its own', { download: 'https://get.example/{version}/{file}' }]])('it is what Scoop’s schema asks for, %s', (_, written) => {
  expect(schema.parse(manifest(written))).toEqual(manifest(written));
});

test('autoupdate has the version as a variable wherever the address has it', () => {
  expect(manifest({})).toMatchObject({ autoupdate: { architecture: { '64bit': { url: 'https://github.com/acme/tool/releases/download/v$version/tool-v$version-windows-x64.zip' } } } });
});

test('a tarball is unpacked from its directory', () => {
  const archives = sampleRelease.archives.map((archive): PlannedArtifact => (archive.target === 'windows-x64' ? { ...archive, path: 'archives/tool-v1.4.0-windows-x64.tar.gz', executables: [{ name: 'tool', entry: 'tool-v1.4.0-windows-x64/tool.exe' }] } : archive));
  expect(schema.parse(manifest({}, { ...sampleRelease, archives }))).toMatchObject({
    architecture: { '64bit': { extract_dir: 'tool-v1.4.0-windows-x64' } },
    autoupdate: { architecture: { '64bit': { extract_dir: 'tool-v$version-windows-x64' } } },
  });
});

test('without a repository on GitHub nothing tells the newest version', () => {
  const { repository: _, ...product } = sampleRelease.product;
  expect(manifest({ download: 'https://get.example/{file}' }, { ...sampleRelease, product })).not.toHaveProperty('checkver');
  expect(packed({}, { ...sampleRelease, product }).files).toEqual([]);
});
