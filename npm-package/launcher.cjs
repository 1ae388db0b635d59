'use strict';
/*
 * Starts the native executable that one of this package's optional dependencies holds.
 *
 * Runs on Node 14 and later, Bun, and Yarn Plug'n'Play, and adds next to nothing to Node's own start: nothing is
 * loaded that Node has not loaded already, unless this Node cannot replace itself.
 */
const fs = require('fs');
const path = require('path');

const ignore = () => {};

/**
 * Run the product as `command`, one of the names in this package's "bin". Ends with the program's own exit. What
 * `product` holds says index.ts; it comes with the command, because another file to read would cost more than it does.
 */
function launch(command, product) {
  const found = find(product);
  if (found.problem !== undefined) {
    fail(127, `${command}: ${require('./missing.cjs').explain(product, found)}`);
    return;
  }
  // An alias shares the executable: the variable is how it knows, and the program deletes it at once.
  const env = command === product.executable ? process.env : { ...process.env, SLIPWAY_RUN_AS: command };
  run(command, found.file, process.argv.slice(2), env);
}

/** Become `file`, or stand for it until it ends; `command` is its argv[0]. */
function run(command, file, args, env) {
  replaceProcess(command, file, args, env);
  spawnAndWait(command, file, args, env);
}

function fail(exitCode, message) {
  process.exitCode = exitCode;
  console.error(message);
}

/**
 * The executable of the first suitable platform package that is present. npm 10 and 11 may install both the glibc and
 * the musl package, so presence alone decides nothing.
 */
function find(product) {
  const { platform, arch } = process;
  const libc = platform === 'linux' ? libcOf(process.execPath) : undefined;
  const rowsFor = (cpu) => product.platforms.filter((row) => row.os === platform && row.cpu === cpu && agrees(row.libc, libc));
  const native = rowsFor(arch);
  const present = firstPresent(native) || firstPresent(rowsFor(emulated(platform, arch)));
  if (present === undefined) return { row: native[0], libc, problem: 'absent' };
  const file = path.join(present.folder, 'bin', product.executable + (platform === 'win32' ? '.exe' : ''));
  return { row: present.row, libc, file, problem: problemOf(file) };
}

function firstPresent(rows) {
  for (const row of rows) {
    const folder = folderOf(row.package);
    if (folder !== undefined) return { row, folder };
  }
  return undefined;
}

/** The other architecture whose programs run here: x64 on every arm64 desktop, and arm64 for an x64 Node under Rosetta. */
function emulated(platform, arch) {
  if (platform === 'linux') return undefined;
  if (arch === 'arm64') return 'x64';
  return platform === 'darwin' && require('os').cpus()[0].model.startsWith('Apple') ? 'arm64' : undefined;
}

/** An unknown C library (a static Node) agrees with any: the first package that is present is taken. */
function agrees(needed, libc) {
  return needed === undefined || libc === undefined || needed === libc;
}

/**
 * Node's own answer. The first two places where it looks are tried here, with less ado than `require.resolve` makes: a
 * copy of our own, and beside us.
 */
function folderOf(name) {
  const own = path.dirname(__dirname);
  const within = own.lastIndexOf(`${path.sep}node_modules${path.sep}`);
  const places = within < 0 ? [own] : [own, own.slice(0, within)];
  for (const place of places) {
    const folder = path.join(place, 'node_modules', name);
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
  }
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** Asked before starting it, because early versions of process.execve abort when they fail. */
function problemOf(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return undefined;
  } catch (error) {
    return error.code === 'EACCES' ? 'not executable' : 'file missing';
  }
}

/**
 * The C library that a program was linked for, from its ELF interpreter (System V ABI, chapter 5, PT_INTERP).
 * Starting `ldd` or asking process.report for it costs up to seconds on a busy server; this costs 0.1 ms.
 */
function libcOf(program) {
  try {
    const head = readAt(program, 0, 4096);
    if (head.readUInt32BE(0) !== 0x7f454c46) return undefined;
    const [offset, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
    for (let at = offset; at < offset + size * count; at += size) {
      if (head.readUInt32LE(at) !== 3) continue;
      const interpreter = readAt(program, Number(head.readBigUInt64LE(at + 8)), Number(head.readBigUInt64LE(at + 32)));
      return interpreter.toString('latin1').includes('musl') ? 'musl' : 'glibc';
    }
  } catch {
    // Not readable, or not 64-bit: unknown.
  }
  return undefined;
}

function readAt(file, position, length) {
  const descriptor = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, length, position));
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Become the program: same process id, no parent left. Returns where that is not possible (Windows, Node before 22.15,
 * a worker, the permission model).
 */
function replaceProcess(command, file, args, env) {
  if (process.platform === 'win32' || typeof process.execve !== 'function') return;
  // Node ignores these two, and ignored signals stay ignored in the new program, where `| head -1` would never end it.
  // Signals with a handler return to their default action instead.
  process.on('SIGPIPE', ignore);
  process.on('SIGXFSZ', ignore);
  try {
    process.execve(file, [command, ...args], env);
  } catch {
    process.removeListener('SIGPIPE', ignore);
    process.removeListener('SIGXFSZ', ignore);
  }
}

/**
 * Console events reach every process of a Windows console by themselves, and sending one there would end the program
 * at once: the launcher only has to outlive them. Elsewhere a signal sent to the launcher is passed on.
 */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
const outlived = ['SIGINT', 'SIGBREAK', 'SIGHUP'];

function spawnAndWait(command, file, args, env) {
  const windows = process.platform === 'win32';
  const handled = windows ? outlived : passedOn;
  let child;
  const handler = windows ? ignore : (signal) => child.kill(signal);
  for (const signal of handled) process.on(signal, handler);
  const cannotStart = (error) => fail(126, `${command}: cannot start ${file}: ${error.message}`);
  try {
    child = require('child_process').spawn(file, args, { stdio: 'inherit', argv0: command, env });
  } catch (error) {
    cannotStart(error);
    return;
  }
  child.on('error', cannotStart);
  child.on('exit', (code, signal) => {
    for (const name of handled) process.removeListener(name, handler);
    if (signal === null) process.exit(code);
    else dieBy(signal);
  });
}

/** End as the program did, so that a shell sees 139 for a crash and 143 for SIGTERM. */
function dieBy(signal) {
  if (signal === 'SIGPIPE' || signal === 'SIGXFSZ') {
    // Node ignores them; adding and removing a handler leaves the default action.
    process.on(signal, ignore).removeListener(signal, ignore);
  }
  process.kill(process.pid, signal);
  // Still alive: process 1 of a container has no default actions, or the signal was ignored from outside.
  process.exit(128 + require('os').constants.signals[signal]);
}

module.exports = { launch, libcOf, run };
