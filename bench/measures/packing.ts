/**
 * Packing beside GoReleaser: the same executables, for the same eight targets. GoReleaser writes archives and their
 * checksums; Slipway writes archives, npm packages, wheels and their checksums, and verifies them.
 *
 * GoReleaser's free version takes no finished executables, so its Bun builder (and for Windows on arm64, which that one
 * does not know, its Zig builder) is given a tool that links the executable to where the builder wants it. That costs
 * next to nothing, but Zig's builder copies one executable once more.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { targetIds, targetOf, type TargetId } from '@slipway/core';
import { mustRun, type ChildResult } from '../child.ts';
import { goreleaser } from '../places.ts';
import { row, type Row } from '../result.ts';
import { slipway, type SlipwayRun } from '../slipway.ts';
import type { Rounds, Subject } from '../subject.ts';

export async function measurePacking(subject: Subject, rounds: Rounds): Promise<readonly Row[]> {
  const { name } = subject.product;
  const peer = preparePeer(subject);
  const ratios: number[] = [];
  for (let index = 1; index <= rounds.long; index += 1) {
    rounds.progress(`${name}: packing, round ${index} of ${rounds.long}`);
    const theirs = await packWithPeer(peer);
    ratios.push((await packWithSlipway(subject)).cpu / theirs.cpu);
  }
  return [row('archives, npm, wheels / GoReleaser archives', name, ratios, 'CPU, from the same eight executables; ours also verifies', 1)];
}

/** With an empty block cache and nothing but the executables in the output folder. */
async function packWithSlipway({ program, product: { project }, folder, executables, registry }: Subject): Promise<SlipwayRun> {
  const dist = dirname(dirname(dirname(executables[0] ?? '')));
  for (const name of readdirSync(dist)) if (name !== 'bin') rmSync(join(dist, name), { recursive: true });
  const cache = join(folder, 'packing-cache');
  rmSync(cache, { recursive: true, force: true });
  return slipway({ program, project, registry, cache }, 'package', '--out', dist);
}

/** A GoReleaser project; returns its folder. */
function preparePeer({ folder, executables }: Subject): string {
  const peer = join(folder, 'goreleaser');
  mkdirSync(peer, { recursive: true });
  const builds = targetIds.map((id, index) => buildOf(peer, id, executables[index] ?? ''));
  const archives = targetIds.map((id) => ({ id, ids: [id], name_template: `{{ .ProjectName }}-${id}`, formats: [targetOf(id).os === 'windows' ? 'zip' : 'tar.gz'] }));
  // JSON is YAML, too.
  writeFileSync(join(peer, '.goreleaser.yaml'), JSON.stringify({ version: 2, project_name: 'peer', builds, archives, changelog: { disable: true } }, null, 2));
  writeFileSync(join(peer, 'LICENSE'), 'MIT\n');
  writeFileSync(join(peer, 'build.zig'), '');
  return peer;
}

function buildOf(peer: string, id: TargetId, executable: string): object {
  const tool = join(peer, `tool-${id}`);
  const binary = basename(executable, extname(executable));
  const asZig = id === 'windows-arm64';
  // Bun's builder ends its words with `--outfile PATH ENTRY`, Zig's with `-p FOLDER`.
  const script = asZig ? `for last; do :; done; mkdir -p "$last/bin"; ln -f '${executable}' "$last/bin/"` : `while [ "$1" != --outfile ]; do shift; done; ln -f '${executable}' "$2"`;
  writeFileSync(tool, `#!/bin/sh\n${script}\n`);
  chmodSync(tool, 0o755);
  if (asZig) return { id, builder: 'zig', tool, command: 'build', flags: ['-p', join('zig-out', 'aarch64-windows')], targets: ['aarch64-windows'], binary };
  return { id, builder: 'bun', tool, targets: [targetOf(id).bun.target], main: '.', binary };
}

/** Everything a release does up to and without publishing. */
async function packWithPeer(peer: string): Promise<ChildResult> {
  const result = await mustRun([goreleaser, 'release', '--snapshot', '--clean'], { cwd: peer });
  const archives = readdirSync(join(peer, 'dist')).filter((name) => /\.(tar\.gz|zip)$/.test(name));
  if (archives.length !== targetIds.length) throw new Error(`GoReleaser wrote ${archives.length} archives: ${archives.join(', ')}`);
  return result;
}
