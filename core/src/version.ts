/**
 * One semantic version, and how each ecosystem writes it. A version that an ecosystem cannot express is refused with
 * the reason, because a silently changed version breaks upgrades for ever (file names on PyPI are burnt once used).
 */
import semver from 'semver';
import { SlipwayError } from './error.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers after `-`, for example `['nightly', 20240115]`. */
  readonly prerelease: readonly (string | number)[];
  /** Identifiers after `+`. */
  readonly build: readonly string[];
  readonly text: string;
}

/** Parse a strict semantic version (https://semver.org); throws VERSION_INVALID. */
export function parseVersion(text: string): Version {
  const parsed = semver.parse(text);
  if (parsed === null || text !== text.trim() || text.startsWith('v')) {
    throw new SlipwayError('VERSION_INVALID', `"${text}" is not a semantic version`, {
      hint: 'Write MAJOR.MINOR.PATCH, for example 1.4.0 or 1.4.0-beta.2.',
    });
  }
  const { major, minor, patch, prerelease, build } = parsed;
  return { major, minor, patch, prerelease, build, text };
}

const core = (v: Version): string => `${v.major}.${v.minor}.${v.patch}`;

function refuse(v: Version, ecosystem: string, why: string): never {
  throw new SlipwayError('VERSION_NOT_EXPRESSIBLE', `version ${v.text} cannot be written for ${ecosystem}: ${why}`, {
    hint: 'Choose another version, or leave that wrapper out with --wrapper.',
  });
}

const pepLabels: Readonly<Record<string, string>> = {
  alpha: 'a', a: 'a', beta: 'b', b: 'b', rc: 'rc', pre: 'rc', preview: 'rc',
  dev: '.dev', nightly: '.dev', canary: '.dev', snapshot: '.dev',
};

/**
 * PEP 440 in normal form: `1.2.0-beta.3` is `1.2.0b3`, a nightly is a `.devN`, build metadata a local version.
 * Refused: pre-release labels that PEP 440 has no order for.
 */
export function toPep440(v: Version): string {
  const local = v.build.length === 0 ? '' : `+${v.build.join('.').toLowerCase().replaceAll('-', '.')}`;
  if (v.prerelease.length === 0) return core(v) + local;
  const [first, number = 0, ...rest] = splitLabel(v.prerelease);
  const label = typeof first === 'string' ? pepLabels[first.toLowerCase()] : undefined;
  if (label === undefined || typeof number !== 'number' || rest.length > 0) {
    refuse(v, 'pip (PEP 440)', `its pre-release "${v.prerelease.join('.')}" is not alpha.N, beta.N, rc.N, dev.N or nightly.N`);
  }
  return `${core(v)}${label}${number}${local}`;
}

/** `['rc1']` is read as `['rc', 1]`. */
function splitLabel(parts: readonly (string | number)[]): readonly (string | number)[] {
  const joined = typeof parts[0] === 'string' ? /^([a-z]+)(\d+)$/i.exec(parts[0]) : null;
  return joined === null ? parts : [joined[1] as string, Number(joined[2]), ...parts.slice(1)];
}

/** Debian upstream version: `~` sorts before the release itself (deb-version(7)). */
export function toDeb(v: Version): string {
  return core(v) + tilde(v) + (v.build.length === 0 ? '' : `+${v.build.join('.').replaceAll('-', '.')}`);
}

/** RPM version: no hyphens, `~` sorts before (rpm-version(7)). */
export function toRpm(v: Version): string {
  return core(v) + tilde(v) + (v.build.length === 0 ? '' : `^${v.build.join('.').replaceAll('-', '.')}`);
}

function tilde(v: Version): string {
  return v.prerelease.length === 0 ? '' : `~${v.prerelease.join('.').replaceAll('-', '.')}`;
}

/** OCI tag: `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}` (distribution spec), so `+` becomes `-`. */
export function toOciTag(v: Version): string {
  const tag = v.text.replaceAll('+', '-');
  return tag.length <= 128 ? tag : refuse(v, 'OCI', 'a tag holds 128 characters');
}

/** Windows VS_FIXEDFILEINFO: four 16-bit numbers; the text version beside it keeps the pre-release. */
export function toWindows(v: Version): readonly [number, number, number, number] {
  if ([v.major, v.minor, v.patch].some((n) => n > 65_535)) refuse(v, 'Windows', 'each number of a file version is at most 65535');
  return [v.major, v.minor, v.patch, 0];
}

/**
 * The version a git tag names: `v1.2.3`, `1.2.3`, and in a monorepo `cli/v1.2.3` or `cli@1.2.3` with prefix `cli`.
 * Undefined where the tag is about something else.
 */
export function versionOfTag(tag: string, prefix = ''): string | undefined {
  const rest = prefix === '' ? tag : stripPrefix(tag, prefix);
  const text = rest?.replace(/^v(?=\d)/, '');
  return text !== undefined && semver.parse(text) !== null && !text.startsWith('v') ? text : undefined;
}

function stripPrefix(tag: string, prefix: string): string | undefined {
  for (const separator of ['/', '@', '-', '']) {
    if (tag.startsWith(prefix + separator)) return tag.slice(prefix.length + separator.length);
  }
  return undefined;
}
