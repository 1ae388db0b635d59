/**
 * Environment variables that Bun reads before any program compiled onto it, taken away from the base executable.
 *
 * The first byte of each name becomes NUL, in place. No environment can hold such a name: entries are NUL-terminated
 * strings, getenv and GetEnvironmentVariable see the empty name, and Bun's own comparisons by length never match. (An
 * `=` inside the name would not do: glibc's getenv("BUN=OPTIONS") finds the variable BUN with the value "OPTIONS=…",
 * Apple's finds any variable BUN.) What each name does was tried with Bun 1.4.5.
 */
import { SlipwayError, type ByteSource } from '@slipway/core';

/** Names the way a base is hardened, for whoever keeps hardened bases. Raise it with every change here. */
export const hardening = 1;

interface ForbiddenName {
  /** The whole name, or how a group of names starts. */
  readonly name: string;
  /** How often all eight bases of Bun 1.4.5 spell it, messages included: another count means another Bun. */
  readonly count: number;
}

const forbidden: readonly ForbiddenName[] = [
  // Bun's command line: `--preload=x.js` runs x.js before the program.
  { name: 'BUN_OPTIONS', count: 2 },
  // Starts Bun itself instead of the program: `BUN_BE_BUN=1 app update` updates the packages of the current folder.
  { name: 'BUN_BE_BUN', count: 1 },
  // BUN_INSPECT opens a port (or waits there) on which any local user evaluates code; _CONNECT_TO, _NOTIFY, _PRELOAD.
  { name: 'BUN_INSPECT', count: 9 },
  // _ORDER_OUT and _DIGEST_OUT overwrite the file they name when the program ends; _ORDER_NAMES_OUT belongs to them.
  { name: 'BUN_BYTECODE_', count: 4 },
];

/** What all of them start with: one search finds every candidate. */
const commonStart = Buffer.from('BUN_');
const names = forbidden.map(({ name }) => Buffer.from(name));
const longestName = Math.max(...names.map((name) => name.length));

/**
 * Make a base deaf to these names, in place. The length stays, a signature over the bytes does not. Throws
 * BASE_CHECK_FAILED, with the bytes unchanged, when a name is not spelled as often as expected, so that a new Bun
 * which reads them in another way stops the build.
 */
export function hardenBase(bytes: Uint8Array): void {
  const found = names.map((): number[] => []);
  for (const { at, index } of occurrences(bytes)) found[index]?.push(at);
  forbidden.forEach(({ name, count }, index) => {
    const times = found[index]?.length;
    if (times !== count) {
      throw new SlipwayError('BASE_CHECK_FAILED', `Bun's executable spells ${name} ${times} times, expected ${count}`, {
        hint: 'This runtime is not the pinned Bun, or it is hardened already; environment variables could run code in it.',
      });
    }
  });
  for (const at of found.flat()) bytes[at] = 0;
}

/**
 * Throw BASE_CHECK_FAILED if an executable still holds one of the names. The application that Bun put inside is left
 * out: its own text may speak of them. Memory: one window.
 */
export function assertHardened(source: ByteSource): void {
  const application = findApplication(source);
  for (const [from, to] of [[0, application.start], [application.end, source.size]] as const) {
    for (const { offset, bytes } of windows(source, from, to, longestName + 1)) {
      for (const { at, index } of occurrences(bytes)) {
        // The window before held this name whole, and the byte before it, which decides.
        if (at === 0 && offset > from) continue;
        throw new SlipwayError('BASE_CHECK_FAILED', `the executable still reads ${forbidden[index]?.name} from the environment (byte ${offset + at})`, {
          hint: 'It was compiled onto a base that was not hardened. Clear the cache of runtimes and build again.',
        });
      }
    }
  }
}

/** Where names stand, in order. `process.env.NAME` is text of Bun's own modules and of no use before one is loaded. */
function* occurrences(bytes: Uint8Array): Generator<{ readonly at: number; readonly index: number }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(commonStart); at >= 0; at = buffer.indexOf(commonStart, at + commonStart.length)) {
    const index = names.findIndex((name) => buffer.compare(name, 0, name.length, at, Math.min(at + name.length, buffer.length)) === 0);
    if (index >= 0 && buffer[at - 1] !== dot) yield { at, index };
  }
}

const dot = '.'.charCodeAt(0);
const windowSize = 1 << 22;

/** A stretch of the source in pieces that overlap by `overlap` bytes, so that no name is cut by both of two. */
function* windows(source: ByteSource, from: number, to: number, overlap: number): Generator<{ readonly offset: number; readonly bytes: Uint8Array }> {
  for (let offset = from; offset < to; offset += windowSize - overlap) {
    yield { offset, bytes: source.read(offset, Math.min(windowSize, to - offset)) };
  }
}

const trailer = Buffer.from('\n---- Bun! ----\n');
/** The footer before the trailer (oven-sh/bun, StandaloneModuleGraph.Offsets) starts with the number of bytes before it. */
const footerSize = 32;
const lengthSize = 8;

/** The application's bytes: between its length, 8 bytes, and its trailer. Empty, at the end, when there is none. */
function findApplication(source: ByteSource): { readonly start: number; readonly end: number } {
  const step = windowSize - trailer.length;
  for (let to = source.size; to > 0; to -= step) {
    const from = Math.max(0, to - windowSize);
    const bytes = Buffer.from(source.read(from, to - from));
    for (let at = bytes.lastIndexOf(trailer); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(trailer, at - 1)) {
      const start = startOfApplication(source, from + at);
      if (start !== undefined) return { start, end: from + at + trailer.length };
    }
  }
  return { start: source.size, end: source.size };
}

/** Undefined where the trailer is a constant of Bun's own code: the two lengths around an application agree. */
function startOfApplication(source: ByteSource, trailerAt: number): number | undefined {
  const footer = trailerAt - footerSize;
  if (footer < 0) return undefined;
  const start = footer - lengthAt(source, footer);
  if (!(start >= lengthSize && start <= footer)) return undefined;
  return lengthAt(source, start - lengthSize) === trailerAt + trailer.length - start ? start : undefined;
}

function lengthAt(source: ByteSource, offset: number): number {
  return Number(Buffer.from(source.read(offset, lengthSize)).readBigUInt64LE(0));
}
