import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { targets } from '@slipway/core';

const require = createRequire(import.meta.url);
const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
const bun = join(dirname(require.resolve(`${here.bun.package}/package.json`)), 'bin', 'bun');
const python = process.env['PYTHON'] ?? 'python3';

test('our client takes the honest ones of the reference implementation\'s repositories, and no other', async () => {
  const run = spawn(python, [join(import.meta.dirname, 'scenarios.py'), join(import.meta.dirname, 'client')], {
    env: { ...process.env, RUNTIME: bun, PYTHONDONTWRITEBYTECODE: '1' }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [lines, errors] = await Promise.all([text(run.stdout), text(run.stderr)]);
  expect(errors).toBe('');
  const results = lines.trim().split('\n');
  expect(results.filter((line) => !line.startsWith('ok '))).toEqual([]);
  expect(results.length).toBeGreaterThan(90);
}, 900_000);
