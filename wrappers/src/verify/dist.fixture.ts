/**
 * A small dist/ made without the product's writer: two targets, three wrappers, spliced spans. Every file can be
 * changed and is put back.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Artifact, type Plan, type PlannedArtifact, sortArtifacts } from '@slipway/core';
import { deflateBlocks, noise, packTarGz, packZip, type PackedEntry } from '../read/packing.fixture.ts';

export interface Program {
  readonly bytes: Buffer;
  readonly span: Buffer;
}

export function program(size: number, seed: number): Program {
  const bytes = noise(size, seed);
  return { bytes, span: deflateBlocks(bytes) };
}

export const paths = {
  linux: { binary: 'bin/linux-x64/tool', archive: 'archives/tool-linux-x64.tar.gz', npm: 'npm/tool-linux-x64-1.4.0.tgz', pip: 'python/wheels/tool-1.4.0-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl' },
  windows: { binary: 'bin/windows-x64/tool.exe', archive: 'archives/tool-windows-x64.zip', npm: 'npm/tool-win32-x64-1.4.0.tgz', pip: 'python/wheels/tool-1.4.0-py3-none-win_amd64.whl' },
  launcher: 'bin/windows-x64/toold.exe',
  main: 'npm/tool-1.4.0.tgz',
  sdist: 'python/sdist/tool-1.4.0.tar.gz',
} as const;

type Side = 'linux' | 'windows';
const targets = { linux: 'linux-x64', windows: 'windows-x64' } as const;
const text = (path: string, content: string, mode = 0o644): PackedEntry => ({ path, mode, bytes: Buffer.from(content) });
const json = (path: string, value: unknown): PackedEntry => text(path, `${JSON.stringify(value, null, 2)}\n`);
const script = '#!/bin/sh\nexec tool "$@"\n';

export const plan: Plan = {
  format: 1,
  product: { name: 'tool', version: '1.4.0' },
  date: 1_700_000_000,
  executable: { name: 'tool', aliases: ['toold'] },
  targets: ['linux-x64', 'linux-x64-musl', 'windows-x64'],
  selected: { targets: ['linux-x64', 'windows-x64', 'linux-x64-musl'], wrappers: ['archive', 'npm', 'pip'] },
  artifacts: [
    ...(['linux', 'windows'] as const).flatMap((side): PlannedArtifact[] => {
      const [target, suffix, own] = [targets[side], side === 'windows' ? '.exe' : '', paths[side]];
      const packed = (wrapper: 'archive' | 'npm' | 'pip', folder: string): PlannedArtifact => ({
        id: `${wrapper}:${target}`, type: wrapper === 'archive' ? 'archive' : 'package', path: own[wrapper], wrapper, target,
        executables: [{ name: 'tool', entry: `${folder}tool${suffix}` }],
      });
      return [
        { id: `bin:${target}:tool`, type: 'binary', path: own.binary, target, executables: [{ name: 'tool', entry: '' }] },
        packed('archive', side === 'linux' ? 'tool-linux-x64/' : ''), packed('npm', 'package/bin/'), packed('pip', 'tool-1.4.0.data/scripts/'),
      ];
    }),
    { id: 'bin:windows-x64:toold', type: 'binary', path: paths.launcher, target: 'windows-x64', executables: [{ name: 'toold', entry: '' }] },
    { id: 'bin:linux-x64-musl:tool', type: 'binary', path: 'bin/linux-x64-musl/tool', target: 'linux-x64-musl', executables: [{ name: 'tool', entry: '' }] },
    { id: 'npm:main', type: 'package', path: paths.main, wrapper: 'npm' },
    { id: 'pip:sdist', type: 'package', path: paths.sdist, wrapper: 'pip' },
  ],
  skipped: ['archive', 'npm', 'pip'].map((wrapper) => ({ wrapper, target: 'linux-x64-musl' as const, reason: 'nobody asked for it' })),
  identifiers: [],
};

/** The members of each package, before a wheel gets its RECORD. */
export function membersOf(path: string, programs: Readonly<Record<Side | 'launcher', Program>>): readonly PackedEntry[] {
  const side: Side = path === paths.windows.archive || path === paths.windows.npm || path === paths.windows.pip ? 'windows' : 'linux';
  const suffix = side === 'windows' ? '.exe' : '';
  const executables = (folder: string, alias: 'link' | 'script'): readonly PackedEntry[] => [
    { path: `${folder}tool${suffix}`, mode: 0o755, ...programs[side] },
    side === 'windows' ? { path: `${folder}toold.exe`, mode: 0o755, ...programs.launcher } : alias === 'link' ? { path: `${folder}toold`, mode: 0o777, link: 'tool' } : text(`${folder}toold`, script, 0o755),
  ];
  const own = paths[side];
  if (path === own.archive) return [...executables(side === 'linux' ? 'tool-linux-x64/' : '', 'link'), text(side === 'linux' ? 'tool-linux-x64/LICENSE' : 'LICENSE', 'MIT')];
  if (path === own.npm) return [json('package/package.json', platformJson(side)), ...executables('package/bin/', 'script'), text('package/LICENSE', 'MIT')];
  if (path === own.pip) return [...executables('tool-1.4.0.data/scripts/', 'script'), text('tool/__init__.py', ''), text('tool-1.4.0.dist-info/METADATA', coreMetadata), text('tool-1.4.0.dist-info/WHEEL', wheelFile(path))];
  if (path === paths.main) return [json('package/package.json', mainJson), text('package/bin/tool.cjs', script, 0o755), text('package/bin/toold.cjs', script, 0o755)];
  return [text('tool-1.4.0/PKG-INFO', coreMetadata), text('tool-1.4.0/pyproject.toml', '[build-system]\nrequires = []\nbuild-backend = "backend"\n')];
}

const coreMetadata = 'Metadata-Version: 2.4\nName: tool\nVersion: 1.4.0\n\nName: not a header\n';

function platformJson(side: Side): object {
  const suffix = side === 'windows' ? '.exe' : '';
  return {
    name: side === 'windows' ? '@tool/win32-x64' : '@tool/linux-x64', version: '1.4.0', os: [side === 'windows' ? 'win32' : 'linux'], cpu: ['x64'],
    ...(side === 'linux' && { libc: ['glibc'] }), bin: { tool: `bin/tool${suffix}`, toold: `bin/toold${suffix}` },
  };
}

const mainJson = {
  name: 'tool', version: '1.4.0', bin: { tool: 'bin/tool.cjs', toold: './bin/toold.cjs' },
  optionalDependencies: { '@tool/linux-x64': '1.4.0', '@tool/win32-x64': '1.4.0' },
};

function wheelFile(path: string): string {
  const platforms = path.slice(path.lastIndexOf('-') + 1, -4).split('.');
  return ['Wheel-Version: 1.0', 'Generator: test', 'Root-Is-Purelib: false', ...platforms.map((tag) => `Tag: py3-none-${tag}`), ''].join('\n');
}

export function pack(path: string, members: readonly PackedEntry[]): Buffer {
  if (path.endsWith('.whl')) return packZip(members.some((member) => member.path.endsWith('/RECORD')) ? members : [...members, recordOf(members)]);
  return path.endsWith('.zip') ? packZip(members) : packTarGz(members);
}

export function recordOf(members: readonly PackedEntry[]): PackedEntry {
  const rows = members.map(({ path, bytes = Buffer.alloc(0) }) => `${path},sha256=${createHash('sha256').update(bytes).digest('base64url')},${bytes.length}\n`);
  return text('tool-1.4.0.dist-info/RECORD', `${rows.join('')}tool-1.4.0.dist-info/RECORD,,\n`);
}

export class Dist {
  readonly root: string;
  readonly programs: Readonly<Record<Side | 'launcher', Program>>;
  /** What was written, by path below dist/; a link's text is a string. */
  readonly pristine = new Map<string, Buffer | string>();
  readonly #now = new Map<string, Buffer | string>();

  constructor(root: string, programs: Readonly<Record<Side | 'launcher', Program>>) {
    this.root = root;
    this.programs = programs;
    this.write(paths.linux.binary, programs.linux.bytes);
    this.write('bin/linux-x64-musl/tool', noise(5000, 99));
    this.write(paths.windows.binary, programs.windows.bytes);
    this.write(paths.launcher, programs.launcher.bytes);
    for (const { path, wrapper } of plan.artifacts) if (wrapper !== undefined) this.write(path, pack(path, membersOf(path, programs)));
    for (const target of ['linux-x64', 'linux-x64-musl']) this.write(`bin/${target}/toold`, 'tool');
    this.write('plan.json', Buffer.from(`${JSON.stringify(plan, null, 2)}\n`));
    this.write('metadata.json', Buffer.from(`${JSON.stringify({ project_name: 'tool', tag: 'v1.4.0', version: '1.4.0', commit: 'c0ffee', date: '2023-11-14T22:13:20Z' })}\n`));
    this.recordArtifacts();
    this.recordChecksums();
    for (const [path, content] of this.#now) this.pristine.set(path, content);
  }

  /** Of what is there now. */
  bill(): { readonly components: readonly object[] } & Readonly<Record<string, unknown>> {
    const files = plan.artifacts.filter(({ type, path }) => type === 'binary' && Buffer.isBuffer(this.#now.get(path))).map(({ path }) => ({ type: 'file', name: path, hashes: [{ alg: 'SHA-256', content: this.#digest(path) }] }));
    return { bomFormat: 'CycloneDX', metadata: { component: plan.product }, components: files };
  }

  statement(): { readonly _type: string; readonly subject: readonly { readonly name: string; readonly digest: object }[] } {
    const paths = [...this.#now].filter(([path, content]) => Buffer.isBuffer(content) && !['provenance.intoto.json', 'artifacts.json', 'checksums.txt'].includes(path)).map(([path]) => path);
    return { _type: 'https://in-toto.io/Statement/v1', subject: paths.map((name) => ({ name, digest: { sha256: this.#digest(name) } })) };
  }

  #digest(path: string): string {
    return createHash('sha256').update(this.read(path)).digest('hex');
  }

  read(path: string): Buffer {
    const content = this.#now.get(path);
    if (!Buffer.isBuffer(content)) throw new RangeError(`${path} is no file`);
    return content;
  }

  /** A file, or a link where the content is a string. */
  write(path: string, content: Buffer | string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    // Not through a link that was there before.
    rmSync(file, { force: true });
    if (Buffer.isBuffer(content)) writeFileSync(file, content);
    else symlinkSync(content, file);
    this.#now.set(path, content);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
    this.#now.delete(path);
  }

  /** The bill and the statement, then artifacts.json, of what is there now. */
  recordArtifacts(change: (lines: readonly Artifact[]) => readonly unknown[] = (lines) => lines): void {
    this.write('sbom.cdx.json', Buffer.from(`${JSON.stringify(this.bill())}\n`));
    this.write('provenance.intoto.json', Buffer.from(`${JSON.stringify(this.statement())}\n`));
    this.listArtifacts(change);
  }

  /** artifacts.json alone. */
  listArtifacts(change: (lines: readonly Artifact[]) => readonly unknown[] = (lines) => lines): void {
    const planned = new Map(plan.artifacts.map((artifact) => [artifact.path, artifact]));
    const lines = [...this.#now].flatMap(([path, content]): Artifact[] => {
      const artifact = planned.get(path) ?? (['plan.json', 'metadata.json', 'sbom.cdx.json', 'provenance.intoto.json'].includes(path) ? { id: path, type: 'manifest' as const, path } : undefined);
      if (artifact === undefined || !Buffer.isBuffer(content)) return [];
      return [{ ...artifact, name: basename(path), size: content.length, sha256: createHash('sha256').update(content).digest('hex') }];
    });
    this.write('artifacts.json', Buffer.from(`${JSON.stringify(change(sortArtifacts(lines)), null, 2)}\n`));
  }

  /** checksums.txt of the files that it lists or should list, as they are now. */
  recordChecksums(): void {
    const listed = [...this.#now].filter(([path, content]) => Buffer.isBuffer(content) && path !== 'checksums.txt').toSorted(([a], [b]) => (a < b ? -1 : 1));
    this.write('checksums.txt', Buffer.from(listed.map(([path, content]) => `${createHash('sha256').update(content).digest('hex')}  ${path}\n`).join('')));
  }

  restore(): void {
    for (const path of this.#now.keys()) if (!this.pristine.has(path)) this.remove(path);
    for (const [path, content] of this.pristine) if (this.#now.get(path) !== content) this.write(path, content);
  }
}
