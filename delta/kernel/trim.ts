// Covers must not begin within a reference: the marks would be read out of step. Only the encoder does this.

// @ts-ignore: decorator
@inline
function bit(marks: usize, offset: u32): u32 { return (load<u8>(marks + <usize>(offset >>> 3)) >>> (offset & 7)) & 1; }

function widthAt(regions: usize, count: u32, offset: u32, code: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const region = regions + <usize>(i * 208);
    if (offset - load<u32>(region) < load<u32>(region, 4)) return load<u32>(region + 16 + <usize>(code * 24));
  }
  return 4;
}

/** How many bytes from `offset` belong to a reference that begins before it. */
export function withinReference(marks: usize, regions: usize, count: u32, offset: u32): u32 {
  // Walk back to where no mark can reach: eight clear bits in a row.
  let from = offset;
  let clear: u32 = 0;
  while (from > 0 && clear < 8) {
    from--;
    clear = bit(marks, from) ? 0 : clear + 1;
  }
  while (from < offset) {
    if (bit(marks, from)) {
      const code = (bit(marks, from + 1) | (bit(marks, from + 2) << 1) | (bit(marks, from + 3) << 2));
      from += max(widthAt(regions, count, from, code), 4);
    } else from++;
  }
  return from - offset;
}
