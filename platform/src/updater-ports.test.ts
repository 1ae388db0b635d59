/** The ports that need more than files, with real processes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { updaterPorts } from './updater-ports.ts';

const ports = updaterPorts();
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-ports-')));
afterAll(() => rmSync(scratch, { recursive: true }));
const module = (name: string): string => new URL(name, import.meta.url).href;

/** A script for the runtime that runs this test, as its arguments. */
let scripts = 0;
function script(source: string): string[] {
  const file = join(scratch, `script-${scripts++}.mjs`);
  writeFileSync(file, source);
  return [file];
}

describe('a lock', () => {
  test('is held by one, of this process or another, until it is released', () => {
    const path = join(scratch, 'lock');
    const first = ports.lock.tryLock(path);
    const args = script(`import { lockPort } from ${JSON.stringify(module('lock-port.ts'))}; console.log(lockPort.tryLock(${JSON.stringify(path)}) === undefined ? 'busy' : 'taken');`);
    const other = (): string => spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim();
    expect([ports.lock.tryLock(path), other()]).toEqual([undefined, 'busy']);
    first?.release();
    expect(other()).toBe('taken');
    ports.lock.tryLock(path)?.release();
    expect([statSync(path).size, statSync(path).mode & 0o777, readdirSync(scratch).filter((name) => name.startsWith('lock'))]).toEqual([0, 0o600, ['lock']]);
  });

  test('is released when its holder is killed', async () => {
    const path = join(scratch, 'killed');
    const args = script(`import { lockPort } from ${JSON.stringify(module('lock-port.ts'))}; lockPort.tryLock(${JSON.stringify(path)}); globalThis.gc?.(); globalThis.Bun?.gc(true); console.log('taken'); setInterval(() => {}, 1000);`);
    const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(holder.stdout, 'data');
      expect(ports.lock.tryLock(path)).toBeUndefined();
    } finally {
      holder.kill('SIGKILL');
    }
    await once(holder, 'exit');
    const lock = ports.lock.tryLock(path);
    expect(lock).toBeDefined();
    lock?.release();
  });

  test.each<[what: string, path: string, code: string]>([
    ['a folder that is not there', '/nowhere/lock', 'ENOENT'],
    ['a folder in its place', scratch, 'EACCES'],
    ['another file in its place', module('updater-ports.test.ts').slice('file://'.length), 'EINVAL'],
  ])('cannot be taken in %s, and says so', (_, path, code) => {
    expect(() => ports.lock.tryLock(path)).toThrow(expect.objectContaining({ code }));
  });
});

const describeLinux = process.platform === 'linux' ? describe : describe.skip;
describeLinux('processes', () => {
  test('a process is told from a later one with its number', () => {
    const self = ports.processes.self();
    expect(self.pid).toBe(process.pid);
    const others = [self, { ...self, started: 'x' }, { pid: self.pid, started: '' }, { pid: 2 ** 22 + 1, started: self.started }];
    expect(others.map((one) => ports.processes.isAlive(one))).toEqual([true, false, false, false]);
  });

  test('one with spaces and parentheses in its name is alive until it ends', async () => {
    const program = join(scratch, 'a) S (b');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['60']);
    await once(child, 'spawn');
    const args = script(`import { processesPort } from ${JSON.stringify(module('processes-port.ts'))}; console.log(JSON.stringify(processesPort.self()));`);
    const gone = JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) as { pid: number; started: string };
    expect([ports.processes.runningFrom(scratch), ports.processes.runningFrom(join(scratch, 'a')), ports.processes.isAlive(gone)]).toEqual([[child.pid], [], false]);
    rmSync(program); // replaced by an update, still running
    expect(ports.processes.runningFrom(scratch)).toEqual([child.pid]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ports.processes.runningFrom(scratch)).toEqual([]);
  });

  test('becoming another program keeps the parent, the folder and the input, and brings only the environment that is given', () => {
    const shell = ['sh', '-c', 'echo "$PPID $1 $ONLY $HOME"; pwd; cat', 'name', 'a b'];
    const args = script(`import { processesPort } from ${JSON.stringify(module('processes-port.ts'))};
      processesPort.become('/bin/sh', ${JSON.stringify(shell)}, { ONLY: 'this', PATH: process.env.PATH });`);
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', input: 'the input\n', cwd: scratch });
    expect([stdout, stderr]).toEqual([`${process.pid} a b this \n${scratch}\nthe input\n`, '']);
  });

  test('argv[0] is what was given', () => {
    const args = script(`import { processesPort } from ${JSON.stringify(module('processes-port.ts'))};
      processesPort.become('/bin/cat', ['argv zero', '/proc/self/cmdline'], {});`);
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout).toBe('argv zero\0/proc/self/cmdline\0');
  });

  test.each<[what: string, make: (path: string) => void, code: string]>([
    ['nothing', () => undefined, 'ENOENT'],
    ['a file that is not executable', (path) => writeFileSync(path, 'x', { mode: 0o644 }), 'EACCES'],
    ['no program', (path) => writeFileSync(path, '\0\0', { mode: 0o755 }), 'ENOEXEC'],
    ['a link in a circle', (path) => symlinkSync(path, path), 'ELOOP'],
  ])('becoming %s throws, and only what others warn of is heard', (what, make, code) => {
    const path = join(scratch, what);
    make(path);
    const args = script(`import { processesPort } from ${JSON.stringify(module('processes-port.ts'))};
      try { processesPort.become(${JSON.stringify(path)}, ['x'], {}); } catch (error) { console.log(error.code); }
      process.emitWarning('ours');
      setTimeout(() => process.emitWarning('later', 'ExperimentalWarning'), 1);`);
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([stdout, stderr.match(/ours|later|execve/g)]).toEqual([`${code}\n`, ['ours', 'later']]);
  });
});

describe('gunzip', () => {
  const text = Buffer.from('some text, '.repeat(50_000));
  const packed = gzipSync(text);
  async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  }
  async function inflate(bytes: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of ports.codec.gunzip(bytes, limit)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test('gives what was compressed, up to the limit', async () => {
    expect(Buffer.compare(await inflate(pieces(packed), text.length), text)).toBe(0);
    await expect(inflate(pieces(packed), text.length - 1)).rejects.toMatchObject({ code: 'EFBIG' });
  });

  test.each<[what: string, bytes: Uint8Array]>([
    ['a file that is cut off', packed.subarray(0, -1)],
    ['a changed byte', Buffer.from(packed).fill(0xff, 300, 301)],
    ['a wrong checksum', Buffer.from(packed).fill(0, packed.length - 8, packed.length - 4)],
    ['bytes after the end', Buffer.concat([packed, Buffer.from('more')])],
    ['another format', text],
    ['nothing', new Uint8Array()],
  ])('throws on %s', async (_, bytes) => {
    await expect(inflate(pieces(bytes), 1e6)).rejects.toThrow();
  });

  test('passes on what its source throws', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 20);
      throw new Error('the line went dead');
    }
    await expect(inflate(failing(), 1e6)).rejects.toThrow('the line went dead');
  });
});

test('hashes are SHA-256 and random bytes differ', () => {
  const hasher = ports.crypto.sha256();
  hasher.update(new TextEncoder().encode('a'));
  hasher.update(new TextEncoder().encode('bc'));
  expect(hasher.digest()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect([ports.random.bytes(16).length, Buffer.compare(ports.random.bytes(16), ports.random.bytes(16)) !== 0]).toEqual([16, true]);
});
