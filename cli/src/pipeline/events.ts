/**
 * What a run tells while it goes on. `--json` prints these as they are, one a line.
 */
import type { BuildStep } from '@slipway/compile';
import type { Artifact, Plan, TargetId } from '@slipway/core';

export type DistEvent =
  | { readonly event: 'plan'; readonly plan: Plan }
  | { readonly event: 'download'; readonly target: TargetId; readonly bytes: number }
  | { readonly event: 'step'; readonly target: TargetId; readonly step: BuildStep | 'compress' }
  | { readonly event: 'note'; readonly target: TargetId; readonly note: string }
  | { readonly event: 'warning'; readonly warning: 'unlicensed'; readonly package: string; readonly version: string; readonly message: string }
  | { readonly event: 'warning'; readonly warning: 'unknown-content'; readonly targets: readonly TargetId[]; readonly message: string }
  | { readonly event: 'built'; readonly target: TargetId; readonly reused: boolean }
  | { readonly event: 'compressed'; readonly target: TargetId }
  | { readonly event: 'artifact'; readonly how: 'wrote' | 'reused'; readonly artifact: Artifact }
  | { readonly event: 'verify' };

export type Report = (event: DistEvent) => void;
