/** Inflate gzip through node:zlib, as a stream. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CodecPort } from '@slipway/core';

export const codecPort: CodecPort = {
  async *gunzip(bytes, limit) {
    let taken = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of bytes) {
        taken += chunk.length;
        yield chunk;
      }
    };
    const inflater = createGunzip({ chunkSize: 64 * 1024 });
    // Errors of the source come out of the last stream; the callback only keeps them from being thrown twice.
    const inflated = pipeline(Readable.from(counted()), inflater, () => undefined);
    let total = 0;
    for await (const chunk of inflated as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > limit) throw Object.assign(new Error(`EFBIG: it inflates to more than ${limit} bytes`), { code: 'EFBIG' });
      yield chunk;
    }
    if (inflater.bytesWritten !== taken) throw Object.assign(new Error(`${taken - inflater.bytesWritten} bytes follow the end of the gzip file`), { code: 'Z_DATA_ERROR' });
  },
};
