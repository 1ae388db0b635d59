/**
 * The build identifiers of cibuildwheel: a Python, a hyphen, a platform. Checked against the tables of cibuildwheel
 * 4.3 (--print-build-identifiers with every group enabled), with the Pythons that its version 3 still had.
 */

/** The platforms that have a target here. */
export const platforms = [
  'manylinux_x86_64', 'manylinux_aarch64', 'musllinux_x86_64', 'musllinux_aarch64',
  'macosx_x86_64', 'macosx_arm64', 'win_amd64', 'win_arm64',
] as const;

export type CibuildwheelPlatform = (typeof platforms)[number];

const withoutMusl = platforms.filter((platform) => !platform.startsWith('musllinux') && platform !== 'win_arm64');

/** Which platforms each Python is built for, as far as they have a target here. */
const served: readonly (readonly [pythons: readonly string[], platforms: readonly CibuildwheelPlatform[]])[] = [
  [['cp38'], platforms.filter((platform) => platform !== 'win_arm64')],
  [['cp39', 'cp310', 'cp311', 'cp312', 'cp313', 'cp313t', 'cp314', 'cp314t', 'cp315', 'cp315t'], platforms],
  [['pp38', 'pp39', 'pp310', 'pp311', 'pp312', 'gp311_242', 'gp312_250'], withoutMusl],
  [['gp313_253'], withoutMusl.filter((platform) => platform !== 'macosx_x86_64')],
];

export interface Identifier {
  readonly name: string;
  readonly platform: CibuildwheelPlatform;
}

/** Every identifier that a py3-none wheel for Python 3.8 or later can serve. */
export const identifiers: readonly Identifier[] = served.flatMap(([pythons, on]) =>
  pythons.flatMap((python) => on.map((platform) => ({ name: `${python}-${platform}`, platform }))),
);

/** Also accepted in a selector: configurations go on skipping what cibuildwheel no longer builds, or what has no target here. */
export const knownPythons: readonly string[] = [
  ...served.flatMap(([pythons]) => pythons),
  'cp27m', 'cp27mu', 'cp35', 'cp36', 'cp37', 'pp27', 'pp36', 'pp37',
];

export const knownPlatforms: readonly string[] = [
  ...platforms,
  ...['i686', 'ppc64le', 's390x', 'armv7l', 'riscv64'].flatMap((arch) => [`manylinux_${arch}`, `musllinux_${arch}`]),
  'macosx_universal2', 'win32', 'pyodide_wasm32', 'android_arm64_v8a', 'android_x86_64',
  'ios_arm64_iphoneos', 'ios_arm64_iphonesimulator', 'ios_x86_64_iphonesimulator',
];
