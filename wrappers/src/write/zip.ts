/**
 * A zip whose members are deflated here or were deflated before.
 */
import { crc32, deflateRawSync } from 'node:zlib';
import { SlipwayError } from '@slipway/core';
import { centralHeader, endRecord, localHeader, type ZipMember } from '../format/zip.ts';
import type { BlockCache } from './block-cache.ts';
import { compressedBlocks, deflateEnd } from './deflate-once.ts';
import type { Sink } from './sink.ts';
import type { ContainerWriter } from './tar-gz.ts';

export function zipWriter(sink: Sink, cache: BlockCache): ContainerWriter {
  const members: { readonly member: ZipMember; readonly offset: number }[] = [];

  const start = (member: ZipMember): void => {
    members.push({ member, offset: sink.position });
    sink.write(localHeader(member));
  };
  return {
    add(header, content) {
      if ('blocks' in content) {
        const { crc32: crc, size, compressedSize } = content;
        start({ ...header, method: 'deflate', crc32: crc, size, compressedSize: compressedSize + deflateEnd.length });
        for (const block of compressedBlocks(content, cache)) sink.write(block);
        sink.write(deflateEnd);
        return;
      }
      const compressed = deflateRawSync(content, { level: 9 });
      const smaller = compressed.length < content.length;
      const body = smaller ? compressed : content;
      start({ ...header, method: smaller ? 'deflate' : 'store', crc32: crc32(content), size: content.length, compressedSize: body.length });
      sink.write(body);
    },
    link({ path }) {
      throw new SlipwayError('INTERNAL', `a zip holds no link (${path}): Windows cannot make one without privileges`);
    },
    end() {
      const offset = sink.position;
      for (const { member, offset: at } of members) sink.write(centralHeader(member, at));
      sink.write(endRecord(members.length, sink.position - offset, offset));
    },
  };
}
