/** A plan that contradicts itself cannot be what anybody expects. */
import { binaryId, type Plan, type PlannedArtifact, selectedArtifacts, type TargetId } from '@slipway/core';
import { recordNames } from './records.ts';
import type { Complain } from './report.ts';

export function checkPlan(plan: Plan, complain: Complain): void {
  for (const field of ['id', 'path'] as const) {
    for (const twice of duplicates(plan.artifacts.map((artifact) => artifact[field]))) complain('plan', recordNames.plan, `two artifacts have the ${field} ${JSON.stringify(twice)}`);
  }
  const ids = new Set(plan.artifacts.map(({ id }) => id));
  for (const { id, installs = [] } of plan.artifacts) for (const one of installs) if (!ids.has(one.id)) complain('plan', recordNames.plan, `${id} installs ${one.id}, which is no artifact`);
  for (const target of plan.selected.targets) {
    if (!plan.targets.includes(target)) complain('plan', recordNames.plan, `${target} is selected and is no target of the product`);
    checkTarget(plan, target, complain);
  }
}

/** Every selected wrapper has a place for the target, or says why not. */
function checkTarget(plan: Plan, target: TargetId, complain: Complain): void {
  const selected = selectedArtifacts(plan);
  if (!selected.some(({ id }) => id === binaryId(target, plan.executable.name))) complain('plan', recordNames.plan, `has no executable for ${target}`);
  for (const wrapper of plan.selected.wrappers) {
    const artifacts = selected.filter((artifact) => artifact.wrapper === wrapper && (artifact.target === target || installsOn(artifact, target)));
    const skipped = skipReason(plan, target, wrapper) !== undefined;
    if (artifacts.length > 0 && skipped) complain('plan', recordNames.plan, `${wrapper} both skips ${target} and writes ${artifacts[0]?.path}`);
    if (artifacts.length === 0 && !skipped && sharedArtifact(plan, wrapper) === undefined) complain('plan', recordNames.plan, `${wrapper} neither skips ${target} nor writes anything for it`);
  }
}

export function skipReason(plan: Plan, target: TargetId, wrapper: string): string | undefined {
  return plan.skipped.find((skip) => skip.target === target && skip.wrapper === wrapper)?.reason;
}

/** The one file of a wrapper that makes none for single targets. */
export function sharedArtifact(plan: Plan, wrapper: string): string | undefined {
  const artifacts = plan.artifacts.filter((artifact) => artifact.wrapper === wrapper);
  return artifacts.some(({ target, installs }) => target !== undefined || installs !== undefined) ? undefined : artifacts[0]?.path;
}

export function installsOn({ installs = [] }: PlannedArtifact, target: TargetId): boolean {
  return installs.some((one) => one.target === target);
}

function duplicates(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}
