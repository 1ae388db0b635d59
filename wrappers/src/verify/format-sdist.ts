import { basename } from 'node:path';
import { identityFaults } from './core-metadata.ts';
import { type OpenedPackage, textAt } from './opened-package.ts';

/** A source distribution (PEP 517, PEP 625) that asks for no other package, so that it ends with its own message. */
export function sdistFaults(opened: OpenedPackage): readonly string[] {
  const stem = basename(opened.artifact.path).replace(/\.tar\.gz$/, '');
  const [, distribution, version] = /^(.+)-([^-]+)$/.exec(stem) ?? [];
  if (distribution === undefined || version === undefined) return [`the file's name is not name-version.tar.gz`];
  const outside = [...opened.members.keys()].filter((path) => !path.startsWith(`${stem}/`) && path !== stem);
  return [
    ...outside.map((path) => `${path} lies outside of ${stem}/`),
    ...identityFaults(`${stem}/PKG-INFO`, textAt(opened, `${stem}/PKG-INFO`), { distribution, version }, opened.plan),
    ...(requiresNothing(textAt(opened, `${stem}/pyproject.toml`)) ? [] : [`${stem}/pyproject.toml does not have "requires = []" in [build-system]`]),
  ];
}

function requiresNothing(toml: string): boolean {
  const [, table = ''] = /^\[build-system\][ \t]*\r?\n((?:(?!\[)[^\n]*\n?)*)/m.exec(toml) ?? [];
  return /^requires[ \t]*=[ \t]*\[\s*\][ \t]*$/m.test(table);
}
