import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readPackage } from './package.ts';
import { deflateBlocks, gzip, noise, packTar, packTarGz, type PackedEntry, sealHeader, tarHeader } from './packing.fixture.ts';
import { scratchFolder } from './scratch.fixture.ts';
import { noWork } from './work.ts';

const scratch = scratchFolder();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const read = (bytes: Uint8Array) => readPackage(scratch.write('x.tar.gz', bytes), { label: 'x.tar.gz', work: noWork(), keep: (path) => path.endsWith('.txt') });

const program = noise(300_000, 1);
const entries: readonly PackedEntry[] = [
  { path: 'docs/', mode: 0o755, type: '5' },
  { path: 'docs/readme.txt', bytes: Buffer.from('hello') },
  { path: 'bin/tool', mode: 0o755, bytes: program, span: deflateBlocks(program, 100_000) },
  { path: 'bin/toold', mode: 0o777, link: 'tool' },
  { path: 'bin/hard', mode: 0o755, link: 'bin/tool', type: '1' },
  { path: 'empty', mode: 0o600 },
];

test('a tar.gz is its members, in order, with modes, digests and links', async () => {
  const bytes = packTarGz(entries);
  const found = await read(bytes);
  expect(found).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
  expect(found.members.map(({ path, type, mode, size, linkTarget }) => [path, type, mode.toString(8), size, linkTarget])).toEqual([
    ['docs', 'directory', '755', 0, undefined],
    ['docs/readme.txt', 'file', '644', 5, undefined],
    ['bin/tool', 'file', '755', 300_000, undefined],
    ['bin/toold', 'symlink', '777', 0, 'tool'],
    ['bin/hard', 'hardlink', '755', 300_000, 'bin/tool'],
    ['empty', 'file', '600', 0, undefined],
  ]);
  expect(found.members.flatMap((member) => member.sha256 ?? [])).toEqual([sha256(Buffer.from('hello')), sha256(program), sha256(program), sha256(Buffer.alloc(0))]);
  expect(Buffer.from(found.members[1]?.bytes ?? []).toString()).toBe('hello');
});

test('GNU tar sees the same members', async () => {
  const path = scratch.write('peers.tar.gz', packTarGz(entries));
  const { members } = await readPackage(path, { work: noWork() });
  const rows = execFileSync('tar', ['-tvzf', path, '--numeric-owner']).toString().trimEnd().split('\n');
  const kinds = { file: '-', directory: 'd', symlink: 'l', hardlink: 'h' } as const;
  const ours = members.map(({ path: name, type, size, linkTarget }) => [
    kinds[type], type === 'hardlink' ? 0 : size,
    type === 'directory' ? `${name}/` : type === 'symlink' ? `${name} -> ${linkTarget}` : type === 'hardlink' ? `${name} link to ${linkTarget}` : name,
  ]);
  expect(rows.map((row) => /^(.)\S+ \S+ +(\d+) \S+ \S+ (.+)$/.exec(row)?.slice(1)).map((row) => [row?.[0], Number(row?.[1]), row?.[2]])).toEqual(ours);
});

const long = `${'a'.repeat(60)}/${'b'.repeat(60)}/${'ü'.repeat(80)}`;

test.each(['ustar', 'pax', 'gnu'])('what GNU tar writes as %s can be read, long names and links included', async (format) => {
  const name = format === 'ustar' ? `${'a'.repeat(60)}/${'b'.repeat(80)}` : long;
  execFileSync('sh', ['-ec', 'rm -rf in; mkdir -p "in/$(dirname "$1")"; printf abc > "in/$1"; ln -s "$(basename "$1")" "in/$(dirname "$1")/link"; tar --sort=name --format="$2" -C in -czf out.tar.gz "${1%%/*}"', 'sh', name, format], { cwd: scratch.path });
  const { members } = await readPackage(`${scratch.path}/out.tar.gz`, { work: noWork() });
  expect(members.filter(({ type }) => type !== 'directory').map(({ path, linkTarget }) => [path, linkTarget]).toSorted((x, y) => (x[1] === undefined ? -1 : y[1] === undefined ? 1 : 0))).toEqual([
    [name, undefined],
    [`${name.slice(0, name.lastIndexOf('/'))}/link`, name.slice(name.lastIndexOf('/') + 1)],
  ]);
});

test('a file of many megabytes passes through without being kept', async () => {
  const big = Buffer.alloc(24 << 20, 'slipway ');
  const { members } = await read(gzipSync(packTar([{ path: 'big', bytes: big }]), { level: 1 }));
  expect(members).toEqual([{ path: 'big', type: 'file', mode: 0o644, size: big.length, sha256: sha256(big) }]);
});

describe('refused, naming the file', () => {
  const a: PackedEntry = { path: 'a', bytes: Buffer.from('aaaa') };
  const whole = packTarGz([a]);
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[at < 0 ? bytes.length + at : at] = value;
    return bytes;
  };
  const tar = (...parts: Buffer[]): Buffer => gzipSync(Buffer.concat(parts));
  const end = Buffer.alloc(1024);
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  const edited = (change: (header: Buffer) => void): Buffer => {
    const header = tarHeader({ path: 'a' });
    change(header);
    return tar(sealHeader(header), end);
  };
  const extended = (type: string, text: string): Buffer => {
    const bytes = Buffer.from(text);
    return tar(tarHeader({ path: 'PaxHeader', type, bytes }), padded(bytes), tarHeader({ path: 'a' }), end);
  };

  test.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /not a gzip file/],
    ['a zip', Buffer.from('PK\x03\x04aaaaaaaaaaaaaaaa'), /not a gzip file/],
    ['reserved gzip flags', changed(3, 0x20), /reserved gzip flags/],
    ['an endless gzip name', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(9000, 'x')]), /gzip header is cut short or longer/],
    ['a wrong gzip header CRC', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3, 1, 2]), whole.subarray(10)]), /gzip header CRC/],
    ['a wrong CRC', changed(-8, (whole.at(-8) ?? 0) ^ 1), /CRC-32 is/],
    ['a wrong length', changed(-4, 1), /the trailer says/],
    ['a byte after the trailer', Buffer.concat([whole, Buffer.from('x')]), /bytes after the gzip trailer/],
    ['a second gzip member', Buffer.concat([whole, whole]), /bytes after the gzip trailer/],
    ['a cut trailer', whole.subarray(0, -1), /trailer is cut short/],
    ['cut data', whole.subarray(0, 40), /cut short/],
    ['damaged data', gzip(Buffer.from([0x07]), Buffer.alloc(0)), /damaged|cut short/],
    ['a wrong header checksum', tar(Buffer.concat([Buffer.from('b'), tarHeader({ path: 'a' }).subarray(1)]), end), /header checksum is \d+, the header says \d+/],
    ['a tar without an end', tar(tarHeader(a), padded(a.bytes as Buffer)), /no end/],
    ['a tar with half an end', tar(tarHeader({ path: 'a' }), Buffer.alloc(512)), /no end/],
    ['a tar cut within a file', tar(tarHeader(a), Buffer.from('aa')), /no end/],
    ['a member after a zero block', tar(Buffer.alloc(512), tarHeader({ path: 'a' }), end), /after a zero block/],
    ['bytes after the end', tar(tarHeader({ path: 'a' }), end, Buffer.from('x')), /bytes after the end/],
    ['padding that is not zero', tar(tarHeader(a), Buffer.alloc(512, 'a'), end), /padding that is not zero/],
    ['no magic', edited((header) => header.fill(0, 257, 265)), /neither ustar nor GNU/],
    ['a size in binary', edited((header) => header.set([0x80], 124)), /not an octal number/],
    ['a size that is no number', edited((header) => header.write('12x', 124)), /not an octal number/],
    ['a device', edited((header) => header.write('3', 156)), /members of type "3"/],
    ['a link with content', tar(tarHeader({ ...a, link: 'b' }), padded(a.bytes as Buffer), end), /with 4 bytes/],
    ['the same name twice', packTarGz([a, a]), /two members of this name/],
    ['the same name in another case', packTarGz([a, { ...a, path: 'A' }]), /two members of this name/],
    ['a directory and a file of one name', packTarGz([{ path: 'a/', type: '5' }, a]), /two members of this name/],
    ['a file below a link', packTarGz([{ path: 'd', link: 'e' }, { ...a, path: 'd/a' }]), /lies below "d", which is a symlink/],
    ['a link out of the package', packTarGz([{ path: 'd/a', link: '../../b' }]), /leaves the package/],
    ['a hard link to nothing', packTarGz([{ path: 'h', link: 'a', type: '1' }, a]), /names no file before it/],
    ['an absolute name', packTarGz([{ path: '/a' }]), /absolute/],
    ['a name with ..', packTarGz([{ path: 'x/../../a' }]), /segment "\.\."/],
    ['a backslash', packTarGz([{ path: 'x\\a' }]), /backslash/],
    ['a drive', packTarGz([{ path: 'c:/a' }]), /drive/],
    ['an unsafe pax name', extended('x', '13 path=../b\n'), /segment "\.\."/],
    ['a pax record that is too long', extended('x', '99 path=b\n'), /pax record at byte 0/],
    ['a pax record without length', extended('x', 'path=b\n'), /pax record at byte 0/],
    ['a global pax name', extended('g', '10 path=b\n'), /global pax header/],
    ['a pax size that is no number', extended('x', '11 size=1x\n'), /pax size "1x"/],
    ['a sparse file', extended('x', '22 GNU.sparse.major=1\n'), /GNU\.sparse\.major/],
    ['an endless extension', tar(tarHeader({ path: 'x', type: 'x', bytes: Buffer.alloc(70_000) }), end), /extension header of 70000 bytes/],
  ])('%s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED', message: expect.stringMatching(message) });
    await expect(read(bytes)).rejects.toThrow(/^x\.tar\.gz/);
  });

  test('a file that the caller wants kept, yet is enormous', async () => {
    const bytes = gzip(deflateRawSync(packTar([{ path: 'a.txt', bytes: Buffer.alloc(17 << 20) }])), Buffer.alloc(0));
    await expect(read(bytes)).rejects.toThrow(/too many for such a file/);
  });
});
