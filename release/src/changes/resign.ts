/** What expires, and when: the scheduled job that signs timestamp and snapshot again also watches the keys that are far away. */
import { daysLeft, type Document, type SignedFile } from '../metadata/documents.ts';
import type { View } from '../repository/change.ts';

export interface Expiring {
  /** `root`, `targets`, or a channel. */
  readonly role: string;
  readonly expires: string;
  /** Whole days; negative when it has expired. */
  readonly days: number;
}

/** Days before the end in which somebody should be told. */
const alarm = 30;

/** Offline roles that expire soon, soonest first; channels in `renewed` do not count. `now` in milliseconds since 1970. */
export function expiringSoon({ repository, trust }: View, renewed: readonly string[], now: number): readonly Expiring[] {
  const files: (readonly [string, SignedFile<Document>])[] = [['root', trust.root], ['targets', trust.targets]];
  for (const [name, { metadata }] of repository?.channels ?? []) if (!renewed.includes(name)) files.push([name, metadata]);
  return files
    .map(([role, file]) => ({ role, expires: file.signed.expires, days: daysLeft(file, now) }))
    .filter(({ days }) => days < alarm)
    .sort((a, b) => a.days - b.days);
}
