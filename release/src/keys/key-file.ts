/**
 * A private key at rest: one JSON file, the 32 bytes of an Ed25519 seed sealed with AES-256-GCM under a key that scrypt
 * makes of the passphrase. Field by field: docs/formats/key.md.
 */
import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, randomBytes, scrypt, sign, type KeyObject } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import { z } from 'zod';
import { SlipwayError } from '@slipway/core';
import { keyIdOf, publicKey, type PublicKey } from './public-key.ts';
import { rolePattern } from './role.ts';

/** Bytes; a real one has about 600. */
export const keyFileLimit = 8192;

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

/** Bounds on what a file may ask of this machine: 16 MiB to 512 MiB of memory, at most four passes. */
const kdf = z.strictObject({ name: z.literal('scrypt'), log2N: z.int().min(14).max(19), r: z.literal(8), p: z.int().min(1).max(4), salt: hex(32) });

const keyFileSchema = z.strictObject({
  format: z.literal(1),
  role: z.string().regex(rolePattern),
  keyid: hex(32),
  public: hex(32),
  /** Seconds since 1970. */
  created: z.int().min(0).max(2 ** 40),
  kdf,
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: hex(12), tag: hex(16) }),
  secret: hex(32),
});

export type KeyFile = z.infer<typeof keyFileSchema>;
export type Kdf = KeyFile['kdf'];

/** Signs bytes in the name of one key. */
export interface Signer {
  readonly keyid: string;
  readonly key: PublicKey;
  /** Lower-case hex. */
  sign(bytes: Uint8Array): string;
}

/** 128 MiB and about half a second: what a guess costs whoever has stolen the file. */
export const usualCost = 17;

export function newKdf(log2N: number): Kdf {
  return { name: 'scrypt', log2N, r: 8, p: 1, salt: randomBytes(32).toString('hex') };
}

/** The sealing key of a passphrase; the same for all files that share the parameters and the salt. */
export function deriveKey(passphrase: string, { log2N, r, p, salt }: Kdf): Promise<Buffer> {
  const N = 2 ** log2N;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error instanceof Error ? reject(error) : resolve(key)));
  });
}

/** A new key for a role, sealed. `created` in seconds. */
export function generateKey(role: string, created: number, parameters: Kdf, sealing: Buffer): { readonly file: KeyFile; readonly signer: Signer } {
  const seed = randomBytes(32);
  const signer = signerOf(seed);
  const header = { format: 1 as const, role, keyid: signer.keyid, public: signer.key.keyval.public, created };
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(bound(header));
  const secret = Buffer.concat([cipher.update(seed), cipher.final()]).toString('hex');
  seed.fill(0);
  return { signer, file: { ...header, kdf: parameters, cipher: { name: 'aes-256-gcm', nonce: nonce.toString('hex'), tag: cipher.getAuthTag().toString('hex') }, secret } };
}

/** Check the text of a key file; `label` is how errors name it. Throws KEY_INVALID. */
export function parseKeyFile(text: string, label: string): KeyFile {
  const invalid = (why: string, cause?: unknown): SlipwayError => new SlipwayError('KEY_INVALID', `${label} is not a key file: ${why}`, { cause });
  if (text.length > keyFileLimit) throw invalid(`${text.length} characters, of which a key file has at most ${keyFileLimit}`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  const result = keyFileSchema.safeParse(data);
  if (!result.success) throw invalid(result.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; '));
  const file = result.data;
  if (file.keyid !== keyIdOf(publicKey(file.public))) throw invalid('its keyid is not that of its public key');
  return file;
}

/** The signer in a file, or undefined when the sealing key is not the one: the passphrase was another. Throws KEY_INVALID. */
export function unseal(file: KeyFile, sealing: Buffer, label: string): Signer | undefined {
  const { cipher: { nonce, tag }, secret, kdf: _, ...header } = file;
  const decipher = createDecipheriv('aes-256-gcm', sealing, Buffer.from(nonce, 'hex')).setAAD(bound(header)).setAuthTag(Buffer.from(tag, 'hex'));
  let seed: Buffer;
  try {
    seed = Buffer.concat([decipher.update(Buffer.from(secret, 'hex')), decipher.final()]);
  } catch {
    return undefined; // GCM cannot tell a wrong key from changed bytes
  }
  const signer = signerOf(seed);
  seed.fill(0);
  if (signer.keyid !== file.keyid) throw new SlipwayError('KEY_INVALID', `${label} holds the private half of another key than it names`);
  return signer;
}

/** What a file says in the clear is part of what is sealed, so that nobody renames a nightly key to stable. */
function bound({ format, role, keyid, public: open, created }: Pick<KeyFile, 'format' | 'role' | 'keyid' | 'public' | 'created'>): Buffer {
  return Buffer.from(canonicalize({ format, role, keyid, public: open, created }));
}

/** RFC 8410, section 7: what comes before the 32 bytes of an Ed25519 seed in PKCS #8. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function signerOf(seed: Buffer): Signer {
  const der = Buffer.concat([pkcs8, seed]);
  const secret: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const key = publicKey(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'));
  return { keyid: keyIdOf(key), key, sign: (bytes) => sign(null, bytes, secret).toString('hex') };
}
