/**
 * Builders that make executables, and inspectors that read what they made. An executable leaves here only when its
 * own bytes agree with the target it is labelled with.
 */
export { binaryPath, buildTarget, takeTarget, type BuildContext, type BuildStep, type BuiltBinary, type BuiltTarget, type BundledStore } from './build-target.ts';
export { basePackage, bunLicense, bunVersion, type BasePackage, type BaseStore } from './bun/bases.ts';
export { bundledPackageSchema } from './bun/package-schema.ts';
export { bundledPackages, takenFiles, type BundledPackage } from './bun/packages.ts';
export { promisedFacts } from './bun/promises.ts';
export { fakeExecutable } from './fake/fake-executable.ts';
