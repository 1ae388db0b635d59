/** A release repository as install.sh sees it: canonical JSON that nobody has signed, and a program that is a script. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { releaseRecordSchema, type TargetId } from '@slipway/core';

export interface StaticRepository {
  readonly url: string;
  /** Path to bytes; change them as you like. */
  readonly files: Map<string, Uint8Array>;
  close(): void;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const described = (bytes: Uint8Array): object => ({ hashes: { sha256: sha256(bytes) }, length: bytes.length });

/** What the installed program does when the installer calls: as `self adopt` does, it makes `current` point to itself. */
const program = (version: string): string => `#!/bin/sh
[ "$*" = 'self adopt' ] || { echo "tool ${version} $*"; exit; }
here=\${0%/*}
ln -s "versions/\${here##*/}" "$here/next" && mv -f "$here/next" "$here/../../current.new"
rm -f "$here/../../current"
mv "$here/../../current.new" "$here/../../current"
`;

/** Versions newest first; those that are not revoked can be chosen, the first is what everybody gets. */
export async function staticRepository(target: TargetId, versions: readonly string[], revoked: readonly string[]): Promise<StaticRepository> {
  const files = new Map<string, Uint8Array>();
  const candidates = versions.map((version) => releaseOf(files, target, version));
  const [newest] = candidates;
  if (newest === undefined) throw new Error('a repository without a version');
  const targets: Record<string, object> = {};
  const put = (name: string, text: string): void => {
    const bytes = Buffer.from(text);
    files.set(`targets/stable/${sha256(bytes)}.${name}`, bytes);
    targets[`stable/${name}`] = described(bytes);
  };
  put(`${target}.install`, ['slipway-install 1', 'product tool', `version ${newest.version}`, `record ${newest.record.sha256} ${newest.record.size}`, ...newest.lines, 'end', ''].join('\n'));
  put(`${target}.json`, JSON.stringify({ format: 1, product: 'tool', channel: 'stable', target, date: 1, candidates: candidates.map(({ version, record }) => ({ version, record })), yanked: [], revoked }));
  const sorted = Object.fromEntries(Object.entries(targets).toSorted());
  const channel = Buffer.from(JSON.stringify({ signatures: [], signed: { _type: 'targets', expires: '2100-01-01T00:00:00Z', spec_version: '1.0.31', targets: sorted, version: 3 } }));
  const snapshot = Buffer.from(JSON.stringify({ signatures: [], signed: { _type: 'snapshot', meta: { 'stable.json': { ...described(channel), version: 3 }, 'targets.json': { ...described(channel), version: 1 } }, version: 5 } }));
  files.set('metadata/3.stable.json', channel);
  files.set('metadata/5.snapshot.json', snapshot);
  files.set('metadata/timestamp.json', Buffer.from(JSON.stringify({ signatures: [], signed: { _type: 'timestamp', meta: { 'snapshot.json': { ...described(snapshot), version: 5 } }, version: 9 } })));
  const server = createServer((request, response) => {
    const bytes = files.get((request.url ?? '').slice(1));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, files, close: () => server.close() };
}

function releaseOf(files: Map<string, Uint8Array>, target: TargetId, version: string): { readonly version: string; readonly record: { readonly sha256: string; readonly size: number }; readonly lines: readonly string[] } {
  const file = (path: string, mode: 0o755 | 0o644, text: string): object & { readonly line: string; readonly component: object } => {
    const bytes = Buffer.from(text);
    const packed = gzipSync(bytes);
    files.set(`payloads/${sha256(packed)}`, packed);
    return {
      line: `file ${mode.toString(8)} ${bytes.length} ${sha256(bytes)} gzip ${packed.length} ${sha256(packed)} ${path}`,
      component: { kind: 'file', path, mode, size: bytes.length, sha256: sha256(bytes), full: { coding: 'gzip', size: packed.length, sha256: sha256(packed) } },
    };
  };
  const built = [file('tool', 0o755, program(version)), file('docs/read me.md', 0o644, `About {version} "${version}"\n`)];
  const record = Buffer.from(JSON.stringify(releaseRecordSchema.parse({
    format: 1, product: 'tool', version, target, date: 1, notes: 'Now {"kind":"file"} is "better"',
    components: [...built.map(({ component }) => component), { kind: 'link', path: 'toold', to: 'tool' }],
  })));
  files.set(`records/${sha256(record)}.json`, record);
  return { version, record: { sha256: sha256(record), size: record.length }, lines: [...built.map(({ line }) => line), 'link tool toold'] };
}
