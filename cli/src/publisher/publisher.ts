/** What the publisher's commands have in common: where the keys are, and the repository to change. */
import { dirname, join, resolve } from 'node:path';
import { clockPort, fsPort, lockPort, randomPort } from '@slipway/platform';
import { KeyFolder, KeyRing, rootFileName, type KeyContext, type Publisher, type TrustPlaces } from '@slipway/release';
import { projectFolder } from '../project/load.ts';
import { passphrases } from './passphrases.ts';

export interface KeyArguments {
  readonly config: string | undefined;
  readonly keys: string | undefined;
  readonly 'passphrase-fd': number | undefined;
  readonly json: boolean;
}

export interface RepositoryArguments extends KeyArguments {
  readonly to: string;
}

export function openKeys(args: KeyArguments): Pick<Publisher, 'places' | 'ring'> & { readonly now: KeyContext['now'] } {
  const places = placesOf(args);
  return { places, ring: new KeyRing(new KeyFolder(places.keys), passphrases(args['passphrase-fd'])), now: clockPort.now() };
}

export function openPublisher(args: RepositoryArguments): Publisher {
  const { places, ring } = openKeys(args);
  return { places, ring, folder: resolve(args.to), ports: { fs: fsPort, clock: clockPort, random: randomPort, lock: lockPort } };
}

/** `slipway.root.json` lies beside the configuration; where there is none, as on a machine that only signs, beside the keys. */
function placesOf({ config, keys }: KeyArguments): TrustPlaces {
  const project = projectFolder(process.cwd(), config);
  const folder = keys === undefined ? join(project ?? process.cwd(), 'slipway-keys') : resolve(keys);
  return { keys: folder, rootFile: join(project ?? dirname(folder), rootFileName) };
}

/** Print a result: one JSON document, or what people read. */
export function print(json: boolean, value: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
}

/** To standard error, so that results can be piped. */
export function warn(text: string): void {
  process.stderr.write(`warning: ${text}\n`);
}
