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

test('children see no secrets and no injection variables', () => {
  const environment = { PATH: '/bin', HOME: '/home/x', LC_ALL: 'C', https_proxy: 'http://p', NPM_TOKEN: 's', GITHUB_TOKEN: 's', NODE_OPTIONS: '--require x', LD_PRELOAD: 'x', BUN_OPTIONS: 'x' };
  expect(scrubbedEnvironment(environment)).toEqual({ PATH: '/bin', HOME: '/home/x', LC_ALL: 'C', https_proxy: 'http://p' });
});
