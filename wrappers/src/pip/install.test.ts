/** The wheels and the source distribution that `pack` plans, installed by the machine's own pip. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { PlannedFile } from '@slipway/core';
import { plannedMembers, sampleRelease } from '@slipway/testkit';
import { pip } from './pip.ts';

const python = 'python3';
const usable = spawnSync(python, ['-c', 'import venv, ensurepip']).status === 0 && process.platform !== 'win32';
const suite = usable ? describe : describe.skip;
const suffix = usable ? '' : ' (skipped: there is no python3 with venv)';

const { files } = pip.pack(sampleRelease, pip.options.parse({}));
const sources = {
  // A shell stands for the executable: a real binary, and its arguments say what it does.
  artifact: () => readFileSync('/bin/sh'),
  file: (path: string) => Buffer.from(`# ${path}\n\nÜber tool\n`),
};

/** Members on standard input, as JSON, into a zip or tar.gz with their modes. */
const assemble = `
import base64, io, json, sys, tarfile, zipfile
kind, path, members = json.load(sys.stdin)
if kind == "zip":
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, mode, data in members:
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (0o100000 | mode) << 16
            archive.writestr(info, base64.b64decode(data), zipfile.ZIP_DEFLATED)
else:
    with tarfile.open(path, "w:gz") as archive:
        for name, mode, data in members:
            info = tarfile.TarInfo(name)
            info.mode, info.size = mode, len(base64.b64decode(data))
            archive.addfile(info, io.BytesIO(base64.b64decode(data)))
`;

let root: string;
let venv: string;
let wheel: string;

function write(file: PlannedFile): string {
  const path = join(root, basename(file.path));
  const members = plannedMembers(file.content, sources).map(({ path: name, mode, bytes }) => [name, mode, Buffer.from(bytes).toString('base64')]);
  run([python, '-c', assemble], { input: JSON.stringify([file.content.kind, path, members]) });
  return path;
}

/** Standard output of a command that must succeed. */
function run([command = '', ...args]: readonly string[], options: SpawnSyncOptions = {}): string {
  const result = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.status} ${result.stderr}`);
  return result.stdout;
}

const inVenv = (...path: readonly string[]) => join(venv, 'bin', ...path);
const pipInstall = (...args: readonly string[]) =>
  run([inVenv('python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-index', '--no-compile', ...args]);

beforeAll(() => {
  if (!usable) return;
  root = mkdtempSync(join(tmpdir(), 'wheel-'));
  venv = join(root, 'venv');
  run([python, '-m', 'venv', venv]);
  // The wheel that fits this machine is for pip to find.
  for (const file of files) write(file);
  pipInstall('--find-links', root, '--only-binary=:all:', 'tool');
  wheel = run([inVenv('python'), '-c', 'import importlib.metadata as m; print(m.distribution("tool").read_text("WHEEL"))']);
});

afterAll(() => {
  if (usable) rmSync(root, { recursive: true, force: true });
});

suite(`an installed wheel${suffix}`, () => {
  test('is the one whose tags fit this machine', () => {
    expect(wheel).toContain(process.platform === 'darwin' ? 'Tag: py3-none-macosx_13_0_' : 'Tag: py3-none-manylinux_2_17_');
  });

  test('is intact: every file of RECORD has its digest and size', () => {
    const script = `
import base64, hashlib, importlib.metadata as m
bad = [str(f) for f in m.files("tool") if f.hash and base64.urlsafe_b64encode(hashlib.sha256(f.read_binary()).digest()).rstrip(b"=").decode() != f.hash.value]
print(len([f for f in m.files("tool") if f.hash]) > 8, bad)`;
    expect(run([inVenv('python'), '-c', script])).toBe('True []\n');
  });

  test('has metadata that Python reads, with the README as its description', () => {
    const script = 'import importlib.metadata as m; d = m.metadata("tool"); print(d["Version"], d["License-Expression"], d["Author-email"], d.get_all("License-File"), d.get_payload().strip().splitlines()[-1])';
    expect(run([inVenv('python'), '-X', 'utf8', '-c', script])).toBe("1.4.0 MIT Ada Example <ada@tool.example> ['LICENSE', 'THIRD-PARTY-NOTICES.txt'] Über tool\n");
  });

  test('puts the executable and its alias on the path, without Python in between', () => {
    expect(run([inVenv('tool'), '-c', 'echo $0 $SLIPWAY_RUN_AS'])).toMatch(/\/bin\/tool\n$/);
    symlinkSync(inVenv('toold'), join(root, 'linked'));
    expect(run([join(root, 'linked'), '-c', 'echo $SLIPWAY_RUN_AS'])).toBe('toold\n');
  });

  test('says where the executable is, and who owns it', () => {
    expect(run([inVenv('python'), '-c', 'import tool; print(tool.find_tool_bin(), tool.__version__)'])).toBe(`${inVenv('tool')} 1.4.0\n`);
    const marker = run([inVenv('python'), '-c', 'import os, tool; print(open(os.path.join(os.path.dirname(tool.__file__), "owner.json")).read())']);
    expect(JSON.parse(marker)).toMatchObject({ owner: 'pip', package: 'tool' });
  });

  test.each([0, 3, 255])('python -m ends with exit code %i of the program', (code) => {
    expect(spawnSync(inVenv('python'), ['-m', 'tool', '-c', `exit ${code}`]).status).toBe(code);
  });

  test.each(['SIGSEGV', 'SIGTERM', 'SIGPIPE', 'SIGXFSZ'])('python -m dies by %s with the program', (signal) => {
    expect(spawnSync(inVenv('python'), ['-m', 'tool', '-c', `kill -${signal.slice(3)} $$`]).signal).toBe(signal);
  });

  test('python -m becomes the program', async () => {
    const child = spawn(inVenv('python'), ['-m', 'tool', '-c', 'echo $$; exec sleep 30'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [data] = await once(child.stdout, 'data');
    expect(Number(data)).toBe(child.pid);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  });

  test('where there is no exec, an interrupt leaves the ending to the program', () => {
    const script = `
import sys, tool.__main__ as main
sys.argv[1:] = ["-c", "sleep 1; kill -INT $PPID; exit 5"]
print(main._run_and_wait(main.find_bin()))`;
    expect(run([inVenv('python'), '-c', script])).toBe('5\n');
  });
});

suite(`the module finds an executable${suffix}`, () => {
  const find = (env: Readonly<Record<string, string>>) =>
    spawnSync(python, ['-c', 'import tool; print(tool.find_tool_bin())'], { encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } });

  test('below a --target folder', () => {
    const target = join(root, 'target');
    pipInstall('--target', target, '--find-links', root, 'tool');
    expect(find({ PYTHONPATH: target }).stdout).toBe(`${join(target, 'bin', 'tool')}\n`);
  });

  test('beside the library of a --prefix', () => {
    const prefix = join(root, 'prefix');
    pipInstall('--prefix', prefix, '--ignore-installed', '--find-links', root, 'tool');
    const site = run([inVenv('python'), '-c', 'import sys; print("lib/python%d.%d/site-packages" % sys.version_info[:2])']).trim();
    expect(find({ PYTHONPATH: join(prefix, site) }).stdout).toBe(`${join(prefix, 'bin', 'tool')}\n`);
  });

  test('among the scripts of the user, and says where it looked in vain', () => {
    const [modules, user] = [join(root, 'modules'), join(root, 'user')];
    const source = run([inVenv('python'), '-c', 'import os, tool; print(os.path.dirname(tool.__file__))']).trim();
    cpSync(source, join(modules, 'tool'), { recursive: true });
    const env = { PYTHONPATH: modules, PYTHONUSERBASE: user };
    expect(find(env).stderr).toContain(`tool is not in any of:`);
    const { status, stderr } = spawnSync(python, ['-m', 'tool'], { encoding: 'utf8', env: { ...process.env, ...env } });
    expect({ status, stderr }).toEqual({ status: 127, stderr: expect.stringContaining(join(user, 'bin')) });
    mkdirSync(join(user, 'bin'), { recursive: true });
    writeFileSync(join(user, 'bin', 'tool'), '', { mode: 0o755 });
    expect(find(env).stdout).toBe(`${join(user, 'bin', 'tool')}\n`);
  });
});

(usable ? test : test.skip)(`the source distribution refuses with one message that names the platforms${suffix}`, () => {
  const { status, stdout, stderr } = spawnSync(
    inVenv('python'),
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-index', '--find-links', root, '--no-binary=:all:', '--target', join(root, 'sdist'), 'tool'],
    { encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(stdout + stderr).toContain('tool 1.4.0 has no wheel for this platform');
  expect(stdout + stderr).toContain('macOS 13.0 or later on arm64');
  expect(stdout + stderr).toMatch(/This platform: \S+.*Python 3\./);
  expect(stdout + stderr).not.toContain('Traceback');
});
