import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { processPort, scrubbedEnvironment } from './process.ts';

const sh = (script: string, options = {}): ReturnType<typeof processPort.run> => processPort.run('sh', ['-c', script], options);

test.each<[script: string, result: object]>([
  ['echo out; echo err >&2', { code: 0, signal: undefined, stdout: 'out\n', stderr: 'err\n', timedOut: false }],
  ['exit 3', { code: 3, signal: undefined }],
  ['kill -SEGV $$', { code: undefined, signal: 'SIGSEGV' }],
  ['cat', { code: 0, stdout: '' }],
])('`%s` is told as it was', async (script, result) => {
  expect(await sh(script)).toMatchObject(result);
});

test('standard input is what is given', async () => {
  expect((await sh('cat', { input: 'words' })).stdout).toBe('words');
});

test('a program that takes too long is ended', async () => {
  expect(await sh('sleep 30', { timeout: 50 })).toMatchObject({ timedOut: true });
});

test('a program that is not there is one clear error', async () => {
  await expect(processPort.run('no-such-program-anywhere', [])).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringContaining('no-such-program-anywhere') });
});

test('a file that is neither program nor script is not run, line by line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-process-'));
  const file = join(folder, 'program');
  writeFileSync(file, `echo ran > ${folder}/ran\n`, { mode: 0o755 });
  try {
    await expect(processPort.run(file, [])).rejects.toMatchObject({ code: 'IO_FAILED', cause: { code: 'ENOEXEC' } });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a program for another machine is no program: the system says so, or a shell that tries it line by line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-process-'));
  const file = join(folder, 'program');
  writeFileSync(file, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 9, 9, 9, 9]), { mode: 0o755 });
  try {
    const [result] = await Promise.allSettled([processPort.run(file, [])]);
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'IO_FAILED', cause: { code: 'ENOEXEC' } });
    else expect(result.value.code).toBe(127);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('children see no secrets and no injection variables', () => {
  const environment = { PATH: '/bin', HOME: '/home/x', LC_ALL: 'C', https_proxy: 'http://p', NPM_TOKEN: 's', GITHUB_TOKEN: 's', NODE_OPTIONS: '--require x', LD_PRELOAD: 'x', BUN_OPTIONS: 'x' };
  expect(scrubbedEnvironment(environment)).toEqual({ PATH: '/bin', HOME: '/home/x', LC_ALL: 'C', https_proxy: 'http://p' });
});
