/**
 * The folder of private keys: one file each, for its owner only, and `signed/` with the documents that root and
 * targets keys have signed, which the next change of a repository publishes.
 */
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ioError, SlipwayError } from '@slipway/core';
import { makePrivateFolder, readBounded, writeDurably } from './durable.ts';
import { keyFileLimit, parseKeyFile, type KeyFile } from './key-file.ts';

export interface StoredKey {
  readonly path: string;
  readonly file: KeyFile;
}

/** How people name a key: its role and the start of its id, as its file does. */
export function keyName({ role, keyid }: Pick<KeyFile, 'role' | 'keyid'>): string {
  return `${role}-${keyid.slice(0, 8)}`;
}

const suffix = '.key.json';
/** Far more than anybody has. */
const mostKeys = 256;

export class KeyFolder {
  readonly path: string;
  #keys: readonly StoredKey[] | undefined;

  constructor(path: string) {
    this.path = path;
  }

  exists(): boolean {
    return existsSync(this.path);
  }

  /** Every key, by file name. Throws KEYS_NOT_FOUND, KEY_INVALID, IO_FAILED. */
  keys(): readonly StoredKey[] {
    this.#keys ??= this.#read();
    return this.#keys;
  }

  find(keyid: string): StoredKey | undefined {
    return this.keys().find(({ file }) => file.keyid === keyid);
  }

  add(file: KeyFile): void {
    writeDurably(join(this.path, `${keyName(file)}${suffix}`), `${JSON.stringify(file, null, 2)}\n`, 0o600);
    this.#keys = undefined;
  }

  /** Nothing is signed with it any more; the file is kept under another name. */
  setAside(keyid: string): void {
    const stored = this.find(keyid);
    if (stored === undefined) return;
    try {
      renameSync(stored.path, `${stored.path.slice(0, -suffix.length)}.revoked.json`);
    } catch (error) {
      throw ioError(error, `rename ${stored.path}`);
    }
    this.#keys = undefined;
  }

  /** Make the folder, and keep it out of git whatever the project's own settings say. */
  create(): void {
    makePrivateFolder(this.path);
    writeDurably(join(this.path, '.gitignore'), '*\n', 0o600);
  }

  /** Whether others than the owner may read the folder or a key in it. */
  exposed(): readonly string[] {
    return [this.path, ...this.keys().map(({ path }) => path)].filter((path) => process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0);
  }

  #read(): readonly StoredKey[] {
    let names: readonly string[];
    try {
      names = readdirSync(this.path).filter((name) => name.endsWith(suffix)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(error, `read ${this.path}`);
      throw new SlipwayError('KEYS_NOT_FOUND', `there is no folder of keys at ${this.path}`);
    }
    if (names.length > mostKeys) throw new SlipwayError('KEY_INVALID', `${this.path} has ${names.length} keys, of which at most ${mostKeys} are read`);
    return names.map((name) => {
      const path = join(this.path, name);
      return { path, file: parseKeyFile(readBounded(path, keyFileLimit, 'KEY_INVALID').toString('utf8'), path) };
    });
  }
}
