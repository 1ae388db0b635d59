import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { windowsLauncher } from './launcher.ts';

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';
const wine = '/usr/lib/wine/wine64';

const emulation = spawnSync(python, ['-c', 'import unicorn']).status === 0 ? undefined : 'the Python module unicorn is not installed';
const windows = [
  [existsSync(wine), 'wine64 is not installed'],
  [existsSync(process.env['WINEPREFIX'] ?? join(homedir(), '.wine')), 'wine has no prefix here yet'],
  [spawnSync('x86_64-w64-mingw32-gcc', ['--version']).status === 0, 'mingw-w64 is not installed'],
].find(([there]) => there === false)?.[1];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

(emulation === undefined ? describe : describe.skip)(`the launcher on an emulated CPU${emulation === undefined ? '' : ` (${emulation})`}`, () => {
  const started = [
    'SetEnvironmentVariableW(SLIPWAY_RUN_AS, slipwayd)',
    'GetModuleFileNameW(0, 32768)',
    'SetConsoleCtrlHandler(handler, 1)',
    'CreateJobObjectW(0, 0)',
    'SetInformationJobObject(0x70, 9, limits 0x3000, 144)',
    'GetStartupInfoW()',
    'GetCommandLineW()',
    'CreateProcessW(C:\\some folder\\slipway.exe, typed "so, 0, 0, 1, 0, 0, 0, startup)',
  ];
  const waited = [
    'AssignProcessToJobObject(0x70, 0x80)',
    'GetStdHandle(-10)', 'CloseHandle(-10)', 'GetStdHandle(-11)', 'CloseHandle(-11)', 'GetStdHandle(-12)', 'CloseHandle(-12)',
    'WaitForSingleObject(0x80, -1)',
    'GetExitCodeProcess(0x80)',
  ];
  const failed = [
    'GetStdHandle(-12)',
    'WriteFile(-12, "slipwayd.exe: cannot start slipway.exe, which must be in the same folder\\r\\n", 0)',
    'ExitProcess(0x7f)',
  ];
  const path = 'C:\\some folder\\slipwayd.exe';
  const withoutJob = [...started, ...waited].map((line) => line.replace('0x70', '0x0'));
  const startedIn = (own: string): string[] => started.map((line) => line.replace('C:\\some folder\\', own));
  const longest = `\\\\?\\C:\\${'f\\'.repeat(16374)}`;
  const ended = 'ExitProcess(0xc0000005)';
  const scenarios: readonly (readonly [title: string, scenario: object, calls: readonly string[]])[] = [
    ['starts the program, waits and passes its exit code on', { path }, [...started, ...waited, ended]],
    ['goes on without a job', { path, fail: ['CreateJobObjectW', 'SetInformationJobObject', 'AssignProcessToJobObject'] }, [...withoutJob, ended]],
    ['fails when the environment is full', { path, fail: ['SetEnvironmentVariableW'] }, [...started.slice(0, 1), ...failed]],
    ['fails when it cannot learn its path', { path, fail: ['GetModuleFileNameW'] }, [...started.slice(0, 2), ...failed]],
    ['fails when its path was cut', { path: 'x'.repeat(32768) }, [...started.slice(0, 2), ...failed]],
    ['fails when the program cannot be started', { path, fail: ['CreateProcessW'] }, [...started, ...failed]],
    ['fails when the exit code is lost', { path, fail: ['GetExitCodeProcess'] }, [...started, ...waited, ...failed]],
    ['leaves Ctrl-C to the child', { path, control: 0 }, ['returns 1']],
    ['leaves Ctrl-Break to the child', { path, control: 1 }, ['returns 1']],
    ['outlives the child when the console closes', { path, control: 2 }, ['Sleep(-1)', 'returns 1']],
    ['outlives the child when the system shuts down', { path, control: 6 }, ['Sleep(-1)', 'returns 1']],
    ['finds the program in the longest path', { path: `${longest}slipwayd.exe` }, [...startedIn(longest), ...waited, ended]],
    ['finds the program in a root', { path: 'D:\\slipwayd.exe' }, [...startedIn('D:\\'), ...waited, ended]],
    ['finds the program on a share', { path: '\\\\server\\Ünï 日本 😀\\d.exe' }, [...startedIn('\\\\server\\Ünï 日本 😀\\'), ...waited, ended]],
    ['finds the program when its path has no folder', { path: 'slipwayd.exe' }, [...startedIn(''), ...waited, ended]],
  ];

  describe.each(['x64', 'arm64'] as const)('%s', (arch) => {
    let calls: readonly (readonly string[])[] = [];
    beforeAll(() => {
      const file = join(folder, `slipwayd-${arch}.exe`);
      writeFileSync(file, windowsLauncher(arch, 'slipway.exe', 'slipwayd'));
      const input = JSON.stringify(scenarios.map(([, scenario]) => scenario));
      calls = JSON.parse(execFileSync(python, [join(here, 'emulate.py'), file], { encoding: 'utf8', input })) as string[][];
    });

    test.each(scenarios.map(([title], index) => [title, index] as const))('%s', (_title, index) => {
      expect(calls[index]).toEqual(scenarios[index]?.[2]);
    });
  });
});

(windows === undefined ? describe : describe.skip)(`the x64 launcher under wine${windows === undefined ? '' : ` (${windows})`}`, () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'slipwayd.exe'), windowsLauncher('x64', 'slipway.exe', 'slipwayd'));
    writeFileSync(join(folder, 'child.c'), childSource);
    execFileSync('x86_64-w64-mingw32-gcc', ['-municode', '-o', join(folder, 'slipway.exe'), join(folder, 'child.c')]);
  });

  test.each([0, 3, 127, 255])('passes exit code %i on', (code) => {
    expect(run(['exit', String(code)]).status).toBe(code);
  });

  test('passes its command line on as it is', () => {
    const args = ['a b', '', 'q"uo\\"te', 'back\\', 'ünï 日本 😀', '*', '%PATH%', '^&|<>'];
    expect(run(['show', ...args]).stdout.split('\n')).toEqual(['as=slipwayd', expect.stringMatching(/slipwayd\.exe$/), 'show', ...args, '']);
  });

  test('passes standard input and output through', () => {
    expect(run(['copy'], 'one\0two\nthree').stdout).toBe('one\0two\nthree');
  });

  test('says so and exits with 127 when the program is not beside it', () => {
    mkdirSync(join(folder, 'alone'));
    writeFileSync(join(folder, 'alone', 'slipwayd.exe'), windowsLauncher('x64', 'slipway.exe', 'slipwayd'));
    const { status, stderr } = run([], '', join(folder, 'alone', 'slipwayd.exe'));
    expect(status).toBe(127);
    expect(stderr).toContain('slipwayd.exe: cannot start slipway.exe, which must be in the same folder\r\n');
  });

  function run(args: readonly string[], input = '', program = join(folder, 'slipwayd.exe')): { status: number | null; stdout: string; stderr: string } {
    // To files, because wine's own services would hold pipes open for seconds.
    const [out, err] = [join(folder, 'out'), join(folder, 'err')] as const;
    const files = [openSync(out, 'w'), openSync(err, 'w')] as const;
    const { status } = spawnSync(wine, [program, ...args], { input, stdio: ['pipe', ...files], env: { ...process.env, WINEDEBUG: '-all' } });
    files.forEach(closeSync);
    return { status, stdout: readFileSync(out, 'utf8'), stderr: readFileSync(err, 'utf8') };
  }
});

/** The program behind the launcher: `exit CODE`, `copy`, or anything to show what it was given. */
const childSource = `
#include <windows.h>
#include <stdio.h>
#include <fcntl.h>
#include <io.h>
static void show(const wchar_t *text) {
  char bytes[4096];
  WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, 0, 0);
  printf("%s\\n", bytes);
}
int wmain(int argc, wchar_t **argv) {
  wchar_t as[64] = L"as=";
  _setmode(0, _O_BINARY);
  _setmode(1, _O_BINARY);
  if (!wcscmp(argv[1], L"exit")) return _wtoi(argv[2]);
  if (!wcscmp(argv[1], L"copy")) {
    int c;
    while ((c = getchar()) != EOF) putchar(c);
    return 0;
  }
  GetEnvironmentVariableW(L"SLIPWAY_RUN_AS", as + 3, 60);
  show(as);
  for (int i = 0; i < argc; i++) show(argv[i]);
  return 0;
}
`;
