/**
 * What is measured: two versions of published executables, named by npm package, version and file. Nothing of it lies in
 * this repository; `packages.ts` fetches it through npm. Bytes that npm serves under a version never change, and the
 * peers' results are kept under the files' digests.
 */

/**
 * - `same`: both versions were made by the same release of the compiler (patch releases of it count as the same);
 * - `bump`: by different ones;
 * - `app`: the same program compiled onto the same runtime, only the program's version differs;
 * - `unlike`: no delta helps; the file holds a compressed payload, or the two are different programs.
 *
 * `toolchain.ts` reads `same` and `bump` again from the bytes.
 */
export type Group = 'same' | 'bump' | 'app' | 'unlike';

/** A file in a package of npm. */
export interface Published {
  readonly package: string;
  readonly file: string;
}

export interface PublishedPair extends Published {
  readonly name: string;
  readonly group: 'same' | 'bump' | 'unlike';
  readonly base: string;
  readonly next: string;
  /** Where the next version is not of the same package. */
  readonly nextOf?: Published;
}

/** A program of npm, compiled onto one Bun in two versions. */
export interface AppPair {
  readonly name: string;
  readonly group: 'app';
  readonly package: string;
  /** The module with the whole program: what `bin` names often only loads it by a name that no bundler sees. */
  readonly entry: string;
  readonly base: string;
  readonly next: string;
  /** Bun's package whose executable it is compiled onto, and the file in it. */
  readonly runtime: Published;
  readonly bytecode: boolean;
}

export type Pair = PublishedPair | AppPair;

/** Of the runtime of app pairs: the bench's own compiler compiles onto it. */
export const runtimeVersion = '1.4.5';

const bun = (platform: string): Published => ({ package: `@oven/bun-${platform}`, file: platform.startsWith('windows') ? 'bin/bun.exe' : 'bin/bun' });
const esbuild = (platform: string): Published => ({ package: `@esbuild/${platform}`, file: platform.startsWith('win32') ? 'esbuild.exe' : 'bin/esbuild' });
const tsgo = (platform: string): Published => ({ package: `@typescript/native-preview-${platform}`, file: platform.startsWith('win32') ? 'lib/tsgo.exe' : 'lib/tsgo' });
const addon = (scope: string, name: string, platform: string): Published => ({ package: `${scope}${platform}`, file: `${name}.${platform}.node` });
const prettier = { group: 'app', package: 'prettier', entry: 'internal/legacy-cli.mjs', base: '3.10.0', next: '3.10.1' } as const;

export const corpus: readonly Pair[] = [
  { name: 'esbuild linux x64', group: 'same', ...esbuild('linux-x64'), base: '0.28.1', next: '0.28.2' },
  { name: 'esbuild linux arm64', group: 'same', ...esbuild('linux-arm64'), base: '0.28.1', next: '0.28.2' },
  { name: 'esbuild macOS arm64', group: 'same', ...esbuild('darwin-arm64'), base: '0.28.1', next: '0.28.2' },
  { name: 'esbuild windows x64', group: 'same', ...esbuild('win32-x64'), base: '0.28.1', next: '0.28.2' },
  { name: 'tsgo linux x64', group: 'same', ...tsgo('linux-x64'), base: '7.0.0-dev.20260706.1', next: '7.0.0-dev.20260707.2' },
  { name: 'tsgo windows arm64', group: 'same', ...tsgo('win32-arm64'), base: '7.0.0-dev.20260706.1', next: '7.0.0-dev.20260707.2' },
  { name: 'lightningcss linux x64', group: 'same', ...addon('lightningcss-', 'lightningcss', 'linux-x64-gnu'), base: '1.32.0', next: '1.33.0' },
  { name: 'lightningcss macOS arm64', group: 'same', ...addon('lightningcss-', 'lightningcss', 'darwin-arm64'), base: '1.32.0', next: '1.33.0' },
  { name: 'lightningcss windows x64', group: 'same', ...addon('lightningcss-', 'lightningcss', 'win32-x64-msvc'), base: '1.32.0', next: '1.33.0' },
  { name: 'oxlint linux x64', group: 'same', ...addon('@oxlint/binding-', 'oxlint', 'linux-x64-gnu'), base: '1.92.0', next: '1.93.0' },
  { name: 'oxlint linux arm64', group: 'same', ...addon('@oxlint/binding-', 'oxlint', 'linux-arm64-gnu'), base: '1.92.0', next: '1.93.0' },
  { name: 'oxlint windows x64', group: 'same', ...addon('@oxlint/binding-', 'oxlint', 'win32-x64-msvc'), base: '1.87.0', next: '1.88.0' },
  { name: 'turbo linux x64', group: 'same', package: '@turbo/linux-64', file: 'bin/turbo', base: '2.11.10', next: '2.11.11' },
  { name: 'biome linux x64', group: 'same', package: '@biomejs/cli-linux-x64', file: 'biome', base: '2.6.5', next: '2.6.6' },
  { name: 'bun linux x64', group: 'same', ...bun('linux-x64'), base: '1.4.4', next: '1.4.5' },
  { name: 'bun linux arm64', group: 'same', ...bun('linux-aarch64'), base: '1.4.4', next: '1.4.5' },
  { name: 'bun macOS arm64', group: 'same', ...bun('darwin-aarch64'), base: '1.4.4', next: '1.4.5' },
  { name: 'bun windows x64', group: 'same', ...bun('windows-x64'), base: '1.4.4', next: '1.4.5' },

  { name: 'esbuild linux x64, Go 1.25 to 1.26', group: 'bump', ...esbuild('linux-x64'), base: '0.27.7', next: '0.28.0' },
  { name: 'oxlint linux x64, Rust 1.99 to 1.100', group: 'bump', ...addon('@oxlint/binding-', 'oxlint', 'linux-x64-gnu'), base: '1.93.0', next: '1.94.0' },
  { name: 'oxlint linux arm64, Rust 1.99 to 1.100', group: 'bump', ...addon('@oxlint/binding-', 'oxlint', 'linux-arm64-gnu'), base: '1.93.0', next: '1.94.0' },
  { name: 'oxlint windows x64, Rust bump', group: 'bump', ...addon('@oxlint/binding-', 'oxlint', 'win32-x64-msvc'), base: '1.88.0', next: '1.89.0' },
  { name: 'biome linux x64, Rust 1.99 to 1.100', group: 'bump', package: '@biomejs/cli-linux-x64', file: 'biome', base: '2.6.7', next: '2.6.8' },
  { name: 'biome linux arm64, Rust 1.99 to 1.100', group: 'bump', package: '@biomejs/cli-linux-arm64', file: 'biome', base: '2.6.7', next: '2.6.8' },
  { name: 'bun linux x64, clang 21 to 23', group: 'bump', ...bun('linux-x64'), base: '1.4.2', next: '1.4.3' },

  { name: 'prettier on bun linux x64', ...prettier, runtime: bun('linux-x64'), bytecode: false },
  { name: 'prettier on bun linux x64, bytecode', ...prettier, runtime: bun('linux-x64'), bytecode: true },
  { name: 'prettier on bun macOS arm64', ...prettier, runtime: bun('darwin-aarch64'), bytecode: false },
  { name: 'prettier on bun windows x64, bytecode', ...prettier, runtime: bun('windows-x64'), bytecode: true },

  { name: 'esbuild to lightningcss', group: 'unlike', ...esbuild('linux-x64'), base: '0.28.2', next: '1.33.0', nextOf: addon('lightningcss-', 'lightningcss', 'linux-x64-gnu') },
  { name: 'swc linux x64', group: 'unlike', package: '@swc/core-linux-x64-gnu', file: 'swc.linux-x64-gnu.node', base: '1.16.21', next: '1.16.22' },
];
