import { rmSync } from 'node:fs';
import { summary } from './count.ts';
import { unmountBelow } from './mounts.ts';
import { suiteFolder } from './suite.ts';

/** jest asks for a default export here. */
export default function remove(): void {
  process.stderr.write(`\n${summary()}\n`);
  unmountBelow(suiteFolder());
  rmSync(suiteFolder(), { recursive: true, force: true });
}
