/**
 * Bundle what goes into programs with an update address: two modules, complete in themselves, with the same bytes in
 * any checkout. Runs on Bun.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// A compiled Slipway loads this file for slipway.config.ts, and compiled programs find no packages by name.
// oxlint-disable-next-line no-restricted-imports
import { bundledPackages, takenFiles, type BundledPackage } from '../../../compile/src/bun/packages.ts';
import packageJson from '../../package.json' with { type: 'json' };

export interface InjectedSource {
  /** The guard that runs before the program's own code. */
  readonly guard: string;
  /** The end user's commands, loaded when one of them is used. */
  readonly self: string;
  /** Whose code they hold; of Slipway's own packages, Slipway as a whole. */
  readonly packages: readonly BundledPackage[];
}

export async function bundleInjected(): Promise<InjectedSource> {
  const [guard, self] = await Promise.all([bundled('guard'), bundled('self')]);
  return { guard: guard.text, self: self.text, packages: [ourselves(), ...bundledPackages([...guard.files, ...self.files], checkout)] };
}

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

function ourselves(): BundledPackage {
  const file = join(checkout, 'LICENSE');
  return { name: 'slipway', version: packageJson.version, license: packageJson.license, texts: existsSync(file) ? [{ name: 'LICENSE', text: readFileSync(file, 'utf8') }] : [] };
}

async function bundled(name: string): Promise<{ readonly text: string; readonly files: readonly string[] }> {
  const entry = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { success, outputs, logs, metafile } = await Bun.build({ entrypoints: [entry], target: 'bun', format: 'esm', minify: true, define: { 'process.env.NODE_ENV': '"production"' }, metafile: true, throw: false });
  const [output] = outputs;
  if (!success || output === undefined) throw new Error(`${name} could not be bundled: ${logs.map(String).join('\n')}`);
  const text = (await output.text()).replace(/^\/\/ @bun.*\n/, ''); // it is going to be bundled once more
  return { text, files: takenFiles(metafile) };
}
