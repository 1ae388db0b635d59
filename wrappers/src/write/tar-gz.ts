/**
 * A gzip stream (RFC 1952) of a tar, with members that are already deflated spliced in: small bytes are collected and
 * deflated in their own blocks, a deflated file's blocks are copied, and the trailer's CRC is combined from both.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { crc32Combine } from '../format/crc32-combine.ts';
import { tarEnd, tarHeader, tarPadding, type TarHeader } from '../format/tar.ts';
import type { BlockCache } from './block-cache.ts';
import { compressedBlocks, deflateEnd, type Deflated } from './deflate-once.ts';
import { gzipHeader, gzipTrailer } from './gzip.ts';
import type { Sink } from './sink.ts';

export type MemberHeader = Pick<TarHeader, 'path' | 'mode' | 'mtime'>;

/** What the executor needs of a container, whatever its format. */
export interface ContainerWriter {
  add(header: MemberHeader, content: Uint8Array | Deflated): void;
  link(header: MemberHeader, to: string): void;
  end(): void;
}

const flushAt = 1 << 20;

export function tarGzWriter(sink: Sink, cache: BlockCache): ContainerWriter {
  let crc = 0;
  let size = 0;
  let pending: Uint8Array[] = [];
  let pendingSize = 0;

  const put = (bytes: Uint8Array): void => {
    pending.push(bytes);
    pendingSize += bytes.length;
    if (pendingSize >= flushAt) flush();
  };
  const count = (partCrc: number, length: number): void => {
    crc = crc32Combine(crc, partCrc, length);
    size += length;
  };
  const flush = (): void => {
    if (pendingSize === 0) return;
    const plain = Buffer.concat(pending);
    sink.write(deflateRawSync(plain, { level: 9, finishFlush: constants.Z_SYNC_FLUSH }));
    count(crc32(plain), plain.length);
    pending = [];
    pendingSize = 0;
  };

  sink.write(gzipHeader);
  return {
    add(header, content) {
      const length = 'blocks' in content ? content.size : content.length;
      put(tarHeader({ ...header, type: 'file', size: length }));
      if ('blocks' in content) {
        flush();
        for (const block of compressedBlocks(content, cache)) sink.write(block);
        count(content.crc32, content.size);
      } else {
        put(content);
      }
      put(tarPadding(length));
    },
    link(header, to) {
      put(tarHeader({ ...header, type: 'link', size: 0, linkTarget: to }));
    },
    end() {
      put(tarEnd);
      flush();
      sink.write(deflateEnd);
      sink.write(gzipTrailer(crc, size));
    },
  };
}
