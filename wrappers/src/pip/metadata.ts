/** Core metadata 2.4: METADATA of a wheel and PKG-INFO of a source distribution (PEP 639, PEP 643). */
import type { Product, Release, ReleaseFile, Text } from '@slipway/core';
import type { PipNames } from './names.ts';

/** Headers, and the README as the body; `gathered` are licence files that no file of the publisher's is. */
export function metadata(release: Release, names: PipNames, gathered: readonly string[] = []): Text {
  const { product } = release;
  const readme = release.files.find(({ role }) => role === 'readme');
  const headers = [
    'Metadata-Version: 2.4',
    `Name: ${names.project}`,
    `Version: ${names.version}`,
    ...(oneLine(product.description) === '' ? [] : [`Summary: ${oneLine(product.description)}`]),
    ...(product.keywords.length === 0 ? [] : [`Keywords: ${product.keywords.map(oneLine).join(',')}`]),
    ...author(product),
    ...license(product),
    ...[...licenseFiles(release).map(({ path }) => path), ...gathered].map((path) => `License-File: ${path}`),
    ...(product.homepage === undefined ? [] : [`Project-URL: Homepage, ${product.homepage}`]),
    ...(product.repository === undefined ? [] : [`Project-URL: Repository, ${product.repository}`]),
    'Requires-Python: >=3.8',
    ...(readme === undefined ? [] : [`Description-Content-Type: ${contentType(readme)}`]),
  ];
  const text = `${headers.join('\n')}\n`;
  return readme === undefined ? [text] : [`${text}\n`, { kind: 'file', of: readme.source }];
}

/** The files that License-File names; they lie in `licenses/` of the dist-info folder, and at the root of an sdist. */
export function licenseFiles(release: Release): readonly ReleaseFile[] {
  return release.files.filter(({ role }) => role === 'license' || role === 'notices');
}

/** A header ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** npm's `Name <address> (page)`: an address makes it Author-email, which holds the name too. */
function author({ author: written }: Product): readonly string[] {
  const person = written === undefined ? '' : oneLine(written).replace(/\s*\([^)]*\)$/, '');
  if (person === '') return [];
  return [/<[^<>@\s]+@[^<>\s]+>$/.test(person) ? `Author-email: ${person}` : `Author: ${person}`];
}

/** npm's two words for "no licence in the list" are no SPDX expressions, and PyPI refuses the upload. */
function license({ license: expression }: Product): readonly string[] {
  return expression === undefined || /^(UNLICENSED$|SEE LICENSE IN )/.test(expression) ? [] : [`License-Expression: ${expression}`];
}

function contentType({ source }: ReleaseFile): string {
  if (/\.(md|markdown)$/i.test(source)) return 'text/markdown; charset=UTF-8';
  return /\.rst$/i.test(source) ? 'text/x-rst; charset=UTF-8' : 'text/plain; charset=UTF-8';
}
