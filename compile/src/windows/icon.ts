/**
 * The images in an .ico file. Source: Microsoft, "The format of icon resources": a header of 6 bytes, 16 bytes that
 * describe each image, then the images, each a bitmap without its file header or a PNG file.
 */
import { SlipwayError } from '@slipway/core';

export interface IconImage {
  /** Width, height, colours, planes, bits and size, as an icon group repeats them: 12 bytes. */
  readonly description: Uint8Array;
  readonly bytes: Uint8Array;
}

const headerSize = 6;
const entrySize = 16;
const descriptionSize = 12;
/** More than any icon has: seven sizes in three depths. */
const mostImages = 64;
const bitmapHeaderSize = 40;
const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** Throws CONFIG_INVALID, with what is wrong, for anything that is not an .ico file with at least one image. */
export function readIcon(bytes: Uint8Array): readonly IconImage[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file.length < headerSize || file.readUInt32LE(0) !== 0x10000) throw invalid(`it starts with ${file.subarray(0, 4).toString('hex') || 'nothing'}`);
  const count = file.readUInt16LE(4);
  if (count === 0 || count > mostImages) throw invalid(`it holds ${count} images, not 1 to ${mostImages}`);
  if (file.length < headerSize + count * entrySize) throw invalid('its directory is cut off');
  return Array.from({ length: count }, (_, index) => readImage(file, headerSize + index * entrySize, `image ${index + 1} of ${count}`));
}

function readImage(file: Buffer, at: number, which: string): IconImage {
  const [size, offset] = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12)];
  if (offset + size > file.length) throw invalid(`${which} lies outside its ${file.length} bytes`);
  const bytes = file.subarray(offset, offset + size);
  const isPng = bytes.subarray(0, pngSignature.length).equals(pngSignature);
  if (!isPng && (size < bitmapHeaderSize || bytes.readUInt32LE(0) !== bitmapHeaderSize)) throw invalid(`${which} is neither a bitmap nor a PNG`);
  return { description: file.subarray(at, at + descriptionSize), bytes };
}

function invalid(why: string): SlipwayError<'CONFIG_INVALID'> {
  return new SlipwayError('CONFIG_INVALID', `the icon is not an .ico file: ${why}`, {
    hint: 'Windows needs the .ico format with sizes from 16 to 256 pixels; ImageMagick makes one: magick icon.png -define icon:auto-resize icon.ico',
  });
}
