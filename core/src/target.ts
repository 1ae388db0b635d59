/**
 * The eight targets and what every ecosystem calls them. Nobody else spells a platform: a new ecosystem is a new
 * column here. Sources: npm package.json os/cpu/libc, PEP 425/600/656 tags, OCI image spec (GOARCH names), rustc
 * target triples, Debian and RPM architecture tables, Homebrew's on_system blocks, Scoop and winget schemas.
 */

export type TargetId =
  | 'linux-x64'
  | 'linux-x64-musl'
  | 'linux-arm64'
  | 'linux-arm64-musl'
  | 'darwin-x64'
  | 'darwin-arm64'
  | 'windows-x64'
  | 'windows-arm64';

export type Os = 'linux' | 'darwin' | 'windows';
export type Arch = 'x64' | 'arm64';
export type Libc = 'glibc' | 'musl';

export interface Target {
  readonly id: TargetId;
  readonly os: Os;
  readonly arch: Arch;
  /** Only on Linux. */
  readonly libc?: Libc;
  readonly npm: { readonly os: 'linux' | 'darwin' | 'win32'; readonly cpu: Arch; readonly libc?: Libc };
  /** CPU part of a wheel's platform tag; the rest comes from what the executable's bytes need. */
  readonly wheelArch: string;
  /** OCI platform; absent where no image is built. */
  readonly oci?: { readonly os: 'linux'; readonly architecture: 'amd64' | 'arm64' };
  readonly go: { readonly goos: string; readonly goarch: 'amd64' | 'arm64' };
  readonly rust: string;
  readonly deb?: string;
  readonly rpm?: string;
  readonly apk?: string;
  readonly homebrew?: { readonly os: 'macos' | 'linux'; readonly arch: 'intel' | 'arm' };
  readonly scoop?: '64bit' | 'arm64';
  readonly winget?: 'x64' | 'arm64';
  /** `uname -s` and `uname -m` as installers see them. */
  readonly uname?: { readonly s: string; readonly m: readonly string[] };
  /** The npm package that holds Bun's executable for it, and Bun's own `--target` name. */
  readonly bun: { readonly package: string; readonly target: string };
}

const x64 = { arch: 'x64', wheelArch: 'x86_64', rpm: 'x86_64', deb: 'amd64', apk: 'x86_64' } as const;
const arm64 = { arch: 'arm64', wheelArch: 'aarch64', rpm: 'aarch64', deb: 'arm64', apk: 'aarch64' } as const;

export const targets: readonly Target[] = [
  {
    id: 'linux-x64', os: 'linux', arch: 'x64', libc: 'glibc',
    npm: { os: 'linux', cpu: 'x64', libc: 'glibc' }, wheelArch: x64.wheelArch,
    oci: { os: 'linux', architecture: 'amd64' }, go: { goos: 'linux', goarch: 'amd64' },
    rust: 'x86_64-unknown-linux-gnu', deb: x64.deb, rpm: x64.rpm,
    homebrew: { os: 'linux', arch: 'intel' }, uname: { s: 'Linux', m: ['x86_64', 'amd64'] },
    bun: { package: '@oven/bun-linux-x64', target: 'bun-linux-x64' },
  },
  {
    id: 'linux-x64-musl', os: 'linux', arch: 'x64', libc: 'musl',
    npm: { os: 'linux', cpu: 'x64', libc: 'musl' }, wheelArch: x64.wheelArch,
    go: { goos: 'linux', goarch: 'amd64' },
    rust: 'x86_64-unknown-linux-musl', apk: x64.apk, uname: { s: 'Linux', m: ['x86_64', 'amd64'] },
    bun: { package: '@oven/bun-linux-x64-musl', target: 'bun-linux-x64-musl' },
  },
  {
    id: 'linux-arm64', os: 'linux', arch: 'arm64', libc: 'glibc',
    npm: { os: 'linux', cpu: 'arm64', libc: 'glibc' }, wheelArch: arm64.wheelArch,
    oci: { os: 'linux', architecture: 'arm64' }, go: { goos: 'linux', goarch: 'arm64' },
    rust: 'aarch64-unknown-linux-gnu', deb: arm64.deb, rpm: arm64.rpm,
    homebrew: { os: 'linux', arch: 'arm' }, uname: { s: 'Linux', m: ['aarch64', 'arm64'] },
    bun: { package: '@oven/bun-linux-aarch64', target: 'bun-linux-arm64' },
  },
  {
    id: 'linux-arm64-musl', os: 'linux', arch: 'arm64', libc: 'musl',
    npm: { os: 'linux', cpu: 'arm64', libc: 'musl' }, wheelArch: arm64.wheelArch,
    go: { goos: 'linux', goarch: 'arm64' },
    rust: 'aarch64-unknown-linux-musl', apk: arm64.apk, uname: { s: 'Linux', m: ['aarch64', 'arm64'] },
    bun: { package: '@oven/bun-linux-aarch64-musl', target: 'bun-linux-arm64-musl' },
  },
  {
    id: 'darwin-x64', os: 'darwin', arch: 'x64',
    npm: { os: 'darwin', cpu: 'x64' }, wheelArch: 'x86_64', go: { goos: 'darwin', goarch: 'amd64' },
    rust: 'x86_64-apple-darwin', homebrew: { os: 'macos', arch: 'intel' }, uname: { s: 'Darwin', m: ['x86_64'] },
    bun: { package: '@oven/bun-darwin-x64', target: 'bun-darwin-x64' },
  },
  {
    id: 'darwin-arm64', os: 'darwin', arch: 'arm64',
    npm: { os: 'darwin', cpu: 'arm64' }, wheelArch: 'arm64', go: { goos: 'darwin', goarch: 'arm64' },
    rust: 'aarch64-apple-darwin', homebrew: { os: 'macos', arch: 'arm' }, uname: { s: 'Darwin', m: ['arm64'] },
    bun: { package: '@oven/bun-darwin-aarch64', target: 'bun-darwin-arm64' },
  },
  {
    id: 'windows-x64', os: 'windows', arch: 'x64',
    npm: { os: 'win32', cpu: 'x64' }, wheelArch: 'amd64', go: { goos: 'windows', goarch: 'amd64' },
    rust: 'x86_64-pc-windows-msvc', scoop: '64bit', winget: 'x64',
    bun: { package: '@oven/bun-windows-x64', target: 'bun-windows-x64' },
  },
  {
    id: 'windows-arm64', os: 'windows', arch: 'arm64',
    npm: { os: 'win32', cpu: 'arm64' }, wheelArch: 'arm64', go: { goos: 'windows', goarch: 'arm64' },
    rust: 'aarch64-pc-windows-msvc', scoop: 'arm64', winget: 'arm64',
    bun: { package: '@oven/bun-windows-aarch64', target: 'bun-windows-arm64' },
  },
];

export const targetIds: readonly TargetId[] = targets.map((target) => target.id);

const byId = new Map(targets.map((target) => [target.id, target]));

/** The row of a known id. */
export function targetOf(id: TargetId): Target {
  const target = byId.get(id);
  if (target === undefined) throw new RangeError(`no target ${id}`);
  return target;
}

/** `.exe` on Windows, nothing elsewhere. */
export function executableSuffix(target: Target): '' | '.exe' {
  return target.os === 'windows' ? '.exe' : '';
}
