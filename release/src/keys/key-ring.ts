/**
 * The private keys in a folder, opened as they are needed. A passphrase that was right once is tried on every other
 * key before anybody is asked again, and scrypt runs once for all keys made together.
 */
import { SlipwayError } from '@slipway/core';
import { deriveKey, generateKey, newKdf, unseal, usualCost, type Kdf, type KeyFile, type Signer } from './key-file.ts';
import { keyName, type KeyFolder, type StoredKey } from './key-folder.ts';
import type { PassphraseSource } from './passphrase.ts';

export class KeyRing {
  readonly folder: KeyFolder;
  readonly #source: PassphraseSource;
  readonly #cost: number;
  readonly #passphrases: string[] = [];
  readonly #derived = new Map<string, Promise<Buffer>>();
  readonly #signers = new Map<string, Signer>();
  #fresh: { readonly parameters: Kdf; readonly passphrase: string } | undefined;

  /** `cost` is the scrypt cost of new keys, as log₂ N. */
  constructor(folder: KeyFolder, source: PassphraseSource, cost: number = usualCost) {
    this.folder = folder;
    this.#source = source;
    this.#cost = cost;
  }

  /** The signer of a key, or undefined when its file is not in the folder. Throws PASSPHRASE_WRONG, PASSPHRASE_MISSING, KEY_INVALID. */
  async signer(keyid: string): Promise<Signer | undefined> {
    const known = this.#signers.get(keyid);
    if (known !== undefined) return known;
    const stored = this.folder.find(keyid);
    return stored === undefined ? undefined : this.#open(stored);
  }

  /** Those of the keys that are in the folder, in the order given. */
  async signers(keyids: readonly string[]): Promise<readonly Signer[]> {
    const found: Signer[] = [];
    for (const keyid of keyids) {
      const signer = await this.signer(keyid);
      if (signer !== undefined) found.push(signer);
    }
    return found;
  }

  /** A new key, not yet stored. All that one ring makes share a passphrase. `created` in seconds. */
  async generate(role: string, created: number): Promise<{ readonly file: KeyFile; readonly signer: Signer }> {
    this.#fresh ??= { parameters: newKdf(this.#cost), passphrase: this.#passphrases[0] ?? (await this.#source.create()) };
    const { parameters, passphrase } = this.#fresh;
    const made = generateKey(role, created, parameters, await this.#derive(passphrase, parameters));
    this.#signers.set(made.signer.keyid, made.signer);
    return made;
  }

  async #open({ file, path }: StoredKey): Promise<Signer> {
    for (const passphrase of this.#passphrases) {
      const signer = unseal(file, await this.#derive(passphrase, file.kdf), path);
      if (signer !== undefined) return this.#keep(signer);
    }
    for (let attempt = 0; ; attempt++) {
      if (attempt === 3) throw new SlipwayError('PASSPHRASE_WRONG', `three passphrases did not open ${path}`);
      const passphrase = await this.#source.open(keyName(file), attempt);
      const signer = unseal(file, await this.#derive(passphrase, file.kdf), path);
      if (signer === undefined) continue;
      this.#passphrases.push(passphrase);
      return this.#keep(signer);
    }
  }

  #keep(signer: Signer): Signer {
    this.#signers.set(signer.keyid, signer);
    return signer;
  }

  #derive(passphrase: string, parameters: Kdf): Promise<Buffer> {
    const name = JSON.stringify([passphrase, parameters]);
    const derived = this.#derived.get(name) ?? deriveKey(passphrase, parameters);
    this.#derived.set(name, derived);
    return derived;
  }
}
