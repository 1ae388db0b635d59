import type { AvailablePatch, Prices, WantedComponent } from './routes.ts';

/**
 * The cheapest way by patches from a file that is here to a component (Dijkstra's algorithm, backwards from the
 * component), in the order in which they are applied; undefined when there is none.
 */
export function cheapestChain({ path, sha256 }: WantedComponent, here: ReadonlySet<string>, patches: readonly AvailablePatch[], prices: Prices): readonly AvailablePatch[] | undefined {
  const into = new Map<string, AvailablePatch[]>();
  for (const patch of patches) {
    if (patch.component === path) into.set(patch.toSha256, [...(into.get(patch.toSha256) ?? []), patch]);
  }
  const cost = new Map([[sha256, 0]]);
  const onward = new Map<string, AvailablePatch>();
  const done = new Set<string>();
  for (;;) {
    const next = cheapest(cost, done);
    if (next === undefined) return undefined;
    if (here.has(next)) return follow(next, onward);
    done.add(next);
    for (const patch of into.get(next) ?? []) {
      const total = (cost.get(next) ?? 0) + patch.size + prices.request + patch.nextSize * prices.patched;
      if (total >= (cost.get(patch.fromSha256) ?? Number.POSITIVE_INFINITY)) continue;
      cost.set(patch.fromSha256, total);
      onward.set(patch.fromSha256, patch);
    }
  }
}

function cheapest(cost: ReadonlyMap<string, number>, done: ReadonlySet<string>): string | undefined {
  let best: string | undefined;
  for (const [file, price] of cost) {
    if (!done.has(file) && (best === undefined || price < (cost.get(best) ?? 0))) best = file;
  }
  return best;
}

function follow(from: string, onward: ReadonlyMap<string, AvailablePatch>): readonly AvailablePatch[] {
  const chain: AvailablePatch[] = [];
  for (let patch = onward.get(from); patch !== undefined; patch = onward.get(patch.toSha256)) chain.push(patch);
  return chain;
}
