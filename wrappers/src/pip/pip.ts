/**
 * Wheels for pip, pipx and uv, one for each target and every Python from 3.8 on, and a source distribution that
 * explains itself.
 */
import type { Identifier, Release, Skip, TargetBuild, TargetId, Wrapper } from '@slipway/core';
import { resolveIdentifiers } from './cibuildwheel.ts';
import { type PipNames, pipNames } from './names.ts';
import { type PipOptions, options } from './options.ts';
import { type PlatformTag, platformTag } from './platform-tag.ts';
import { sourceDistribution } from './source-distribution.ts';
import { wheel, wheelPath } from './wheel.ts';

export const pip: Wrapper<typeof options> = {
  name: 'pip',
  summary: 'Python wheels with the executable as a script, and a source distribution that names the platforms',
  options,
  pack(release, chosen) {
    const names = pipNames(release, chosen);
    const { fitting, unfit } = fit(release);
    const { targets, identifiers } = select(fitting, names, chosen);
    const made = fitting.filter(({ build }) => targets.includes(build.target));
    const unselected = fitting.filter((candidate) => !made.includes(candidate));
    const wheels = made.map(({ build, platform }) => wheel(release, build, names, platform));
    const labels = made.map(({ platform }) => platform.label);
    return {
      // Last also in publishing: before its wheels are there, installers would take it for the only file.
      files: wheels.length === 0 ? [] : [...wheels, sourceDistribution(release, names, labels)],
      skipped: [...unfit, ...unselected.map(({ build }) => ({ target: build.target, reason: 'the cibuildwheel selectors leave it out' }))],
      ...(wheels.length === 0 ? {} : { identifiers }),
    };
  },
};

interface Candidate {
  readonly build: TargetBuild;
  readonly platform: PlatformTag;
}

/** The targets that a platform tag fits, and the others with the reason. */
function fit(release: Release): { readonly fitting: readonly Candidate[]; readonly unfit: readonly Skip[] } {
  const fitting: Candidate[] = [];
  const unfit: Skip[] = [];
  for (const build of release.builds) {
    const platform = platformTag(release, build);
    if (typeof platform === 'string') unfit.push({ target: build.target, reason: platform });
    else fitting.push({ build, platform });
  }
  return { fitting, unfit };
}

/** The targets that the selectors leave, and the wheel of each identifier. */
function select(fitting: readonly Candidate[], names: PipNames, { cibuildwheel }: PipOptions): { readonly targets: readonly TargetId[]; readonly identifiers: readonly Identifier[] } {
  const wheels = fitting.map(({ build, platform }) => ({ target: build.target, path: wheelPath(names, platform), tags: platform.tags }));
  const { targets, identifiers } = resolveIdentifiers({ ...cibuildwheel, wheels });
  return {
    targets: cibuildwheel === undefined ? fitting.map(({ build }) => build.target) : targets,
    identifiers: identifiers.map(({ identifier, wheel: path }) => ({ identifier, ...(path === undefined ? {} : { path }) })),
  };
}
