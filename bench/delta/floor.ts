/** `floor.ts A B`: the SHA-256 of both files. `floor.ts A B OUT`: the same, and B written to OUT. `floor.ts`: nothing. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

const [base, next, out] = process.argv.slice(2);
const buffer = new Uint8Array(1 << 20);
for (const path of [base, next]) {
  if (path === undefined) break;
  const hash = createHash('sha256');
  const from = openSync(path, 'r');
  const to = path === next && out !== undefined ? openSync(out, 'w') : undefined;
  for (let got = readSync(from, buffer); got > 0; got = readSync(from, buffer)) {
    hash.update(buffer.subarray(0, got));
    if (to !== undefined) writeSync(to, buffer, 0, got);
  }
  if (to !== undefined) fsyncSync(to);
  closeSync(from);
  console.log(hash.digest('hex'));
}
