/**
 * npm packages: one per target with the executable, and the one people install, which depends on all of them
 * optionally and starts whichever is there. No package has a lifecycle script: npm 12, pnpm, bun and yarn skip or
 * refuse them.
 */
import {
  type ContainerEntry, jsonEntry, type PlannedFile, type Release, type ReleaseFile, targetOf, type TargetBuild, textEntry, type Wrapper,
} from '@slipway/core';
import { commandShim, launcherFiles, type LauncherProduct } from '@slipway/npm-package';
import { distinctMembers } from '../distinct-members.ts';
import { carried, executableEntries } from '../executable-entries.ts';
import { noticesEntries } from '../notices-entry.ts';
import { ownerEntry } from '../owner-entry.ts';
import { npmVersion, packageNames, tarballPath } from './names.ts';
import { options } from './options.ts';
import { mainPackageJson, type NpmPlan, platformOf, platformPackageJson } from './package-json.ts';

export const npm: Wrapper<typeof options> = {
  name: 'npm',
  summary: 'npm packages: one with the executable for each target, and one that brings the right one',
  options,
  pack(release, chosen) {
    const plan: NpmPlan = {
      release,
      names: packageNames(release.product.name, chosen),
      version: npmVersion(release.product.version),
      chosen,
    };
    // The main package last: published before the ones it needs, it would install without a program.
    return { files: [...release.builds.map((build) => platformPackage(plan, build)), mainPackage(plan)], skipped: [] };
  },
};

function platformPackage(plan: NpmPlan, build: TargetBuild): PlannedFile {
  const { release, names } = plan;
  const target = targetOf(build.target);
  const owner = { owner: 'npm', package: names.main, upgrade: ['npm', 'install', '-g', `${names.main}@latest`] };
  return {
    ...tarball(plan, names.platform(target), build.target, [
      jsonEntry('package/package.json', platformPackageJson(plan, build)),
      ...executableEntries(release.executable, target, 'package/bin/', 'script'),
      ownerEntry('package/owner.json', release, owner),
      textEntry('package/README.md', platformReadme(names.main, names.platform(target), build.target)),
      ...projectFiles(release, ['license', 'notices']),
      ...noticesEntries(release, build, 'package/'),
    ]),
    target: build.target,
    executables: carried(release.executable, target, 'package/bin/'),
  };
}

function mainPackage(plan: NpmPlan): PlannedFile {
  const { release, names, version } = plan;
  const product: LauncherProduct = {
    package: names.main,
    version,
    executable: release.executable.name,
    platforms: release.builds.map((build) => platformOf(release, build, names)),
  };
  return tarball(plan, names.main, 'main', [
    jsonEntry('package/package.json', mainPackageJson(plan)),
    ...[release.executable.name, ...release.executable.aliases].map((name) => textEntry(`package/bin/${name}.cjs`, commandShim(name, product), 0o755)),
    ...launcherFiles.map(({ path, text }) => textEntry(`package/${path}`, text)),
    ...projectFiles(release, ['readme', 'license', 'notices']),
  ]);
}

function tarball(plan: NpmPlan, name: string, id: string, entries: readonly ContainerEntry[]): PlannedFile {
  const path = tarballPath(name, plan.version);
  return {
    id: `npm:${id}`, type: 'package', path, wrapper: 'npm',
    content: { kind: 'tar.gz', entries: distinctMembers(path, entries), mtime: plan.release.date },
  };
}

function projectFiles(release: Release, roles: readonly ReleaseFile['role'][]): readonly ContainerEntry[] {
  return release.files
    .filter(({ role }) => roles.includes(role))
    .map(({ path, source }) => ({ path: `package/${path}`, mode: 0o644, content: { kind: 'file', path: source } }));
}

function platformReadme(main: string, name: string, target: string): string {
  return `# ${name}\n\nThe ${target} executable of [${main}](https://www.npmjs.com/package/${main}). Install that package; npm then chooses this one where it fits.\n`;
}
