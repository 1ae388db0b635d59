import { SlipwayError } from '@slipway/core';

/** A patch that cannot be read, with the reason. */
export function invalid(reason: string): SlipwayError { return new SlipwayError('PATCH_INVALID', `the patch is damaged: ${reason}`); }

/** Bytes that grow. */
export class ByteWriter {
  private store = new Uint8Array(1024);
  private used = 0;

  bytes(bytes: Uint8Array): void {
    if (this.used + bytes.length > this.store.length) {
      const larger = new Uint8Array(Math.max(this.store.length * 2, this.used + bytes.length));
      larger.set(this.store.subarray(0, this.used));
      this.store = larger;
    }
    this.store.set(bytes, this.used);
    this.used += bytes.length;
  }

  byte(value: number): void { this.bytes(Uint8Array.of(value)); }

  /** Seven bits a byte, the lowest first, the high bit set on all but the last. */
  number(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** A signed number of up to 64 bits: doubled, less one and negated when negative. */
  signed(value: bigint): void {
    let rest = value < 0n ? -value * 2n - 1n : value * 2n;
    while (rest >= 128n) {
      this.byte(Number(rest % 128n) + 128);
      rest /= 128n;
    }
    this.byte(Number(rest));
  }

  get length(): number { return this.used; }
  done(): Uint8Array { return this.store.slice(0, this.used); }
}

/** Reads what a ByteWriter wrote; every defect is PATCH_INVALID. */
export class ByteReader {
  private at = 0;
  private readonly source: Uint8Array;
  private readonly what: string;

  constructor(source: Uint8Array, what: string) {
    this.source = source;
    this.what = what;
  }

  bytes(length: number): Uint8Array {
    if (this.at + length > this.source.length) throw invalid(`${this.what} ends early`);
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }

  byte(): number { return this.bytes(1)[0] ?? 0; }

  /** A number of at most `limit`, itself below 2^53. */
  number(limit: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++, scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (value > limit) throw invalid(`${this.what} has ${value} where at most ${limit} is allowed`);
        return value;
      }
    }
    throw invalid(`${this.what} has a number of more than 8 bytes`);
  }

  signed(): bigint {
    let value = 0n;
    for (let i = 0n; i < 10n; i++) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << (7n * i);
      if (byte < 128) {
        const signed = (value & 1n) === 1n ? -((value + 1n) >> 1n) : value >> 1n;
        if (signed < -(1n << 63n) || signed >= 1n << 63n) break;
        return signed;
      }
    }
    throw invalid(`${this.what} has a number of more than 64 bits`);
  }

  get position(): number { return this.at; }
  get atEnd(): boolean { return this.at === this.source.length; }
}

export function hex(bytes: Uint8Array): string { return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''); }
