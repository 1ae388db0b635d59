/**
 * A tar pushed through piece by piece: headers are checked, members digested, nothing is kept but what was asked for.
 * Formats: ustar and pax (POSIX.1-2024 pax), and GNU tar's long names ("Basic Tar Format" in its manual, types L, K).
 */
import { limits } from './limits.ts';
import type { Malformed } from './malformed.ts';
import { MemberContent, type Member } from './member.ts';
import { MemberList } from './member-list.ts';
import { type PaxOverrides, parsePax, paxOverrides } from './pax.ts';
import type { Keep } from './package.ts';
import { blockBytes, parseTarHeader, type TarHeader } from './tar-header.ts';
import { utf8 } from './utf8.ts';
import type { Work } from './work.ts';

/** What the bytes until `left` is zero are. */
type Stretch =
  | { readonly kind: 'file'; readonly header: TarHeader; readonly content: MemberContent }
  | { readonly kind: 'extension'; readonly type: string; readonly parts: Uint8Array[] }
  | { readonly kind: 'padding' }
  | { readonly kind: 'end' };

const zeroBlock = Buffer.alloc(blockBytes);

export class TarParser {
  /** SHA-256 of the last file that was complete. */
  lastSha256 = '';
  readonly #malformed: Malformed;
  readonly #keep: Keep;
  readonly #work: Work;
  readonly #list: MemberList;
  readonly #block = Buffer.alloc(blockBytes);
  #filled = 0;
  #offset = 0;
  #kept = 0;
  #zeroBlocks = 0;
  #stretch: Stretch | undefined;
  #left = 0;
  #overrides: PaxOverrides = {};

  constructor(malformed: Malformed, keep: Keep, work: Work) {
    this.#malformed = malformed;
    this.#keep = keep;
    this.#work = work;
    this.#list = new MemberList(malformed);
  }

  /** Size of the file whose first byte comes next, or undefined at any other place. */
  get fileAhead(): number | undefined {
    return this.#stretch?.kind === 'file' && this.#left === this.#stretch.header.size ? this.#left : undefined;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = this.#stretch === undefined ? this.#fillHeader(chunk.subarray(at)) : this.#fillStretch(this.#stretch, chunk.subarray(at));
      at += taken;
      this.#count(taken);
    }
  }

  /** The whole file ahead has this digest; its bytes were seen before. */
  splice(sha256: string): void {
    const stretch = this.#stretch;
    if (stretch?.kind !== 'file' || this.fileAhead === undefined) throw new RangeError('no file starts here');
    this.#count(stretch.header.size);
    this.#addFile(stretch.header, sha256);
    this.#startPadding(stretch.header.size);
  }

  /** All members, after the last byte. */
  finish(): readonly Member[] {
    if (this.#stretch?.kind !== 'end') throw this.#fault('the tar is cut short: it has no end');
    return this.#list.finish();
  }

  #count(length: number): void {
    this.#offset += length;
    if (this.#offset > limits.inflatedBytes) throw this.#fault(`inflates to more than ${limits.inflatedBytes} bytes`);
  }

  #fillHeader(bytes: Uint8Array): number {
    const taken = Math.min(blockBytes - this.#filled, bytes.length);
    this.#block.set(bytes.subarray(0, taken), this.#filled);
    this.#filled += taken;
    if (this.#filled === blockBytes) {
      this.#filled = 0;
      this.#header();
    }
    return taken;
  }

  #fillStretch(stretch: Stretch, bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.#left);
    if (stretch.kind === 'file') stretch.content.write(part);
    else if (stretch.kind === 'extension') stretch.parts.push(part.slice());
    else if (part.some((byte) => byte !== 0)) throw this.#fault(stretch.kind === 'end' ? 'bytes after the end of the tar' : 'padding that is not zero');
    this.#left -= part.length;
    if (this.#left === 0) this.#endStretch(stretch);
    return part.length;
  }

  #header(): void {
    if (this.#block.equals(zeroBlock)) {
      // Two zero blocks end a tar; zeros may follow them up to the next full record.
      if (++this.#zeroBlocks === 2) this.#start({ kind: 'end' }, Number.POSITIVE_INFINITY);
      return;
    }
    if (this.#zeroBlocks > 0) throw this.#fault('a member after a zero block');
    const header = parseTarHeader(this.#block);
    if ('fault' in header) throw this.#fault(header.fault);
    if ('xgLK'.includes(header.type)) this.#extension(header);
    else this.#member(header);
  }

  #extension({ type, size }: TarHeader): void {
    if (size === 0 || size > limits.paxBytes) throw this.#fault(`an extension header of ${size} bytes`);
    this.#start({ kind: 'extension', type, parts: [] }, size);
  }

  #endStretch(stretch: Stretch): void {
    if (stretch.kind === 'file') {
      const { sha256, bytes } = stretch.content.end();
      this.#addFile(stretch.header, sha256, bytes);
      this.#startPadding(stretch.header.size);
    } else if (stretch.kind === 'extension') {
      const bytes = Buffer.concat(stretch.parts);
      const found = overridesOf(stretch.type, bytes);
      if ('fault' in found) throw this.#fault(found.fault);
      this.#overrides = { ...this.#overrides, ...found };
      this.#startPadding(bytes.length);
    } else {
      this.#stretch = undefined;
    }
  }

  #member(raw: TarHeader): void {
    const header: TarHeader = { ...raw, ...this.#overrides };
    this.#overrides = {};
    const path = header.type === '5' ? header.path.replace(/\/$/, '') : header.path;
    this.#list.admit(path, { offset: this.#offset - this.#offset % blockBytes });
    const named = { ...header, path };
    if (header.type === '0') this.#file(named);
    else this.#other(named);
  }

  #file(header: TarHeader): void {
    const keep = this.#keep(header.path);
    if (keep) this.#kept += header.size;
    if (this.#kept > limits.keptBytes) throw this.#fault(`${header.size} bytes are too many for such a file`, header.path);
    this.#start({ kind: 'file', header, content: new MemberContent(keep, this.#work) }, header.size);
    if (header.size === 0) this.#endStretch(this.#stretch as Stretch);
  }

  #other({ path, mode, size, type, link }: TarHeader): void {
    if (size !== 0) throw this.#fault(`a member of type ${JSON.stringify(type)} with ${size} bytes`, path);
    if (type === '5') this.#list.add({ path, type: 'directory', mode, size: 0 });
    else if (type === '2') this.#list.add({ path, type: 'symlink', mode, size: 0, linkTarget: link });
    else if (type === '1') this.#list.add({ ...this.#list.linkedFile(path, link), path, type: 'hardlink', mode, linkTarget: link });
    else throw this.#fault(`members of type ${JSON.stringify(type)} have no place in a package`, path);
  }

  #addFile({ path, mode, size }: TarHeader, sha256: string, bytes?: Uint8Array): void {
    this.lastSha256 = sha256;
    this.#list.add({ path, type: 'file', mode, size, sha256, ...(bytes !== undefined && { bytes }) });
  }

  #start(stretch: Stretch, length: number): void {
    this.#stretch = stretch;
    this.#left = length;
  }

  #startPadding(size: number): void {
    const padding = (blockBytes - (size % blockBytes)) % blockBytes;
    if (padding === 0) this.#stretch = undefined;
    else this.#start({ kind: 'padding' }, padding);
  }

  #fault(what: string, member?: string): Error {
    return this.#malformed(what, { member, offset: this.#offset });
  }
}

function overridesOf(type: string, bytes: Buffer): PaxOverrides | { readonly fault: string } {
  if (type === 'L' || type === 'K') {
    const name = utf8(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes);
    if (name === undefined) return { fault: 'a long name is not UTF-8' };
    return type === 'L' ? { path: name } : { link: name };
  }
  const records = parsePax(bytes);
  if ('fault' in records) return { fault: records.fault };
  const overrides = paxOverrides(records as ReadonlyMap<string, string>);
  // A global header that names or resizes every member after it is no accident.
  if (type === 'g' && Object.keys(overrides).length > 0 && !('fault' in overrides)) return { fault: 'a global pax header sets a name or a size' };
  return overrides;
}
