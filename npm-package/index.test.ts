import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { launcherFiles } from '@slipway/npm-package';
test.each(launcherFiles)('$path is carried as the text of the real file', ({ path, text }) => {
  expect(text).toBe(readFileSync(new URL(path.replace('lib/', ''), import.meta.url), 'utf8'));
});
