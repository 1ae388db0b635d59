/**
 * File systems that are small, full, read-only or hold files that cannot be touched. Each undoes itself.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Say what this machine lacks, instead of testing less. */
export function requireMounts(): void {
  if (process.getuid?.() !== 0) throw new Error('these tests mount file systems: run them as root');
  for (const tool of ['mount', 'umount', 'chattr', 'setpriv', 'prlimit']) {
    if (spawnSync(tool, ['--version']).error !== undefined) throw new Error(`these tests need ${tool} (Debian: mount, e2fsprogs, util-linux)`);
  }
}

/** A tmpfs at `path` while `body` runs: `size=64k`, `nr_inodes=10`. */
export async function withTmpfs(path: string, options: string, body: (mount: Mount) => Promise<void>): Promise<void> {
  mkdirSync(path, { recursive: true });
  command('mount', '-t', 'tmpfs', '-o', `mode=0755,${options}`, 'tmpfs', path);
  try {
    await body({
      resize: (to) => command('mount', '-o', `remount,${to}`, path),
      fill: () => fill(join(path, 'filler')),
    });
  } finally {
    command('umount', '--lazy', path);
  }
}

export interface Mount {
  resize(options: string): void;
  /** Leave no byte free. */
  fill(): void;
}

/** What is in `folder` is at `path`, too, while `body` runs. */
export async function withBound(folder: string, path: string, body: () => Promise<void>): Promise<void> {
  mkdirSync(path, { recursive: true });
  command('mount', '--bind', folder, path);
  try {
    await body();
  } finally {
    command('umount', '--lazy', path);
  }
}

/** `path` is read-only while `body` runs. */
export async function withReadOnly(path: string, body: () => Promise<void>): Promise<void> {
  command('mount', '--bind', path, path);
  try {
    command('mount', '-o', 'remount,ro,bind', path);
    await body();
  } finally {
    command('umount', '--lazy', path);
  }
}

/** Nobody can write, rename or remove `path` while `body` runs; for a folder, nothing can change in it. */
export async function withImmutable(path: string, body: () => Promise<void>): Promise<void> {
  command('chattr', '+i', path);
  try {
    await body();
  } finally {
    command('chattr', '-i', path);
  }
}

/** Mounts that an ended test left below `folder`. */
export function unmountBelow(folder: string): void {
  const points = readFileSync('/proc/mounts', 'utf8').split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const point of points.filter((path) => path.startsWith(`${folder}/`)).toReversed()) command('umount', '--lazy', point);
}

/** Let the kernel forget what it knows of files and processes that it can find out again. */
export function dropCaches(): void {
  writeFileSync('/proc/sys/vm/drop_caches', '2');
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk = new Uint8Array(4096); ; ) writeSync(file, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

function command(name: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} failed (${error?.message ?? stderr.trim()}): the fault suite needs root and mounts`);
}
