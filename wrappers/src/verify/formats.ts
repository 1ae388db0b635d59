/** Which rules a package has to follow, by the wrapper that made it. */
import { archiveFaults } from './format-archive.ts';
import { npmFaults } from './format-npm.ts';
import { sdistFaults } from './format-sdist.ts';
import { wheelFaults } from './format-wheel.ts';
import type { OpenedPackage } from './opened-package.ts';

type Rules = (opened: OpenedPackage) => readonly string[];

const rules: Readonly<Record<string, Rules>> = {
  archive: archiveFaults,
  npm: npmFaults,
  pip: (opened) => (opened.artifact.path.endsWith('.whl') ? wheelFaults(opened) : sdistFaults(opened)),
};

export function formatFaults(opened: OpenedPackage): readonly string[] {
  return rules[opened.artifact.wrapper ?? '']?.(opened) ?? [];
}

/** The members whose text the rules look at. */
export function isLookedAt(path: string): boolean {
  return /^(package\/package\.json|[^/]+\.dist-info\/(METADATA|RECORD|WHEEL)|[^/]+\/(PKG-INFO|pyproject\.toml))$/.test(path);
}
