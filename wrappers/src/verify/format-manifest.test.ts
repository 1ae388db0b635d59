import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Artifact, Plan, PlannedArtifact } from '@slipway/core';
import { manifestFaults } from './format-manifest.ts';

const [x64, arm64] = ['a'.repeat(64), 'b'.repeat(64)];
const archive = (target: string, sha256: string): Artifact => ({ id: `archive:${target}`, type: 'archive', path: `archives/tool-${target}`, name: `tool-${target}`, size: 1, sha256 });
const plan = (...targets: string[]): Plan => ({ product: { name: 'tool', version: '1.4.0' }, selected: { targets, wrappers: [] } }) as unknown as Plan;

interface Row {
  readonly wrapper: string;
  readonly targets: readonly [string, string];
  readonly text: string;
}
const formula = `class Tool < Formula
  version "1.4.0"
  livecheck do
    url "https://x.example"
  end
  on_macos do
    on_arm do
      url "https://x.example/arm"
      sha256 "${arm64}"
    end
    on_intel do
      url "https://x.example/intel"
      sha256 "${x64}"
    end
  end
  def install
    bin.install "tool"
  end
end
`;
const scoop = { version: '1.4.0', architecture: { '64bit': { url: 'https://x.example/x64', hash: x64 }, arm64: { url: 'https://x.example/arm', hash: arm64 } } };
const winget = `PackageVersion: 1.4.0\nInstallers:\n- {Architecture: x64, InstallerUrl: https://x.example/x64, InstallerSha256: ${x64.toUpperCase()}}\n- {Architecture: arm64, InstallerUrl: https://x.example/arm, InstallerSha256: ${arm64}}\nManifestType: installer\n`;
const rows: readonly Row[] = [
  { wrapper: 'homebrew', targets: ['darwin-x64', 'darwin-arm64'], text: formula },
  { wrapper: 'scoop', targets: ['windows-x64', 'windows-arm64'], text: JSON.stringify(scoop) },
  { wrapper: 'winget', targets: ['windows-x64', 'windows-arm64'], text: winget },
];

describe.each(rows)('$wrapper', ({ wrapper, targets, text }) => {
  const artifact = { id: wrapper, type: 'manifest', path: 'm', wrapper, installs: targets.map((target) => ({ target, id: `archive:${target}` })) } as PlannedArtifact;
  const archives = new Map([archive(targets[0], x64), archive(targets[1], arm64)].map((one) => [one.id, one]));
  const faults = (changed: string, of = plan(...targets)) => manifestFaults(artifact, changed, of, archives);

  test('what names the archives that are there is right', () => {
    expect(faults(text)).toEqual([]);
  });
  test('another digest is wrong, and both are told', () => {
    expect(faults(text.replace(arm64, 'c'.repeat(64)))).toEqual([`its digest for ${targets[1]} is ${'c'.repeat(64)}, archives/tool-${targets[1]} is ${arm64}`]);
  });
  test('another version is wrong', () => {
    expect(faults(text.replace('1.4.0', '1.4.1'))).toEqual(['is of version "1.4.1", the plan says "1.4.0"']);
  });
  test('an address that is none is wrong', () => {
    expect(faults(text.replace('https://x.example/arm', 'nowhere'))).toEqual([`its address for ${targets[1]} is "nowhere"`]);
  });
  test('the digests of two platforms swapped are wrong', () => {
    const swapped = text.replace(arm64, 'S').replace(new RegExp(x64, 'i'), arm64).replace('S', x64);
    expect(faults(swapped)).toHaveLength(2);
  });
  test('a platform that this run did not build is one too many', () => {
    expect(faults(text, plan(targets[0]))).toEqual([expect.stringMatching(/^offers (macos )?arm(64)?, which the plan does not$/)]);
  });
  test('no damage makes the reader throw, and none hides a changed digest', () => {
    const cut = fc.record({ at: fc.nat(text.length), length: fc.nat(40), put: fc.string({ maxLength: 20, unit: 'binary' }) });
    fc.assert(fc.property(cut, ({ at, length, put }) => {
      const damaged = text.slice(0, at) + put + text.slice(at + length);
      const found = faults(damaged);
      const whole = damaged.toLowerCase().includes(x64) && damaged.includes(arm64);
      if (!whole) expect(found).not.toEqual([]);
    }), { seed: 20240506, numRuns: 500 });
  });
  test.each([[''], ['{'], ['[]'], ['null'], ['a: &a [*a]'], ['class X < Formula\n  def x\n']])('%j is no manifest', (nonsense) => {
    expect(faults(nonsense)).not.toEqual([]);
  });
});
