/** Keys on disk and a repository in memory, for tests. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from '@jest/globals';
import { SlipwayError, type TargetId } from '@slipway/core';
import { memoryMachine, type MemoryMachine } from '@slipway/testkit';
import { release, type BuiltComponent, type BuiltRelease, type ReleaseChoices, type ReleaseOutcome } from './changes/release.ts';
import { rootFileName, type TrustPlaces } from './keys/documents.ts';
import { KeyFolder } from './keys/key-folder.ts';
import { KeyRing } from './keys/key-ring.ts';
import { initKeys } from './keys/keys.ts';
import type { PassphraseSource } from './keys/passphrase.ts';
import { changeRepository, type Publisher } from './repository/change.ts';

/** The cheapest that a key file may say: tests open keys all the time. */
export const testCost = 14;
export const folder = '/site/releases';

export function answering(passphrase: string): PassphraseSource {
  return {
    create: async () => passphrase,
    async open(name, attempt) {
      if (attempt > 0) throw new SlipwayError('PASSPHRASE_WRONG', `the passphrase does not open ${name}`);
      return passphrase;
    },
  };
}

const scratch: string[] = [];
afterAll(() => {
  for (const path of scratch) rmSync(path, { recursive: true, force: true });
});

export function scratchFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'slipway-release-'));
  scratch.push(path);
  return path;
}

export function placesIn(path: string): TrustPlaces {
  return { keys: join(path, 'keys'), rootFile: join(path, rootFileName) };
}

export function ringOf(places: TrustPlaces, passphrase = 'correct horse'): KeyRing {
  return new KeyRing(new KeyFolder(places.keys), answering(passphrase), testCost);
}

/** A publisher with new keys and an empty repository. */
export async function newPublisher(machine: MemoryMachine = memoryMachine(), channels: readonly string[] = ['stable', 'beta']): Promise<Publisher & { readonly machine: MemoryMachine }> {
  const places = placesIn(scratchFolder());
  const ring = ringOf(places);
  await initKeys({ places, ring, now: machine.now }, { channels, rootKeys: 3, rootThreshold: 2 });
  return { ports: machine.ports, folder, places, ring, machine };
}

export function file(path: string, text: string, mode: 0o755 | 0o644 = 0o755): BuiltComponent {
  const bytes = Buffer.from(text);
  return { kind: 'file', path, mode, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), gzip: () => [gzipSync(bytes)] };
}

export function built(version: string, targets: readonly TargetId[] = ['linux-x64', 'linux-arm64'], readme = 'read me'): BuiltRelease {
  return {
    product: 'tool', version, dataVersion: 0,
    targets: targets.map((target) => ({ target, components: [file('tool', `${version} for ${target}`), { kind: 'link', path: 'toold', to: 'tool' }, file('README.md', readme, 0o644)] })),
  };
}

export function choices(more: Partial<ReleaseChoices> = {}): ReleaseChoices {
  return { channel: 'stable', percent: 100, randomBytes: (count) => new Uint8Array(count).fill(7), ...more };
}

export function releaseOf(publisher: Publisher, version: string, more: Partial<ReleaseChoices> = {}): Promise<ReleaseOutcome> {
  return changeRepository(publisher, { create: true }, (draft) => release(draft, built(version), choices(more)));
}
