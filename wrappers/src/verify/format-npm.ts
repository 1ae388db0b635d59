/** npm packages (package.json of the npm documentation, `npm help package-json`): platform packages and the main one. */
import { basename } from 'node:path';
import { type PlannedArtifact, type Target, targetOf } from '@slipway/core';
import { tarballPath } from '../npm/names.ts';
import { isObject, type JsonObject, jsonObject } from './json-file.ts';
import { fileAt, isExecutable, type OpenedPackage } from './opened-package.ts';

/** What npm, or a user of the installed package, would stumble over. */
export function npmFaults(opened: OpenedPackage): readonly string[] {
  const manifest = jsonObject(opened.members.get('package/package.json')?.bytes);
  if (manifest === undefined) return ['package/package.json is missing or no JSON object'];
  return [
    ...[...opened.members.keys()].filter((path) => !path.startsWith('package/')).map((path) => `${path} lies outside of package/`),
    ...identityFaults(opened, manifest),
    // npm 12, pnpm, bun and yarn skip or refuse them, and say nothing.
    ...('scripts' in manifest ? ['package.json has scripts'] : []),
    ...binFaults(opened, manifest),
    ...(opened.target === undefined ? dependencyFaults(opened, manifest) : platformFaults(opened, opened.target, manifest)),
  ];
}

function identityFaults({ artifact, plan }: OpenedPackage, { name, version }: JsonObject): readonly string[] {
  const faults: string[] = [];
  if (version !== plan.product.version) faults.push(`package.json has version ${JSON.stringify(version)}, the plan ${JSON.stringify(plan.product.version)}`);
  const file = basename(tarballPath(String(name), String(version)));
  if (file !== basename(artifact.path)) faults.push(`package.json has name ${JSON.stringify(name)}; npm would call that package ${file}`);
  return faults;
}

/**
 * The main package declares every command. A platform package declares all of them or none: some publishers let npm
 * link its executable itself. What it holds can be run in any case, because npm sets that bit for commands only.
 */
function binFaults(opened: OpenedPackage, { bin }: JsonObject): readonly string[] {
  const carried = (opened.artifact.executables ?? []).map(({ entry }) => fileAt(opened, entry)).filter((member) => member !== undefined);
  const inert = carried.filter((member) => !isExecutable(member)).map(({ path, mode }) => `${path} has mode ${mode.toString(8)} and cannot be run`);
  if (bin === undefined && opened.target !== undefined) return inert;
  return [...inert, ...commandFaults(opened, bin)];
}

function commandFaults(opened: OpenedPackage, bin: unknown): readonly string[] {
  if (!isObject(bin)) return ['package.json has no bin object'];
  const { name, aliases } = opened.plan.executable;
  const faults = [name, ...aliases].filter((command) => !Object.hasOwn(bin, command)).map((command) => `bin has no ${command}`);
  for (const [command, path] of Object.entries(bin)) {
    const member = typeof path === 'string' ? fileAt(opened, `package/${path.replace(/^\.\//, '')}`) : undefined;
    if (member === undefined) faults.push(`bin ${command} is ${JSON.stringify(path)}, which is not in the package`);
    else if (!isExecutable(member)) faults.push(`bin ${command} is ${member.path}, whose mode ${member.mode.toString(8)} does not let it run`);
  }
  return faults;
}

/** The labels by which npm decides whether to install it. */
function platformFaults({ plan }: OpenedPackage, target: Target, manifest: JsonObject): readonly string[] {
  const others = plan.targets.filter((id) => id !== target.id).map(targetOf);
  // A static executable serves both C libraries and names none, unless another package serves the other.
  const shared = others.some(({ os, arch }) => os === target.os && arch === target.arch);
  return (['os', 'cpu', 'libc'] as const).flatMap((field) => {
    const expected = target.npm[field] === undefined ? undefined : [target.npm[field]];
    const found = manifest[field];
    if (JSON.stringify(found) === JSON.stringify(expected) || (field === 'libc' && found === undefined && !shared)) return [];
    return [`package.json has ${field} ${JSON.stringify(found)}, ${target.id} is ${JSON.stringify(expected)}`];
  });
}

/** Every platform package of the plan, at exactly its version, and no other. */
function dependencyFaults({ plan }: OpenedPackage, { optionalDependencies, dependencies }: JsonObject): readonly string[] {
  const pinned = isObject(optionalDependencies) ? optionalDependencies : {};
  const planned = new Map(plan.artifacts.filter(isPlatformPackage).map((artifact) => [artifact.path, artifact.target]));
  const faults = isObject(dependencies) && Object.keys(dependencies).length > 0 ? [`package.json depends on ${Object.keys(dependencies).join(', ')}`] : [];
  for (const [name, version] of Object.entries(pinned)) {
    if (version !== plan.product.version) faults.push(`optional dependency ${name} is ${JSON.stringify(version)} instead of ${JSON.stringify(plan.product.version)}`);
    if (!planned.delete(tarballPath(name, plan.product.version))) faults.push(`optional dependency ${name} is no package of the plan`);
  }
  return [...faults, ...[...planned].map(([path, target]) => `no optional dependency for ${target} (${path})`)];
}

function isPlatformPackage({ wrapper, target }: PlannedArtifact): boolean {
  return wrapper === 'npm' && target !== undefined;
}
