/**
 * Platform tags of a wheel (PEP 425), read from what the executable needs: never a label that its bytes contradict.
 */
import { type Release, type Target, targetOf, type TargetBuild } from '@slipway/core';
import { sinceOf, unpromised } from './assumed-libraries.ts';

export interface PlatformTag {
  /** Expanded and sorted: the file name joins them with dots (PEP 425, compressed tag sets). */
  readonly tags: readonly string[];
  /** What it runs on, for people. */
  readonly label: string;
}

/** The tags of one target's wheel, or why none fits. */
export function platformTag(release: Release, build: TargetBuild): PlatformTag | string {
  const missing = unpromised(build.facts);
  if (missing.length > 0) return `it needs ${missing.join(', ')}, which ${family(build)} does not promise to be there`;
  const target = targetOf(build.target);
  if (target.os === 'darwin') return macos(build, target);
  if (target.os === 'windows') return { tags: [`win_${target.wheelArch}`], label: `Windows on ${target.wheelArch}` };
  return build.facts.libc === 'static' ? staticLinux(release, build, target) : dynamicLinux(build, target);
}

function family({ facts }: TargetBuild): string {
  return facts.os === 'darwin' ? 'macOS' : facts.libc === 'musl' ? 'the musllinux platform tag' : 'the manylinux platform tag';
}

function dynamicLinux({ facts }: TargetBuild, target: Target): PlatformTag | string {
  if (facts.libc === 'musl') return { tags: [`musllinux_1_2_${target.wheelArch}`], label: `Linux on ${target.wheelArch} with musl 1.2 or later` };
  const floor = /^2\.(\d+)/.exec(facts.glibcFloor ?? '');
  if (floor === null) return 'the glibc version it needs is not known';
  const minor = Math.max(Number(floor[1]), sinceOf(facts.needed), oldestMinor(target));
  return { tags: manylinux(minor, target), label: `Linux on ${target.wheelArch} with glibc 2.${minor} or later` };
}

/**
 * A static executable needs no C library and claims both, at the oldest levels that a Python 3.8 or later meets, unless
 * another target of the release serves the other library: two wheels for one system would leave the choice to chance.
 *
 * A dynamic musl one claims 1.2: musl has no symbol versions to read, and no maintained distribution has 1.1 any more.
 */
function staticLinux(release: Release, { target: id }: TargetBuild, target: Target): PlatformTag {
  const shared = release.builds.some((other) => other.target !== id && targetOf(other.target).os === 'linux' && targetOf(other.target).arch === target.arch);
  const glibc = shared && target.libc === 'musl' ? [] : manylinux(17, target);
  const musl = shared && target.libc === 'glibc' ? [] : [`musllinux_1_1_${target.wheelArch}`];
  return { tags: [...glibc, ...musl].toSorted(), label: `Linux on ${target.wheelArch}${shared ? ` with ${target.libc}` : ''}` };
}

/** Installers know no tag below these (packaging.tags, _manylinux.platform_tags). */
function oldestMinor(target: Target): number {
  return target.arch === 'x64' ? 5 : 17;
}

/** The names that came before PEP 600, and the glibc minor version each stands for exactly. */
const legacy: Readonly<Record<number, string>> = { 5: 'manylinux1', 12: 'manylinux2010', 17: 'manylinux2014' };

function manylinux(minor: number, target: Target): readonly string[] {
  const alias = legacy[minor];
  return [`manylinux_2_${minor}_${target.wheelArch}`, ...(alias === undefined ? [] : [`${alias}_${target.wheelArch}`])].toSorted();
}

/**
 * From macOS 11 on, installers match the major version only, with minor 0 (packaging.tags.mac_platforms): 13.3 becomes
 * 14_0, because 13_0 would also be installed where the executable does not start.
 */
function macos({ facts }: TargetBuild, target: Target): PlatformTag | string {
  const [major, minor = 0] = (facts.minimumMacos ?? '').split('.').map(Number);
  if (!major) return 'the macOS version it needs is not known';
  const [x, y] = major < 11 ? [major, minor] : [minor === 0 ? major : major + 1, 0];
  return { tags: [`macosx_${x}_${y}_${target.wheelArch}`], label: `macOS ${x}.${y} or later on ${target.wheelArch}` };
}
