/**
 * What CI users know from cibuildwheel, for wheels that need none of its building: CIBW_BUILD and CIBW_SKIP choose
 * among its identifiers, and each identifier names the one wheel that serves it.
 */
import { didYouMean, SlipwayError, type TargetId } from '@slipway/core';
import { type CibuildwheelPlatform, identifiers, knownPlatforms, knownPythons, platforms } from './identifiers.ts';
import { selector } from './selector.ts';

export interface IdentifierQuery {
  /** As CIBW_BUILD; empty or absent selects everything. */
  readonly build?: string | undefined;
  /** As CIBW_SKIP, applied after `build`. */
  readonly skip?: string | undefined;
  readonly wheels: readonly CandidateWheel[];
}

export interface CandidateWheel {
  readonly target: TargetId;
  readonly path: string;
  /** Its platform tags, expanded. */
  readonly tags: readonly string[];
}

export interface ResolvedIdentifiers {
  /** The targets whose wheels serve at least one selected identifier, in the order of `wheels`. */
  readonly targets: readonly TargetId[];
  /** Every selected identifier and the path of its wheel; none where no target of the release serves the platform. */
  readonly identifiers: readonly { readonly identifier: string; readonly wheel: string | undefined }[];
}

/** Throws CONFIG_INVALID for a selector that matches no identifier there is, and where nothing is left. */
export function resolveIdentifiers({ build, skip, wheels }: IdentifierQuery): ResolvedIdentifiers {
  const built = matcher(build?.trim() || '*');
  const skipped = matcher(skip ?? '');
  const selected = identifiers.filter(({ name }) => built(name) && !skipped(name));
  if (selected.length === 0) {
    throw new SlipwayError('CONFIG_INVALID', `pip: no wheel is left by the cibuildwheel selectors build "${build ?? '*'}" and skip "${skip ?? ''}"`, {
      hint: 'Select an identifier such as cp312-manylinux_x86_64 for CPython 3.8 or later.',
    });
  }
  const resolved = selected.map(({ name, platform }) => ({ identifier: name, wheel: wheels.find((wheel) => serves(wheel, platform)) }));
  const used = new Set(resolved.map(({ wheel }) => wheel));
  return {
    targets: wheels.filter((wheel) => used.has(wheel)).map(({ target }) => target),
    identifiers: resolved.map(({ identifier, wheel }) => ({ identifier, wheel: wheel?.path })),
  };
}

function serves({ tags }: CandidateWheel, platform: CibuildwheelPlatform): boolean {
  return tags.some((tag) => tag.replace(/^(manylinux|musllinux|macosx)[\d_]*?_(x86_64|aarch64|arm64)$/, '$1_$2') === platform);
}

function matcher(words: string): (identifier: string) => boolean {
  const tests = words.split(/\s+/).filter((word) => word !== '').map(checked);
  return (identifier) => tests.some((test) => test(identifier));
}

const known = knownPythons.flatMap((python) => knownPlatforms.map((platform) => `${python}-${platform}`));

function checked(word: string): (identifier: string) => boolean {
  const test = selector(word);
  if (known.some(test)) return test;
  throw new SlipwayError('CONFIG_INVALID', `pip: the cibuildwheel selector "${word}" matches no build identifier.${suggestion(word)}`, {
    hint: `An identifier is a Python and one of ${platforms.join(', ')}, for example cp312-manylinux_x86_64.`,
  });
}

/** The half of the identifier that is wrong is easier to guess than the whole. */
function suggestion(word: string): string {
  const [python = '', platform] = word.split('-');
  if (platform === undefined) return didYouMean(word, known);
  if (!knownPythons.some(selector(python))) return didYouMean(python, knownPythons);
  return knownPlatforms.some(selector(platform)) ? '' : didYouMean(platform, knownPlatforms);
}
