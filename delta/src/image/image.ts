import type { Segment } from '../layout.ts';

/** A part of an executable that has a name. Addresses are relative to the image's base. */
export interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly address: number;
  readonly code: boolean;
}

export interface Image {
  readonly format: 'elf' | 'pe' | 'macho';
  readonly machine: 'x86-64' | 'arm64';
  /** Address of relative address 0. */
  readonly base: bigint;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
}

export function viewOf(bytes: Uint8Array): DataView { return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength); }

export function textAt(bytes: Uint8Array, at: number, limit: number): string {
  let text = '';
  for (let i = at; i < bytes.length && i < at + limit; i++) {
    const letter = bytes[i];
    if (!letter) break;
    text += String.fromCharCode(letter);
  }
  return text;
}
