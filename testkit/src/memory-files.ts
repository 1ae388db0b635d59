/**
 * A file system in memory that loses what was not synced. Names and bytes have a volatile and a durable state: a crash
 * keeps the durable one and, of the rest, nothing, everything, or what a seeded generator picks. Pessimistic where
 * POSIX is silent: syncing a file does not make its name durable, and folders become durable independently.
 */
import type { FileStat, FsPort, OpenFile } from '@slipway/core';

export type Survival = 'nothing' | 'everything' | (() => number);

interface FileNode { readonly kind: 'file'; readonly mode: number; readonly uid: number; content: Uint8Array; durable: Uint8Array; pending: Write[] }
interface LinkNode { readonly kind: 'link'; readonly to: string }
interface FolderNode { readonly kind: 'folder'; readonly mode: number; readonly uid: number; entries: Map<string, Node>; durable: Map<string, Node> }
type Node = FileNode | LinkNode | FolderNode;

/** Bytes at a position, or a new size. */
type Write = { readonly at: number; readonly bytes: Uint8Array } | { readonly size: number };
/** What one call changes in one or two folders; survives a crash whole or not at all. */
type Rename = readonly { readonly folder: FolderNode; readonly name: string; readonly node: Node | undefined }[];

export interface MemoryFiles extends FsPort {
  /** Lose what is not durable; open files are gone. */
  crash(survival: Survival): void;
  /** Everything becomes durable. */
  settle(): void;
  /** Bytes that can still be written. */
  free: number;
  /** Every path there is, folders with a slash at the end. */
  paths(): readonly string[];
}

export function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

export function memoryFiles(uid = 1000): MemoryFiles {
  const folder = (mode: number): FolderNode => ({ kind: 'folder', mode, uid, entries: new Map(), durable: new Map() });
  const root = folder(0o755);
  let journal: Rename[] = [];
  let life = 0; // open files belong to one

  /** The node at a path; symbolic links on the way are followed, the last one if asked. */
  function find(path: string, follow: boolean, depth = 0): Node | undefined {
    if (depth > 16) throw systemError('ELOOP', `too many symbolic links, '${path}'`);
    let node: Node = root;
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    const walked: string[] = [];
    for (const [index, part] of parts.entries()) {
      if (node.kind !== 'folder') throw systemError('ENOTDIR', `not a directory, '${path}'`);
      const next: Node | undefined = node.entries.get(part);
      if (next === undefined) return undefined;
      if (next.kind === 'link' && (follow || index < parts.length - 1)) {
        const to = next.to.startsWith('/') ? next.to : `/${[...walked, next.to].join('/')}`;
        return find([to, ...parts.slice(index + 1)].join('/'), follow, depth + 1);
      }
      walked.push(part);
      node = next;
    }
    return node;
  }

  function present(path: string, follow: boolean): Node {
    const node = find(path, follow);
    if (node === undefined) throw systemError('ENOENT', `no such file or directory, '${path}'`);
    return node;
  }

  function parentOf(path: string): { folder: FolderNode; name: string } {
    const cut = path.lastIndexOf('/');
    const node = present(path.slice(0, cut) || '/', true);
    if (node.kind !== 'folder') throw systemError('ENOTDIR', `not a directory, '${path}'`);
    return { folder: node, name: path.slice(cut + 1) };
  }

  function change(...changes: Rename): void {
    for (const { folder: at, name, node } of changes) void (node === undefined ? at.entries.delete(name) : at.entries.set(name, node));
    journal.push(changes);
  }

  function add(path: string, node: Node): void {
    const { folder: at, name } = parentOf(path);
    if (at.entries.has(name)) throw systemError('EEXIST', `file already exists, '${path}'`);
    change({ folder: at, name, node });
  }

  function persist(changes: Rename): void {
    for (const { folder: at, name, node } of changes) void (node === undefined ? at.durable.delete(name) : at.durable.set(name, node));
  }

  function openNode(path: string, node: FileNode, writable: boolean): OpenFile {
    const born = life;
    const live = (): void => {
      if (born !== life) throw systemError('EBADF', `bad file descriptor, '${path}'`);
    };
    const write = (change: Write): void => {
      live();
      if (!writable) throw systemError('EBADF', `not open for writing, '${path}'`);
      const grown = written(node.content, change).length - node.content.length;
      if (grown > files.free) throw systemError('ENOSPC', `no space left on device, write '${path}'`);
      files.free -= grown;
      node.content = written(node.content, change);
      node.pending.push(change);
    };
    return {
      size: () => (live(), node.content.length),
      read(into, position) {
        live();
        const part = node.content.subarray(position, position + into.length);
        into.set(part);
        return part.length;
      },
      write: (bytes, at) => write({ at, bytes: bytes.slice() }),
      truncate: (size) => write({ size }),
      sync() {
        live();
        node.durable = node.content;
        node.pending = [];
      },
      close: live,
    };
  }

  const files: MemoryFiles = {
    free: 2 ** 40,
    read(path, limit) {
      const node = find(path, true);
      if (node === undefined) return undefined;
      if (node.kind !== 'file') throw systemError('EISDIR', `is a directory, '${path}'`);
      if (node.content.length > limit) throw systemError('EFBIG', `larger than ${limit} bytes, '${path}'`);
      return node.content.slice();
    },
    list(path) {
      const node = find(path, true);
      return node?.kind === 'folder' ? [...node.entries.keys()].sort() : [];
    },
    stat(path): FileStat | undefined {
      const node = find(path, false);
      if (node === undefined) return undefined;
      return node.kind === 'link' ? { kind: 'link', size: node.to.length, mode: 0o777, uid } : { kind: node.kind, size: node.kind === 'file' ? node.content.length : 0, mode: node.mode, uid: node.uid };
    },
    readLink(path) {
      const node = find(path, false);
      return node?.kind === 'link' ? node.to : undefined;
    },
    create(path, mode) {
      const node: FileNode = { kind: 'file', mode, uid, content: new Uint8Array(), durable: new Uint8Array(), pending: [] };
      add(path, node);
      return openNode(path, node, true);
    },
    open(path, access) {
      const node = present(path, true);
      if (node.kind !== 'file') throw systemError('EISDIR', `is a directory, '${path}'`);
      return openNode(path, node, access === 'write');
    },
    makeFolder: (path, mode) => add(path, folder(mode)),
    link: (path, name) => add(name, present(path, false)),
    symlink: (to, path) => add(path, { kind: 'link', to }),
    rename(from, to) {
      const node = present(from, false);
      const source = parentOf(from);
      const target = parentOf(to);
      const replaced = target.folder.entries.get(target.name);
      if (replaced === node) return; // as POSIX has it for two names of one file
      if (replaced?.kind === 'folder' && (node.kind !== 'folder' || replaced.entries.size > 0)) throw systemError(node.kind === 'folder' ? 'ENOTEMPTY' : 'EISDIR', `cannot replace '${to}'`);
      if (replaced !== undefined && replaced.kind !== 'folder' && node.kind === 'folder') throw systemError('ENOTDIR', `cannot replace '${to}'`);
      change({ folder: source.folder, name: source.name, node: undefined }, { folder: target.folder, name: target.name, node });
    },
    unlink(path) {
      if (present(path, false).kind === 'folder') throw systemError('EISDIR', `is a directory, '${path}'`);
      change({ ...parentOf(path), node: undefined });
    },
    removeFolder(path) {
      const node = present(path, false);
      if (node.kind !== 'folder') throw systemError('ENOTDIR', `not a directory, '${path}'`);
      if (node.entries.size > 0) throw systemError('ENOTEMPTY', `directory not empty, '${path}'`);
      change({ ...parentOf(path), node: undefined });
    },
    syncFolder(path) {
      const node = present(path, true);
      if (node.kind !== 'folder') throw systemError('ENOTDIR', `not a directory, '${path}'`);
      // What came earlier in a folder that a synced change touches became durable before it.
      const touched = new Set([node]);
      const kept: Rename[] = [];
      const synced: Rename[] = [];
      for (const changes of journal.toReversed()) {
        const reached = changes.some((one) => touched.has(one.folder));
        if (reached) for (const one of changes) touched.add(one.folder);
        (reached ? synced : kept).push(changes);
      }
      for (const changes of synced.reverse()) persist(changes);
      journal = kept.reverse();
    },
    space: () => files.free,
    crash(survival) {
      const lives = (): boolean => survival === 'everything' || (survival !== 'nothing' && survival() < 0.5);
      const broken = new Set<FolderNode>();
      for (const changes of journal) {
        if (lives() && !changes.some((one) => broken.has(one.folder))) persist(changes);
        else for (const one of changes) broken.add(one.folder);
      }
      journal = [];
      life += 1;
      settle(root, lives, survival);
    },
    settle: () => files.crash('everything'),
    paths: () => [...walk(root, '')],
  };
  return files;
}

function written(content: Uint8Array, change: Write): Uint8Array {
  const size = 'size' in change ? change.size : Math.max(content.length, change.at + change.bytes.length);
  const next = new Uint8Array(size);
  next.set(content.subarray(0, size));
  if ('bytes' in change) next.set(change.bytes, change.at);
  return next;
}

/** What is durable becomes all there is; a write that survives may be torn. */
function settle(folder: FolderNode, lives: () => boolean, survival: Survival): void {
  folder.entries = new Map(folder.durable);
  for (const node of folder.entries.values()) {
    if (node.kind === 'folder') settle(node, lives, survival);
    if (node.kind !== 'file' || node.pending.length === 0) continue;
    let content = node.durable;
    for (const change of node.pending) if (lives()) content = written(content, torn(change, survival));
    node.content = content;
    node.durable = content;
    node.pending = [];
  }
}

function torn(change: Write, survival: Survival): Write {
  if ('size' in change || typeof survival === 'string' || survival() < 0.5) return change;
  return { at: change.at, bytes: change.bytes.subarray(0, Math.floor(survival() * change.bytes.length)) };
}

function* walk(folder: FolderNode, path: string): Generator<string> {
  for (const [name, node] of [...folder.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    yield node.kind === 'folder' ? `${path}/${name}/` : `${path}/${name}`;
    if (node.kind === 'folder') yield* walk(node, `${path}/${name}`);
  }
}
