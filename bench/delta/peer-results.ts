/**
 * What peers made of a pair, kept under the digests of both files and the tool's version: slow tools run once. CPU
 * seconds are of the machine and the hour they were measured in.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, type ChildResult } from '../child.ts';
import type { PairFiles } from './pair-files.ts';
import type { Peer } from './peers.ts';
import { cache } from './places.ts';

export interface Cost {
  /** Seconds of CPU, user and system. */
  readonly cpu: number;
  /** Bytes of the largest resident set. */
  readonly peak: number;
}

export interface PatchResult {
  readonly tool: string;
  readonly version: string;
  readonly size: number;
  readonly diff: Cost;
  readonly apply: Cost;
}

/** Raise when peers are called in another way. */
const format = 1;

export interface Measuring {
  /** Folder for patches. */
  readonly scratch: string;
  readonly say: (message: string) => void;
  /** `again`: also when a result is kept. `never`: only what is kept. */
  readonly run: 'when needed' | 'again' | 'never';
}

/**
 * The kept result, or one made now; undefined when there is none and none may be made. Throws when the peer's own patch
 * does not give the next version.
 */
export async function peerResult(peer: Peer, files: PairFiles, digests: PairFiles, { scratch, say, run }: Measuring): Promise<PatchResult | undefined> {
  const version = await peer.version();
  const key = createHash('sha256').update(JSON.stringify([format, digests.base, digests.next, peer.name, version])).digest('hex');
  const kept = join(cache, 'peers', `${key}.json`);
  if (existsSync(kept) && run !== 'again') return JSON.parse(readFileSync(kept, 'utf8')) as PatchResult;
  if (run === 'never') return undefined;
  say(`  ${peer.name}`);
  const patch = join(scratch, 'peer-patch');
  const restored = join(scratch, 'peer-next');
  const made = await mustRun(peer.diff(files.base, files.next, patch));
  const applied = await mustRun(peer.apply(files.base, patch, restored));
  if ((await fileDigest(restored)) !== digests.next) throw new Error(`${peer.name} does not restore ${files.next}`);
  const result: PatchResult = { tool: peer.name, version, size: statSync(patch).size, diff: cost(made), apply: cost(applied) };
  mkdirSync(join(cache, 'peers'), { recursive: true });
  writeFileSync(`${kept}.new`, JSON.stringify(result));
  renameSync(`${kept}.new`, kept);
  return result;
}

const cost = ({ cpu, peak }: ChildResult): Cost => ({ cpu, peak });

export async function fileDigest(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256');
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest('hex');
}
