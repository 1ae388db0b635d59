/**
 * The updater's trust, driven by the protocol of the public TUF client conformance suite (github.com/theupdateframework/
 * tuf-conformance, CLIENT-CLI.md): `init ROOT` once, then `refresh` and `download`, each a process of its own, so that
 * everything that must be remembered goes through the trust folder and the floors. Exit code 0 or 1.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SlipwayError } from '@slipway/core';
import { updaterPorts } from '@slipway/platform';
import { noFloors, openTrust, type Trust, type TrustFloors } from '@slipway/updater';

const { values, positionals: [command, rootFile] } = parseArgs({
  allowPositionals: true,
  options: {
    'metadata-dir': { type: 'string' }, 'metadata-url': { type: 'string' },
    'target-name': { type: 'string', multiple: true }, 'target-base-url': { type: 'string' }, 'target-dir': { type: 'string' },
  },
});
const folder = required('metadata-dir');
/** Beside the folder: the suite counts what is in it. */
const floorsFile = `${folder.replace(/\/+$/, '')}.floors`;

try {
  if (command === 'init') init();
  else if (command === 'refresh') await open();
  else if (command === 'download') await download(await open());
  else throw new Error(`${command} is none of init, refresh and download`);
} catch (error) {
  console.error(error instanceof SlipwayError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}

/** The root that a program would carry. */
function init(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'root.json'), readFileSync(rootFile ?? ''));
}

async function open(): Promise<Trust> {
  const trust = await openTrust(updaterPorts(), {
    folder,
    metadataUrl: address('metadata-url'),
    targetsUrl: command === 'download' ? address('target-base-url') : '',
    embeddedRoot: readFileSync(join(folder, 'root.json'), 'utf8'),
    floors: existsSync(floorsFile) ? JSON.parse(readFileSync(floorsFile, 'utf8')) as TrustFloors : noFloors,
  });
  writeFileSync(floorsFile, JSON.stringify(trust.floors));
  return trust;
}

/** One after the other, up to the first that fails; what is there with the right hash is not fetched again. */
async function download(trust: Trust): Promise<void> {
  for (const name of values['target-name'] ?? []) {
    const found = await trust.find(name);
    if (found === undefined) throw new Error(`nobody has signed ${name}`);
    const path = join(required('target-dir'), encodeURIComponent(name));
    if (existsSync(path) && await found.verify([readFileSync(path)] as never).then(() => true, () => false)) continue;
    const file = await trust.targetFile(name, Infinity);
    writeFileSync(`${path}.part`, file?.bytes ?? '');
    renameSync(`${path}.part`, path);
  }
}

function address(option: 'metadata-url' | 'target-base-url'): string {
  return required(option).replace(/\/*$/, '/');
}

function required(option: 'metadata-dir' | 'metadata-url' | 'target-base-url' | 'target-dir'): string {
  const value = values[option];
  if (value === undefined) throw new Error(`--${option} is missing`);
  return value;
}
