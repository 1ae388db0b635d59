/**
 * The scripts that people install and uninstall with, made for one product: POSIX sh, no other dependency than what
 * every system has.
 */
// Whoever imports this package type-checks it with their own files, and sees ambient declarations only by reference.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="../../text.d.ts" />
import { targets } from '@slipway/core';
import install from './install.sh' with { type: 'text' };
import uninstall from './uninstall.sh' with { type: 'text' };

export interface InstallerOptions {
  readonly product: string;
  /** Every name of the program, its own first. */
  readonly names: readonly string[];
  /** The release repository, with `/` at its end. */
  readonly url: string;
  /** The channel of those who choose none. */
  readonly channel: string;
}

/** File name to text, for the repository's folder. */
export function installerFiles(options: InstallerOptions): Readonly<Record<'install.sh' | 'uninstall.sh', string>> {
  return { 'install.sh': filled(install, options), 'uninstall.sh': filled(uninstall, options) };
}

/** What stands in the scripts is checked by the configuration: none of it has a quote or a character of the shell's. */
function filled(text: string, { product, names, url, channel }: InstallerOptions): string {
  const values: Readonly<Record<string, string>> = {
    PRODUCT: product,
    NAMES: names.join(' '),
    URL: url,
    CHANNEL: channel,
    PREFIX: product.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_').replace(/^(?=\d)/, '_'),
    TARGETS: targetCases(),
    TARGET_IDS: targets.filter(({ uname }) => uname !== undefined).map(({ id }) => id).join(', '),
  };
  return text.replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => values[name] ?? whole);
}

/** `Linux:x86_64:glibc | Linux:amd64:glibc) target=linux-x64 ;;` */
function targetCases(): string {
  return targets.flatMap(({ id, libc, uname }) => {
    if (uname === undefined) return [];
    const patterns = uname.m.map((machine) => `${uname.s}:${machine}:${libc ?? ''}`);
    return [`    ${patterns.join(' | ')}) target=${id} ;;`];
  }).join('\n');
}
