/** The public half of a key as TUF metadata writes it, and the id that everybody derives from it in the same way. */
import { createHash } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';

export interface PublicKey {
  readonly keytype: 'ed25519';
  readonly scheme: 'ed25519';
  /** 32 bytes, lower-case hex. */
  readonly keyval: { readonly public: string };
}

export function publicKey(hex: string): PublicKey {
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } };
}

/** TUF specification 1.0, section 4.2: SHA-256 of the canonical JSON of the key. */
export function keyIdOf(key: PublicKey): string {
  return createHash('sha256').update(canonicalize(key)).digest('hex');
}
