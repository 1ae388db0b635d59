import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readPackage } from './package.ts';
import { deflateBlocks, noise, packZip, type PackedEntry, type ZipEdit } from './packing.fixture.ts';
import { scratchFolder } from './scratch.fixture.ts';
import { noWork } from './work.ts';

const scratch = scratchFolder();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const read = (bytes: Uint8Array) => readPackage(scratch.write('x.zip', bytes), { label: 'x.zip', work: noWork(), keep: (path) => path.endsWith('.txt') });

const program = noise(300_000, 1);
const entries: readonly PackedEntry[] = [
  { path: 'docs/', mode: 0o755 },
  { path: 'docs/read me.txt', bytes: Buffer.from('hello '.repeat(100)) },
  { path: 'bin/tool', mode: 0o755, bytes: program, span: deflateBlocks(program, 100_000) },
  { path: 'bin/toold', mode: 0o777, link: 'tool' },
  { path: 'empty', mode: 0o600 },
  { path: 'grüße.txt', bytes: Buffer.from('ä') },
];

test('a zip is its members, in order, with modes, digests and links', async () => {
  const bytes = packZip(entries);
  const found = await read(bytes);
  expect(found).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
  expect(found.members.map(({ path, type, mode, size }) => [path, type, mode.toString(8), size])).toEqual([
    ['docs', 'directory', '40755', 0],
    ['docs/read me.txt', 'file', '100644', 600],
    ['bin/tool', 'file', '100755', 300_000],
    ['bin/toold', 'symlink', '120777', 0],
    ['empty', 'file', '100600', 0],
    ['grüße.txt', 'file', '100644', 2],
  ]);
  expect(found.members[2]?.sha256).toBe(sha256(program));
  expect(found.members[3]?.linkTarget).toBe('tool');
  expect(Buffer.from(found.members[5]?.bytes ?? []).toString()).toBe('ä');
  expect(found.members[2]?.bytes).toBeUndefined();
});

test('unzip and Python see the same members', async () => {
  const path = scratch.write('peers.zip', packZip(entries));
  const { members } = await readPackage(path, { work: noWork() });
  const ours = members.map(({ path: name, size, type, linkTarget }) => [type === 'directory' ? `${name}/` : name, type === 'symlink' ? (linkTarget?.length ?? 0) : size]);
  const python = execFileSync('python3', ['-c', 'import zipfile,json,sys; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps([[i.filename,i.file_size] for i in z.infolist()]))', path]);
  expect(JSON.parse(python.toString())).toEqual(ours);
  const listing = execFileSync('unzip', ['-l', path], { env: { ...process.env, LC_ALL: 'C.UTF-8' } }).toString();
  const rows = [...listing.matchAll(/^ +(\d+)  \S+ \S+   (.+)$/gm)].map((row) => [row[2], Number(row[1])]);
  expect(rows.map(([, size]) => size)).toEqual(ours.map(([, size]) => size));
  expect(rows.slice(0, 5)).toEqual(ours.slice(0, 5));
});

test.each([
  ['to a pipe, with data descriptors', 'import sys,zipfile; z=zipfile.ZipFile(sys.stdout.buffer,"w",zipfile.ZIP_DEFLATED); z.writestr("a.txt","hello "*9); z.writestr("d/b","x"); z.close()'],
  ['stored, to a pipe', 'import sys,zipfile; z=zipfile.ZipFile(sys.stdout.buffer,"w"); z.writestr("a.txt","hello "*9); z.writestr("d/b","x"); z.close()'],
  ['to a file', 'import sys,io,zipfile; f=io.BytesIO(); z=zipfile.ZipFile(f,"w",zipfile.ZIP_DEFLATED); z.writestr("a.txt","hello "*9); z.writestr("d/b","x"); z.close(); sys.stdout.buffer.write(f.getvalue())'],
])('what Python writes %s can be read', async (_, script) => {
  const { members } = await read(execFileSync('sh', ['-c', 'python3 -c "$1" | cat', 'sh', script]));
  expect(members.map(({ path, size }) => [path, size])).toEqual([['a.txt', 54], ['d/b', 1]]);
});

describe('refused, naming the file', () => {
  const one = { path: 'a', bytes: Buffer.from('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') };
  const two = { path: 'b', bytes: Buffer.from('bbbb') };
  const onlyIn = (place: 'local' | 'central', change: (header: Buffer) => void): ZipEdit => (header, where, index) => {
    if (where === place && index === 0) change(header);
  };
  const inBoth = (change: (header: Buffer, at: number) => void): ZipEdit => (header, where, index) => {
    if (index === 0) change(header, where === 'local' ? 4 : 6);
  };
  const named = (path: string): Buffer => packZip([{ ...one, path }]);
  const plain = packZip([one, two]);
  const cut = (bytes: Buffer, from: number, to: number): Buffer => Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  const insert = (bytes: Buffer, at: number, more: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  const endSet = (change: (end: Buffer) => void): Buffer => {
    const bytes = Buffer.from(plain);
    change(bytes.subarray(bytes.length - 22));
    return bytes;
  };

  test.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /no end record/],
    ['bytes after the end record', Buffer.concat([plain, Buffer.from('x')]), /no end record/],
    ['a cut end', plain.subarray(0, -1), /no end record/],
    ['an archive comment', insert(endSet((end) => end.writeUInt16LE(1, 20)), plain.length, Buffer.from('x')), /no end record/],
    ['an archive comment that is not there', endSet((end) => end.writeUInt16LE(1, 20)), /comment/],
    ['bytes before the first entry', insert(endSet((end) => end.writeUInt32LE(end.readUInt32LE(16) + 3, 16)), 0, Buffer.from('MZx')), /no local header|belong to no entry|overlaps/],
    ['a directory in another place', endSet((end) => end.writeUInt32LE(end.readUInt32LE(16) - 1, 16)), /the directory is said to be/],
    ['one entry fewer in the end record', endSet((end) => [8, 10].forEach((at) => end.writeUInt16LE(1, at))), /end record says 1/],
    ['one entry more in the end record', endSet((end) => [8, 10].forEach((at) => end.writeUInt16LE(3, at))), /end record says 3/],
    ['several parts', endSet((end) => end.writeUInt16LE(1, 4)), /one part of several/],
    ['zip64 in the end record', endSet((end) => [8, 10].forEach((at) => end.writeUInt16LE(0xffff, at))), /zip64/],
    ['zip64 sizes', packZip([one], inBoth((h, at) => h.writeUInt32LE(0xffffffff, at + 14))), /zip64/],
    ['an encrypted entry', packZip([one], inBoth((h, at) => h.writeUInt16LE(1, at + 2))), /encrypted/],
    ['patch data', packZip([one], inBoth((h, at) => h.writeUInt16LE(1 << 5, at + 2))), /flags 0x20/],
    ['Deflate64', packZip([one], inBoth((h, at) => h.writeUInt16LE(9, at + 4))), /method 9/],
    ['a method only in the directory', packZip([one], onlyIn('central', (h) => h.writeUInt16LE(0, 10))), /its method is 8 in the local header and 0/],
    ['a name only in the directory', packZip([one], onlyIn('central', (h) => h.write('z', 46))), /its name is "a" in the local header and "z"/],
    ['flags only in the directory', packZip([one], onlyIn('central', (h) => h.writeUInt16LE(2, 8))), /its flags/],
    ['a CRC only in the directory', packZip([one], onlyIn('central', (h) => h.writeUInt32LE(7, 16))), /its crc32/],
    ['a size only in the local header', packZip([one], onlyIn('local', (h) => h.writeUInt32LE(7, 22))), /its size is 7/],
    ['a compressed size only in the local header', packZip([one], onlyIn('local', (h) => h.writeUInt32LE(7, 18))), /its compressedSize is 7/],
    ['a descriptor only in the local header', packZip([one], onlyIn('local', (h) => h.writeUInt16LE(8, 6))), /flag 3/],
    ['a wrong CRC', packZip([one], inBoth((h, at) => h.writeUInt32LE(7, at + 10))), /CRC-32 is \w{8}, the directory says 00000007/],
    ['a size too small', packZip([one], inBoth((h, at) => h.writeUInt32LE(3, at + 18))), /more than the 3 bytes/],
    ['a size too large', packZip([one], inBoth((h, at) => h.writeUInt32LE(99, at + 18))), /holds 33 bytes and states 99/],
    ['an entry that overlaps the next', packZip([one, two], (h, where, i) => { if (where === 'central' && i === 1) h.writeUInt32LE(10, 42); }), /overlaps/],
    ['two entries on the same data', packZip([one, one], (h, where, i) => { if (where === 'central' && i === 1) h.writeUInt32LE(0, 42); }), /two members|overlaps/],
    ['a gap between entries', gapped(), /belong to no entry/],
    ['a gap before the directory', insert(endSet((end) => end.writeUInt32LE(end.readUInt32LE(16) + 2, 16)), plain.readUInt32LE(plain.length - 6), Buffer.from('xy')), /2 bytes between the last entry and the directory/],
    ['data cut short', cut(plain, 34, 36), /the directory is said to be/],
    ['the same name twice', packZip([one, one]), /two members of this name/],
    ['the same name in another case', packZip([one, { ...one, path: 'A' }]), /two members of this name/],
    ['a file as a folder', packZip([one, { ...two, path: 'a/b' }]), /lies below "a"/],
    ['a link as a folder', packZip([{ path: 'a', link: 'c' }, { ...two, path: 'a/b' }]), /lies below "a"/],
    ['a link out of the package', packZip([{ path: 'd/a', link: '../../etc/passwd' }]), /leaves the package/],
    ['an absolute link', packZip([{ path: 'a', link: '/etc/passwd' }]), /leaves the package/],
    ['a device', packZip([one], onlyIn('central', (h) => h.writeUInt32LE((0o020644 << 16) >>> 0, 38))), /the mode 20644/],
    ['an absolute name', named('/a'), /absolute/],
    ['a name with ..', named('x/../../a'), /segment "\.\."/],
    ['a name with .', named('./a'), /segment "\."/],
    ['a name with an empty segment', named('x//a'), /segment ""/],
    ['a backslash', named('x\\a'), /backslash/],
    ['a drive', named('C:a'), /drive/],
    ['a NUL', named('a\0b'), /control/],
    ['no name', named(''), /empty/],
    ['a name that is not UTF-8', packZip([one], (h, where) => { h[where === 'local' ? 30 : 46] = 0xff; }), /not UTF-8/],
    ['a name beyond ASCII that is not marked', packZip([{ ...one, path: 'ä' }], (h, where) => h.writeUInt16LE(0, where === 'local' ? 6 : 8)), /not marked as UTF-8/],
  ])('%s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED', message: expect.stringMatching(message) });
    await expect(read(bytes)).rejects.toThrow(/^x\.zip/);
  });

  /** Two bytes between `a` and `b`, and every offset after them adjusted. */
  function gapped(): Buffer {
    const second = plain.indexOf(Buffer.from([0x50, 0x4b, 3, 4]), 4);
    const bytes = insert(plain, second, Buffer.from('xy'));
    const directory = bytes.readUInt32LE(bytes.length - 6) + 2;
    bytes.writeUInt32LE(directory, bytes.length - 6);
    bytes.writeUInt32LE(second + 2, directory + 47 + 42);
    return bytes;
  }
});
