/** `slipway keys`: the root of trust and the keys below it. */
import { relative } from 'node:path';
import { SlipwayError } from '@slipway/core';
import { checkChannelName, initKeys, listKeys, renewTrust, revokeKey, rotateKey, type KeyRow } from '@slipway/release';
import { openKeys, print, warn, type KeyArguments } from '../publisher/publisher.ts';
import { table } from '../report/table.ts';

export interface InitArguments extends KeyArguments {
  readonly channel: readonly string[];
  readonly 'root-keys': number;
  readonly 'root-threshold': number;
}

/** More would make every root larger and no root safer. */
const mostRootKeys = 16;
/** What clients go through (TUF client workflow; tuf-js reads 32 delegations). */
const mostChannels = 31;

export async function keysInit(args: InitArguments): Promise<number> {
  const { 'root-keys': rootKeys, 'root-threshold': rootThreshold } = args;
  const channels = [...new Set(args.channel.map(checkChannelName))];
  if (channels.length > mostChannels) throw new SlipwayError('USAGE', `${channels.length} channels are more than ${mostChannels}`, { hint: 'Clients read no more.' });
  if (!Number.isInteger(rootKeys) || rootKeys < 1 || rootKeys > mostRootKeys) throw new SlipwayError('USAGE', `--root-keys ${rootKeys} is not a whole number from 1 to ${mostRootKeys}`, { hint: 'Three are usual.' });
  if (!Number.isInteger(rootThreshold) || rootThreshold < 1 || rootThreshold > rootKeys) throw new SlipwayError('USAGE', `--root-threshold ${rootThreshold} is not a whole number from 1 to ${rootKeys}`, { hint: 'It is how many of the root keys must sign.' });
  const { places, ring, now } = openKeys(args);
  const rows = await initKeys({ places, ring, now }, { channels, rootKeys, rootThreshold });
  const root = shown(places.rootFile);
  print(args.json, { keys: rows, folder: places.keys, root: places.rootFile }, `${rowsText(rows)}
Wrote ${rows.length} keys to ${shown(places.keys)}/, for you alone: keep a copy elsewhere, and the root and targets keys offline.
Wrote ${root}, which is public: commit it. Programs built from now on trust it.
`);
  return 0;
}

export async function keysList(args: KeyArguments): Promise<number> {
  const keys = openKeys(args);
  const rows = listKeys(keys);
  for (const path of keys.ring.folder.exposed()) warn(`others than its owner may read ${path}: chmod go= ${path}`);
  print(args.json, { keys: rows }, rowsText(rows));
  return 0;
}

export async function keysRotate(args: KeyArguments & { readonly role: string; readonly key: string | undefined }): Promise<number> {
  const row = await rotateKey(openKeys(args), args.role, args.key);
  return changed(args.json, row);
}

export async function keysRevoke(args: KeyArguments & { readonly key: string }): Promise<number> {
  const row = await revokeKey(openKeys(args), args.key);
  return changed(args.json, row);
}

export async function keysRenew(args: KeyArguments): Promise<number> {
  await renewTrust(openKeys(args));
  print(args.json, { renewed: ['root', 'targets'] }, `Root and targets are valid for another year. ${next}\n`);
  return 0;
}

const next = 'Commit slipway.root.json; the next release, promote, rollout, yank or resign with this folder of keys publishes it.';

function changed(json: boolean, row: KeyRow): number {
  print(json, { key: row }, `${row.role} is signed with ${row.name} from now on. ${next}\n`);
  return 0;
}

function rowsText(rows: readonly KeyRow[]): string {
  const state = ({ trusted, here }: KeyRow): string => (trusted ? (here ? 'here' : 'elsewhere') : 'rotated out');
  const date = ({ created }: KeyRow): string => (created === undefined ? '' : new Date(created * 1000).toISOString().slice(0, 10));
  return table(['key', 'role', 'private half', 'made'], rows.map((row) => [row.name, row.role, state(row), date(row)]));
}

const shown = (path: string): string => relative(process.cwd(), path) || '.';
