/**
 * The second name of an executable on Windows, where zip, wheel and npm have no links: a program of a few kilobytes
 * that starts the real one in its own folder, with its own command line, environment, handles and descriptors, waits,
 * and ends with the same exit code. In order, for both CPUs (launcher-x64.ts, launcher-arm64.ts):
 *
 * 1. set SLIPWAY_RUN_AS to the name it stands for: argv[0] may be anything
 * 2. path = its own path with the file name replaced; any path that Windows can express fits
 * 3. leave Ctrl-C and Ctrl-Break to the child, and outlive it when the console closes (a handler, because telling
 *    Windows to ignore them would be inherited)
 * 4. make a job that ends the child when the launcher is killed; what the child starts is not in it
 * 5. start the child; when that fails, one line to the standard error and exit code 127
 * 6. close its own standard handles, wait, exit with the child's code
 */
import { checkCommandName, SlipwayError, type Arch } from '@slipway/core';
import { assemble, layOut, record, words } from '../fake/record.ts';
import { arm64Listing } from './launcher-arm64.ts';
import { x64Listing } from './launcher-x64.ts';
import { link, readListing, type Listing } from './listing.ts';
import { directoryIndex, sectionAlignment, sectionFlags, writePe } from './pe-image.ts';
import { unwindInformation } from './unwind.ts';

const listings: Readonly<Record<Arch, Listing>> = {
  x64: readListing('x64', x64Listing),
  arm64: readListing('arm64', arm64Listing),
};

const codeAddress = sectionAlignment;
const constantsAddress = 2 * sectionAlignment;
const variablesAddress = 3 * sectionAlignment;

const library = 'KERNEL32.dll';
/** All of them are in every Windows since 2000. */
const functions = [
  'AssignProcessToJobObject', 'CloseHandle', 'CreateJobObjectW', 'CreateProcessW', 'ExitProcess', 'GetCommandLineW',
  'GetExitCodeProcess', 'GetModuleFileNameW', 'GetStartupInfoW', 'GetStdHandle', 'SetConsoleCtrlHandler',
  'SetEnvironmentVariableW', 'SetInformationJobObject', 'Sleep', 'WaitForSingleObject', 'WriteFile',
] as const;

/** The longest path, in UTF-16 units, that Windows can express; the code compares with it. */
const longestPath = 32768;
const longestName = 260;

/** What the code writes to: STARTUPINFOW, PROCESS_INFORMATION, the path and the results of calls. Zero at the start. */
const variables = layOut(variablesAddress, [
  ['startup', Buffer.alloc(104), 8], ['process', Buffer.alloc(24), 8], ['job', Buffer.alloc(8), 8],
  ['exitCode', Buffer.alloc(4), 4], ['written', Buffer.alloc(4), 4], ['path', Buffer.alloc((longestPath + longestName) * 2), 8],
]);

/**
 * A program `<runAs>.exe` that starts `target` (a file name, with `.exe`) in its own folder. The same bytes every time.
 * Throws NAME_INVALID.
 */
export function windowsLauncher(arch: Arch, target: string, runAs: string): Uint8Array {
  checkNames(target, runAs);
  const listing = listings[arch];
  const constants = layOutConstants(listing, target, runAs);
  const code = link(listing, codeAddress, { ...constants.addresses, ...variables.offsets });
  return writePe({
    arch,
    entry: codeAddress,
    sections: [
      { name: '.text', address: codeAddress, bytes: code, size: code.length, flags: sectionFlags.code },
      { name: '.rdata', address: constantsAddress, bytes: constants.bytes, size: constants.bytes.length, flags: sectionFlags.constants },
      { name: '.data', address: variablesAddress, bytes: new Uint8Array(), size: variables.end - variablesAddress, flags: sectionFlags.zeros },
    ],
    directories: constants.directories,
  });
}

function checkNames(target: string, runAs: string): void {
  checkCommandName(runAs);
  if (!target.endsWith('.exe')) throw new SlipwayError('NAME_INVALID', `"${target}" does not end with .exe`);
  checkCommandName(target.slice(0, -'.exe'.length));
}

interface Constants {
  readonly bytes: Uint8Array;
  /** Where each import's slot and each piece of data is. */
  readonly addresses: Readonly<Record<string, number>>;
  readonly directories: Parameters<typeof writePe>[0]['directories'];
}

function layOutConstants(listing: Listing, target: string, runAs: string): Constants {
  const message = Buffer.from(`${runAs}.exe: cannot start ${target}, which must be in the same folder\r\n`);
  const functionNames = functions.map((name) => [`name of ${name}`, hintAndName(name), 2] as const);
  const thunks = Buffer.alloc((functions.length + 1) * 8);
  const unwind = unwindInformation(listing, codeAddress);
  const parts = [
    // Two parallel tables of names; Windows writes the functions' addresses over the first.
    ['slots', thunks, 8], ['lookup', thunks, 8], ['imports', Buffer.alloc(40), 4], ...functionNames, ['library', text(library), 2],
    ['limits', jobLimits(), 8], ['messageLength', words(message.length), 4], ['message', message, 1],
    ['variable', wideText('SLIPWAY_RUN_AS'), 2], ['runAs', wideText(runAs), 2], ['target', wideText(target), 2],
    ['unwind', unwind.information, 4], ['functions', Buffer.alloc(unwind.tableSize), 4],
  ] as const;
  const { offsets, end } = layOut<string>(constantsAddress, parts);
  const at = (name: string): number => offsets[name] as number;
  const names = record(...functions.map((name) => [8, at(`name of ${name}`)] as const), [8, 0]);
  const filled: Readonly<Record<string, Uint8Array>> = {
    slots: names, lookup: names, imports: words(at('lookup'), 0, 0, at('library'), at('slots')), functions: unwind.table(at('unwind')),
  };
  return {
    bytes: assemble(end - constantsAddress, parts.map(([name, bytes]) => [at(name) - constantsAddress, filled[name] ?? bytes] as const)),
    addresses: { ...offsets, ...Object.fromEntries(functions.map((name, index) => [name, at('slots') + index * 8])) },
    directories: {
      [directoryIndex.imports]: { address: at('imports'), size: 40 },
      [directoryIndex.exceptions]: { address: at('functions'), size: unwind.tableSize },
      [directoryIndex.importAddresses]: { address: at('slots'), size: thunks.length },
    },
  };
}

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION with KILL_ON_JOB_CLOSE | SILENT_BREAKAWAY_OK and no limits. */
function jobLimits(): Buffer {
  const limits = Buffer.alloc(144);
  limits.writeUInt32LE(0x3000, 16);
  return limits;
}

function hintAndName(name: string): Buffer {
  return Buffer.concat([Buffer.alloc(2), text(name)]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'latin1');
}

function wideText(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf16le');
}
