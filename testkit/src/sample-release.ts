/** One release over all eight targets, with the facts that executables compiled by Bun have. */
import { type ExecutableFacts, parseVersion, type PlannedArtifact, type Product, type Release, type ReleaseFile, targets, type Target, type TargetBuild } from '@slipway/core';

/** 2024-05-06T07:08:10Z. */
const date = 1_714_979_290;

const product: Product = {
  name: 'tool',
  version: parseVersion('1.4.0'),
  description: 'Does one thing well',
  license: 'MIT',
  homepage: 'https://tool.example',
  repository: 'https://github.com/acme/tool',
  author: 'Ada Example <ada@tool.example>',
  keywords: ['cli', 'tool'],
};

const files: readonly ReleaseFile[] = [
  { source: 'README.md', path: 'README.md', role: 'readme' },
  { source: 'LICENSE', path: 'LICENSE', role: 'license' },
  { source: 'legal/notices.txt', path: 'THIRD-PARTY-NOTICES.txt', role: 'notices' },
  { source: 'completions/tool.bash', path: 'completions/tool.bash', role: 'bash-completion' },
  { source: 'completions/tool.zsh', path: 'completions/_tool', role: 'zsh-completion' },
  { source: 'completions/tool.fish', path: 'completions/tool.fish', role: 'fish-completion' },
  { source: 'completions/tool.ps1', path: 'completions/tool.ps1', role: 'powershell-completion' },
  { source: 'docs/tool.1', path: 'man/tool.1', role: 'man' },
  { source: 'docs/tool.toml', path: 'examples/tool.toml', role: 'extra' },
];

/** As the wrapper `archive` names them by default. */
const archives: readonly PlannedArtifact[] = targets.map(({ id, os }) => {
  const [stem, windows] = [`tool-v1.4.0-${id}`, os === 'windows'];
  return {
    id: `archive:${id}`, type: 'archive', path: `archives/${stem}${windows ? '.zip' : '.tar.gz'}`, wrapper: 'archive', target: id,
    executables: [{ name: 'tool', entry: windows ? 'tool.exe' : `${stem}/tool` }],
  };
});

/** `tool`, and its daemon `toold` in the same executable. */
export const sampleRelease: Release = {
  product,
  executable: { name: 'tool', aliases: ['toold'] },
  builds: targets.map((target) => ({ target: target.id, facts: bunFacts(target) })),
  files,
  archives,
  date,
};

/** The sample with some targets only, or with other facts for them. */
export function sampleWith(builds: readonly TargetBuild[]): Release {
  return { ...sampleRelease, builds };
}

/** What the executables of Bun 1.4 need. */
export function bunFacts({ os, arch, libc, wheelArch }: Target): ExecutableFacts {
  if (os === 'darwin') return { format: 'macho', os, arch, needed: ['/usr/lib/libSystem.B.dylib'], minimumMacos: '13.0', signature: 'ad-hoc' };
  if (os === 'windows') return { format: 'pe', os, arch, needed: ['KERNEL32.dll', 'ntdll.dll'] };
  if (libc === 'musl') {
    return { format: 'elf', os, arch, libc, interpreter: `/lib/ld-musl-${wheelArch}.so.1`, needed: ['libstdc++.so.6', `libc.musl-${wheelArch}.so.1`] };
  }
  const loader = arch === 'x64' ? 'ld-linux-x86-64.so.2' : 'ld-linux-aarch64.so.1';
  return { format: 'elf', os, arch, libc: 'glibc', glibcFloor: '2.17', interpreter: `/lib/${loader}`, needed: ['libc.so.6', loader, 'libpthread.so.0', 'libdl.so.2', 'libm.so.6'] };
}
