import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { referencePage } from './reference.ts';

test('docs/configuration.md is what the schema says; `make docs` writes it', () => {
  expect(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(referencePage());
});
