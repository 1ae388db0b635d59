// Where addresses of the base went: sorted starts with the distance that holds from each to the next, and an index by
// page of 4096 addresses.
let starts: usize = 0;
let shifts: usize = 0;
let index: usize = 0;
let count: u32 = 0;
let pages: u32 = 0;

/** `index[page]` is the number of starts that lie before the page. */
export function useMap(startTable: usize, shiftTable: usize, entries: u32, pageIndex: usize, pageTotal: u32): void {
  starts = startTable;
  shifts = shiftTable;
  count = entries;
  index = pageIndex;
  pages = pageTotal;
  let entry: u32 = 0;
  for (let page: u32 = 0; page < pageTotal; page++) {
    while (entry < entries && load<u32>(startTable + (<usize>entry << 2)) < page << 12) entry++;
    store<u32>(pageIndex + (<usize>page << 2), entry);
  }
}

/** The address in the new image that `address` of the base is expected at. */
// @ts-ignore: decorator
@inline
export function mapAddress(address: u32): u32 {
  const page = address >>> 12;
  if (page >= pages) return address;
  let low = load<u32>(index + (<usize>page << 2));
  let high = page + 1 < pages ? load<u32>(index + (<usize>page << 2), 4) : count;
  // First start above `address` within [low, high].
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(starts + (<usize>middle << 2)) <= address) low = middle + 1; else high = middle;
  }
  return low == 0 ? address : address + load<u32>(shifts + (<usize>(low - 1) << 2));
}
