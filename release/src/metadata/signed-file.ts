/** Signing documents, and reading signed ones back: bounded, well-formed, and signed by whom the one above names. */
import { canonicalize } from '@tufjs/canonical-json';
import { Metadata, type MetadataKind } from '@tufjs/models';
import { SlipwayError } from '@slipway/core';
import type { Signer } from '../keys/key-file.ts';
import type { Document, Envelope, Root, SignedFile, Targets } from './documents.ts';

/** Bytes of one metadata file; clients read no more of targets than 5 MB, of the others less. */
export const metadataLimit = 512_000;

/** Signed by everyone given, in canonical JSON throughout, so that the same document is the same bytes. */
export function signDocument<Signed extends Document>(signed: Signed, signers: readonly Signer[]): SignedFile<Signed> {
  const bytes = Buffer.from(canonicalize(signed));
  const unique = [...new Map(signers.map((signer) => [signer.keyid, signer])).values()];
  const signatures = unique.map((signer) => ({ keyid: signer.keyid, sig: signer.sign(bytes) }));
  const envelope: Envelope<Signed> = { signed, signatures };
  return { ...envelope, bytes: Buffer.from(canonicalize(envelope)) };
}

/** Read a document of a kind; `label` is how errors name it. Throws REPOSITORY_DAMAGED. */
export function readDocument<Signed extends Document>(kind: Signed['_type'], bytes: Uint8Array, label: string): SignedFile<Signed> {
  try {
    const envelope = JSON.parse(Buffer.from(bytes).toString('utf8')) as Envelope<Signed>;
    modelOf(kind, envelope);
    if (!Number.isSafeInteger(envelope.signed.version) || envelope.signed.version < 1) throw new Error(`version ${envelope.signed.version}`);
    return { signed: envelope.signed, signatures: envelope.signatures, bytes };
  } catch (error) {
    throw new SlipwayError('REPOSITORY_DAMAGED', `${label} is not ${kind} metadata: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whether enough keys that `above` names for the role have signed. */
export function isSignedBy(above: Envelope<Root | Targets>, role: string, below: Envelope<Document>): boolean {
  try {
    modelOf(above.signed._type, above).verifyDelegate(role, modelOf(below.signed._type, below) as Metadata<never>);
    return true;
  } catch {
    return false; // verifyDelegate throws for too few valid signatures, and for a role that nobody delegates
  }
}

function modelOf(kind: Document['_type'], { signed, signatures }: Envelope<Document>): Metadata<never> {
  // The overloads of fromJSON know one kind each; a plain copy keeps their changes away from ours.
  const read = Metadata.fromJSON.bind(Metadata) as unknown as (kind: MetadataKind, data: unknown) => Metadata<never>;
  return read(kind as MetadataKind, structuredClone({ signed, signatures }));
}
