/**
 * Who installed this copy: the owner marker that the package carries, at the place its ecosystem fixes
 * (docs/formats/owner.md). Only a marker that names this product, and the ecosystem of its place, counts.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ioError, ownerMarkerSchema, SlipwayError, toPythonModule, type OwnerMarker } from '@slipway/core';

export interface Owner extends OwnerMarker {
  /** Path of the marker. */
  readonly marker: string;
}

/** No marker is larger. */
const largest = 16 * 1024;

/** Undefined where no marker is found: a copy that was built here, or one that nobody claims. */
export function findOwner(executable: string, product: string): Owner | undefined {
  const file = realpathSync(executable);
  for (const { owners, path } of places(file, product)) {
    const marker = readMarker(path);
    if (marker !== undefined && owners.includes(marker.owner) && marker.name === product) return { ...marker, ...wingetOwner(marker, file), marker: path };
  }
  return undefined;
}

/** winget unpacks archives without running anything, so their marker stays as it was: its own folder tells. */
function wingetOwner({ owner }: OwnerMarker, file: string): Partial<OwnerMarker> {
  const folder = /[\\/]WinGet[\\/]Packages[\\/]([^\\/]+)[\\/]/i.exec(file)?.[1];
  if (owner !== 'archive' || folder === undefined) return {};
  const id = /^(.+)_(?:Microsoft\.Winget\.Source_8wekyb3d8bbwe|_DefaultSource)$/i.exec(folder)?.[1] ?? folder.replace(/_.*$/, '');
  return { owner: 'winget', package: id, upgrade: ['winget', 'upgrade', '--id', id, '--exact'] };
}

interface Place {
  /** Whose markers lie here. */
  readonly owners: readonly string[];
  readonly path: string;
}

function places(executable: string, product: string): readonly Place[] {
  const folder = dirname(executable);
  const prefix = dirname(folder);
  const name = basename(executable).replace(/\.exe$/i, '');
  return [
    { owners: ['archive', 'scoop'], path: join(folder, `${name}.owner.json`) },
    { owners: ['npm', 'homebrew'], path: join(prefix, 'owner.json') },
    ...modulesFolders(prefix).map((modules) => ({ owners: ['pip'], path: join(modules, toPythonModule(product), 'owner.json') })),
  ];
}

/** Where pip puts modules for a scripts folder in `prefix`: environments, Debian's system, Windows, `--target`. */
function modulesFolders(prefix: string): readonly string[] {
  const versioned = ['lib', 'lib64'].flatMap((lib) => {
    const folder = join(prefix, lib);
    const pythons = existsSync(folder) ? readdirSync(folder).filter((name) => /^python(3\.\d+t?)?$/.test(name)) : [];
    return pythons.flatMap((python) => [join(folder, python, 'site-packages'), join(folder, python, 'dist-packages')]);
  });
  return [...versioned, join(prefix, 'Lib', 'site-packages'), join(prefix, 'site-packages'), prefix];
}

function readMarker(path: string): OwnerMarker | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile() !== true) return undefined;
  try {
    if (status.size > largest) throw new Error(`it has ${status.size} bytes, at most ${largest} are read`);
    return ownerMarkerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code !== undefined) throw ioError(error, `read ${path}`);
    throw new SlipwayError('OWNER_INVALID', `${path} is no owner marker: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Install this copy again with the package manager it came from.',
      cause: error,
    });
  }
}
