/**
 * Blocks decoded a second time, from docs/formats/blocks.md alone: slow, simple, all in memory, and without a line of the
 * delta package. What both make must be the same bytes.
 */
import { createHash } from 'node:crypto';
import { brotliDecompressSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';

interface Block {
  readonly hash: string;
  readonly size: number;
  readonly start: number;
  readonly packedSize: number;
}

export interface NaiveIndex {
  readonly codec: number;
  readonly averageBits: number;
  readonly min: number;
  readonly max: number;
  readonly sha256: string;
  readonly blocks: readonly Block[];
  readonly row: readonly number[];
}

export function readNaiveIndex(index: Buffer): NaiveIndex {
  demand(index.toString('latin1', 0, 7) === 'slipidx' && index[7] === 1, 'magic');
  demand(sha256(index.subarray(0, -32)) === index.toString('hex', index.length - 32), 'check');
  const blockCount = index.readUInt32LE(20);
  const repeatCount = index.readUInt32LE(24);
  demand(index.length === 112 + 24 * blockCount + 8 * repeatCount, 'length');
  const blocks: Block[] = [];
  let start = 8;
  for (let at = 80; at < 80 + 24 * blockCount; at += 24) {
    const packedSize = index.readUInt32LE(at + 20);
    blocks.push({ hash: index.toString('hex', at, at + 16), size: index.readUInt32LE(at + 16), start, packedSize });
    start += packedSize;
  }
  demand(start === Number(index.readBigUInt64LE(40)), 'blockFileSize');
  const repeats = new Map<number, number>();
  for (let at = 80 + 24 * blockCount; at < index.length - 32; at += 8) repeats.set(index.readUInt32LE(at), index.readUInt32LE(at + 4));
  const row: number[] = [];
  for (let fresh = 0; row.length < blockCount + repeatCount; ) row.push(repeats.get(row.length) ?? fresh++);
  demand(row.reduce((total, block) => total + (blocks[block]?.size ?? 0), 0) === Number(index.readBigUInt64LE(32)), 'nextSize');
  return { codec: index[8] ?? 0, averageBits: index[9] ?? 0, min: index.readUInt32LE(12), max: index.readUInt32LE(16), sha256: index.toString('hex', 48, 80), blocks, row };
}

/** Next, from the index and the whole block file. */
export function naiveRebuild(index: Buffer, blockFile: Buffer): Buffer {
  const { codec, blocks, row, sha256: whole } = readNaiveIndex(index);
  demand(blockFile.toString('latin1', 0, 8) === 'slipblk\u0001', 'magic of the block file');
  const next = Buffer.concat(row.map((number) => {
    const block = blocks[number] as Block;
    const packed = blockFile.subarray(block.start, block.start + block.packedSize);
    const bytes = block.packedSize === block.size ? packed : unpack(codec, packed);
    demand(bytes.length === block.size && sha256(bytes).slice(0, 32) === block.hash, `block ${number}`);
    return bytes;
  }));
  demand(sha256(next) === whole, 'nextSha256');
  return next;
}

/** The chunks of a file, as an index says that files are cut. */
export function naiveChunks(file: Buffer, { min, averageBits, max }: Pick<NaiveIndex, 'min' | 'averageBits' | 'max'>): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  let sum = 0n;
  for (let at = 0; at < file.length; at += 1) {
    const number = at - start;
    if (number >= min) sum = (2n * sum + gear(BigInt(file[at] ?? 0))) % 2n ** 32n;
    const bits = BigInt(number < 2 ** averageBits ? averageBits + 1 : averageBits - 1);
    const found = number >= min && sum >> (32n - bits) === 0n;
    if (!found && number + 1 < max && at + 1 < file.length) continue;
    chunks.push(file.subarray(start, at + 1));
    start = at + 1;
    sum = 0n;
  }
  return chunks;
}

function gear(byte: bigint): bigint {
  const modulo = 2n ** 32n;
  let value = ((byte + 1n) * 0x9e3779b9n) % modulo;
  value = ((value ^ (value >> 16n)) * 0x85ebca6bn) % modulo;
  value = ((value ^ (value >> 13n)) * 0xc2b2ae35n) % modulo;
  return value ^ (value >> 16n);
}

function unpack(codec: number, packed: Buffer): Buffer {
  if (codec === 1) return brotliDecompressSync(packed);
  if (codec === 2) return zstdDecompressSync(packed);
  demand(codec === 3, 'codec');
  return inflateRawSync(packed);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not as docs/formats/blocks.md says: ${what}`);
}
