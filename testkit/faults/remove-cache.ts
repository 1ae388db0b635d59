import { rmSync } from 'node:fs';
import { unmountBelow } from './mounts.ts';
import { suiteFolder } from './suite.ts';

/** jest asks for a default export here. */
export default function remove(): void {
  unmountBelow(suiteFolder());
  rmSync(suiteFolder(), { recursive: true, force: true });
}
