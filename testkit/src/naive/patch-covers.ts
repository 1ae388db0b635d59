/** docs/formats/patch.md, "Covers" and "Address map". */
import { modelSlots, RangeDecoder, slots, u32 } from './patch-coder.ts';
import { demand, type Layout, type Part } from './patch-file.ts';

export interface Cover {
  readonly literals: number;
  readonly place: number;
  readonly here: number;
  readonly length: number;
}

export function readNaiveCovers(part: Part): readonly Cover[] {
  const coder = new RangeDecoder(part.covers);
  const models = slots(6 * modelSlots);
  const covers: Cover[] = [];
  let [expected, position] = [0, 0];
  for (let count = 0; count < part.coverCount; count += 1) {
    const literals = coder.number(models, 0);
    const length = coder.number(models, modelSlots * (literals === 0 ? 2 : 1));
    const index = coder.number(models, 3 * modelSlots);
    const here = position + literals;
    const back = covers[covers.length - index];
    const place = index === 0 ? expected + literals + coder.zigzag(models, 4 * modelSlots) : here + (back === undefined ? 0 : back.place - back.here) + coder.zigzag(models, 5 * modelSlots);
    demand(length > 0 && index <= 64 && place >= 0 && place + length <= part.baseSize && here + length <= part.nextSize, `cover ${count}`);
    covers.push({ literals, place, here, length });
    expected = place + length;
    position = here + length;
  }
  return covers;
}

interface Entry {
  readonly start: number;
  readonly shift: number;
}

/** Where an address of the base is expected in next. */
export function addressMap(covers: readonly Cover[], layout: Layout): (address: number) => number {
  const entries: Entry[] = [];
  const add = (start: number, target: number): void => void entries.push({ start, shift: u32(target - start) });
  let [end, longest] = [0, 0];
  for (const cover of covers.filter(({ length }) => length >= 24).sort((a, b) => a.place - b.place)) {
    const last = cover.place + cover.length;
    const overlaps = cover.place < end && cover.length <= longest;
    if (overlaps && last <= end) continue;
    const place = overlaps ? end : cover.place;
    for (const segment of layout.base) {
      const from = Math.max(place, segment.offset);
      if (from >= Math.min(last, segment.offset + segment.size)) continue;
      const there = from - cover.place + cover.here;
      const other = layout.next.find(({ offset, size }) => there >= offset && there < offset + size);
      if (other !== undefined) add(segment.address + from - segment.offset, other.address + there - other.offset);
    }
    end = last;
    longest = cover.length;
  }
  layout.base.forEach((segment, index) => {
    const other = layout.next[index];
    if (segment.memory > segment.size && other !== undefined) add(segment.address + segment.size, other.address + other.size);
  });
  const kept: Entry[] = [];
  for (const entry of entries.sort((a, b) => a.start - b.start)) if (entry.shift !== kept.at(-1)?.shift) kept.push(entry);
  const top = Math.max(0, ...layout.base.map(({ address, memory }) => address + memory));
  const bound = Math.ceil(top / 4096) * 4096;
  return (address) => {
    if (address >= bound) return address;
    let [from, to] = [0, kept.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((kept[middle] as Entry).start <= address) from = middle + 1;
      else to = middle;
    }
    return u32(address + (kept[from - 1]?.shift ?? 0));
  };
}
