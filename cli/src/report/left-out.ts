import type { Plan, TargetId } from '@slipway/core';

/** One line for each reason of a wrapper; the targets are named unless the reason holds for all of `targets`. */
export function leftOut(skipped: Plan['skipped'], targets: readonly TargetId[]): readonly string[] {
  const reasons = new Map<string, { readonly wrapper: string; readonly reason: string; readonly targets: TargetId[] }>();
  for (const { wrapper, target, reason } of skipped) {
    const key = `${wrapper}\0${reason}`;
    const known = reasons.get(key) ?? { wrapper, reason, targets: [] };
    if (targets.includes(target)) known.targets.push(target);
    reasons.set(key, known);
  }
  return [...reasons.values()].flatMap((one) => {
    if (one.targets.length === 0) return [];
    const where = one.targets.length === targets.length ? '' : ` for ${one.targets.join(', ')}`;
    return [`left out: ${one.wrapper}${where}: ${one.reason}`];
  });
}
