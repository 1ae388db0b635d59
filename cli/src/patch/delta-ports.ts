import { createHash } from 'node:crypto';
import type { DeltaPorts } from '@slipway/delta';

export const deltaPorts: DeltaPorts = { sha256: () => createHash('sha256') };
