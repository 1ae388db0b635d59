/** The two kinds of package.json, in the form that `npm publish` leaves as it is. */
import type { Product, Release, TargetBuild } from '@slipway/core';
import { executableSuffix, targetOf } from '@slipway/core';
import type { LauncherPlatform } from '@slipway/npm-package';
import { gatheredNotices, noticesName } from '../notices-entry.ts';
import type { PackageNames } from './names.ts';
import type { NpmOptions } from './options.ts';

type Json = Readonly<Record<string, unknown>>;

export interface NpmPlan {
  readonly release: Release;
  readonly names: PackageNames;
  /** As npm writes it. */
  readonly version: string;
  readonly chosen: NpmOptions;
}

/** The package people install: one launcher for every command, and the platform packages at exactly its version. */
export function mainPackageJson({ release, names, version, chosen }: NpmPlan): Json {
  const { product } = release;
  return {
    name: names.main,
    version,
    description: product.description,
    ...(product.keywords.length === 0 ? {} : { keywords: product.keywords }),
    ...about(product),
    type: 'commonjs',
    bin: binOf(release, (name) => `bin/${name}.cjs`),
    files: ['bin', 'lib', ...noticePaths(release)],
    engines: { node: '>=14' },
    optionalDependencies: Object.fromEntries(release.builds.map((build) => [names.platform(targetOf(build.target)), version])),
    publishConfig: { access: chosen.access },
  };
}

/** The package with one target's executable; the option `directBin` says when it declares commands of its own. */
export function platformPackageJson({ release, names, version, chosen }: NpmPlan, build: TargetBuild): Json {
  const target = targetOf(build.target);
  const { os, cpu, libc } = platformOf(release, build, names);
  return {
    name: names.platform(target),
    version,
    description: `The ${build.target} executable of ${names.main}`,
    ...about(release.product),
    type: 'commonjs',
    os: [os],
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(chosen.directBin ? { bin: binOf(release, (name) => `bin/${name}${executableSuffix(target)}`) } : {}),
    files: ['bin', 'owner.json', ...noticePaths(release), ...(gatheredNotices(release, build) === undefined ? [] : [noticesName])],
    // Yarn Plug'n'Play keeps packages zipped; an executable must be a file.
    preferUnplugged: true,
    publishConfig: { access: chosen.access },
  };
}

/** What the launcher and npm select a platform package by. */
export function platformOf(release: Release, build: TargetBuild, names: PackageNames): LauncherPlatform {
  const target = targetOf(build.target);
  const libc = libcOf(release, build);
  return { os: target.npm.os, cpu: target.npm.cpu, ...(libc === undefined ? {} : { libc }), package: names.platform(target) };
}

/**
 * The label comes from the executable's bytes. A static one runs with either C library and is offered to both, unless
 * another target of the release serves the other.
 */
function libcOf(release: Release, { target, facts }: TargetBuild): string | undefined {
  if (facts.libc !== 'static') return facts.libc;
  const { os, arch, npm } = targetOf(target);
  const shared = release.builds.some((other) => other.target !== target && targetOf(other.target).os === os && targetOf(other.target).arch === arch);
  return shared ? npm.libc : undefined;
}

/** What npm would leave out when it packs the unpacked package again: it adds READMEs and licences by itself. */
function noticePaths({ files }: Release): readonly string[] {
  return files.filter(({ role }) => role === 'notices').map(({ path }) => path);
}

function binOf({ executable }: Release, pathOf: (name: string) => string): Json {
  return Object.fromEntries([executable.name, ...executable.aliases].map((name) => [name, pathOf(name)]));
}

function about({ homepage, repository, license, author }: Product): Json {
  return {
    ...(homepage === undefined ? {} : { homepage }),
    ...(repository === undefined ? {} : { repository: { type: 'git', url: repositoryUrl(repository) } }),
    ...(license === undefined ? {} : { license }),
    ...(author === undefined ? {} : { author }),
  };
}

/** `npm publish` warns about, and rewrites, anything but `git+https://….git`; the trusted publisher check compares it. */
function repositoryUrl(repository: string): string {
  return `git+${repository.replace(/\/+$/, '')}.git`;
}
