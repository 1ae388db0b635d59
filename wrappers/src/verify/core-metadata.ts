/** Files of "Key: value" lines: METADATA, PKG-INFO and WHEEL (core metadata specification, PEP 427). */
import { parseVersion, type Plan, toPep440, toPypiName } from '@slipway/core';

/** Values of the headers, in order, by lower-case key; the body after the first empty line is left out. */
export function headersOf(text: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (const line of (text.split(/\r?\n\r?\n/)[0] ?? '').split(/\r?\n/)) {
    const [, key, value] = /^([A-Za-z][A-Za-z0-9-]*): ?(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    headers.set(key.toLowerCase(), [...(headers.get(key.toLowerCase()) ?? []), value]);
  }
  return headers;
}

/** What is wrong with the name and version that `member` states, for a file called `distribution-version`. */
export function identityFaults(member: string, text: string, file: { readonly distribution: string; readonly version: string }, plan: Plan): readonly string[] {
  const headers = headersOf(text);
  if (headers.get('metadata-version') === undefined) return [`${member} is missing or states no Metadata-Version`];
  const [name = '', version = ''] = [headers.get('name')?.join(), headers.get('version')?.join()];
  const faults: string[] = [];
  if (toPypiName(name) !== toPypiName(file.distribution)) faults.push(`${member} has Name ${JSON.stringify(name)}, the file's name says ${JSON.stringify(file.distribution)}`);
  if (version !== file.version) faults.push(`${member} has Version ${JSON.stringify(version)}, the file's name says ${JSON.stringify(file.version)}`);
  const planned = toPep440(parseVersion(plan.product.version));
  if (file.version !== planned) faults.push(`the file's name has version ${JSON.stringify(file.version)}, the plan ${JSON.stringify(planned)}`);
  return faults;
}
