/**
 * The tools beside which patches are measured, each as it is best used for executables.
 */
import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mustRun } from '../child.ts';
import type { Group } from './corpus.ts';
import { python, tool } from './places.ts';

export interface Peer {
  readonly name: string;
  /** Part of the key under which its results are kept. */
  version(): Promise<string>;
  diff(base: string, next: string, patch: string): readonly string[];
  apply(base: string, patch: string, next: string): readonly string[];
  /** It makes no patch: only beside pairs that no delta helps. */
  readonly full?: true;
  /** Bytes of the larger file above which it is left out, where another peer gives the same bytes. */
  readonly upTo?: number;
}

const script = (name: string): string => join(import.meta.dirname, 'peers', name);
const debianVersion = (name: string) => async (): Promise<string> => (await mustRun(['dpkg-query', '--showformat=${Version}', '--show', name])).stdout;
const pythonVersion = (name: string) => async (): Promise<string> => (await mustRun([python, '-c', `import importlib.metadata as m; print(m.version('${name}'), end='')`])).stdout;
const hdiffz = (...options: readonly string[]): Peer => ({
  name: `hdiffz ${options.join(' ')}`,
  version: async () => basename(realpathSync(tool('hdiffz'))),
  diff: (base, next, patch) => [tool('hdiffz'), ...options, '-c-lzma2-9-64m', '-p-1', '-f', base, next, patch],
  apply: (base, patch, next) => [tool('hpatchz'), '-f', '-p-1', base, patch, next],
});

/** The one whose CPU a diff is measured against. */
export const reference = 'hdiffz -m-1 -SD';

/** Those that a pair is measured with. */
export function peersOf(group: Group, size: number): readonly Peer[] {
  return peers.filter(({ full, upTo }) => (full === undefined || group === 'unlike') && size <= (upTo ?? size));
}

const peers: readonly Peer[] = [
  hdiffz('-m-1', '-SD'),
  hdiffz('-m-6', '-SD'),
  hdiffz('-m-6', '-SD', '-block-0'),
  {
    name: 'bsdiff',
    version: debianVersion('bsdiff'),
    diff: (base, next, patch) => ['bsdiff', base, next, patch],
    apply: (base, patch, next) => ['bspatch', base, next, patch],
  },
  {
    name: 'detools lzma',
    version: pythonVersion('detools'),
    diff: (base, next, patch) => [python, '-m', 'detools', 'create_patch', base, next, patch],
    apply: (base, patch, next) => [python, '-m', 'detools', 'apply_patch', base, patch, next],
  },
  {
    name: 'zstd -19 --patch-from',
    version: debianVersion('zstd'),
    diff: (base, next, patch) => ['zstd', '-q', '-f', '-19', '--single-thread', '--long=27', `--patch-from=${base}`, next, '-o', patch],
    apply: (base, patch, next) => ['zstd', '-q', '-f', '-d', '--long=27', `--patch-from=${base}`, patch, '-o', next],
  },
  {
    name: 'xdelta3 -9 lzma',
    version: debianVersion('xdelta3'),
    diff: (base, next, patch) => ['xdelta3', '-f', '-9', '-S', 'lzma', '-B', '268435456', '-W', '16777216', '-e', '-s', base, next, patch],
    apply: (base, patch, next) => ['xdelta3', '-f', '-B', '268435456', '-d', '-s', base, patch, next],
  },
  {
    name: 'bsdiff4',
    version: pythonVersion('bsdiff4'),
    diff: (base, next, patch) => [python, script('bsdiff4-peer.py'), 'diff', base, next, patch],
    apply: (base, patch, next) => [python, script('bsdiff4-peer.py'), 'apply', base, patch, next],
    upTo: 30_000_000, // the algorithm and the container of bsdiff
  },
  {
    name: 'xz -9, the whole file',
    version: debianVersion('xz-utils'),
    diff: (_, next, patch) => ['sh', '-c', 'exec xz -9 -c "$0" > "$1"', next, patch],
    apply: (_, patch, next) => ['sh', '-c', 'exec xz -dc "$0" > "$1"', patch, next],
    full: true,
  },
];
