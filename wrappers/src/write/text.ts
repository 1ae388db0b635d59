/**
 * Fill the holes of a text: digests and sizes of artifacts and of the container's other members.
 */
import { SlipwayError, type Described, type Reference, type Text } from '@slipway/core';

export interface Resolver {
  /** What is known of an artifact's id or of `entry:PATH`; undefined when nobody wrote it. */
  describe(of: string): Described | undefined;
  /** The text of a file of the project. */
  read(path: string): string;
}

export function resolveText(text: Text, resolver: Resolver): string {
  return text.map((part) => (typeof part === 'string' ? part : resolveReference(part, resolver))).join('');
}

function resolveReference(reference: Reference, resolver: Resolver): string {
  if (reference.kind === 'file') return resolver.read(reference.of);
  const found = resolver.describe(reference.of);
  if (found === undefined) throw new SlipwayError('INTERNAL', `a planned text refers to "${reference.of}", which is not written before it`);
  if (reference.kind === 'size') return String(found.size);
  return Buffer.from(found.sha256, 'hex').toString(reference.as);
}
