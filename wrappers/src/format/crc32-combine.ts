/**
 * CRC-32 of two byte strings put together, from the CRC of each. Containers that share one compressed executable need
 * it: the CRC of a gzip stream covers everything, and the executable's part of it is known already.
 *
 * A CRC is a remainder in GF(2)[x]. Appending n bytes multiplies what came before by x^(8n), so
 * `crc(A·B) = crc(A) · x^(8·|B|) + crc(B)`; the pre- and post-inversion of RFC 1952 section 8 cancel out.
 */

/** x^32 + x^26 + … + 1 of RFC 1952 section 8, bits reflected: the highest bit is x^0. */
const polynomial = 0xedb88320;
const one = 0x80000000;
const xToTheEighth = 0x00800000;

/**
 * The CRC-32 of `A·B`. `crcA` and `crcB` are unsigned 32-bit, as `zlib.crc32` gives them; `lengthB` is in bytes, any
 * safe integer.
 */
export function crc32Combine(crcA: number, crcB: number, lengthB: number): number {
  return (multiply(crcA, powerOfX8(lengthB)) ^ crcB) >>> 0;
}

/** x^(8n) by squaring. */
function powerOfX8(n: number): number {
  let power = one;
  for (let square = xToTheEighth, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}

/** Product modulo the polynomial. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = one, shifted = b; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product;
}
