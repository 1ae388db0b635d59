import type { TargetFile } from '@tufjs/models';
import { refused } from '../fetch/request.ts';
import { downloadSmall, type SmallFile } from '../fetch/small-file.ts';
import type { TrustFloors } from './floors.ts';
import { loadTargets, refresh } from './refresh.ts';
import { rejection } from './rejection.ts';
import { openSession, type Session, type TrustPlace, type TrustPorts } from './session.ts';

/** Roles asked for one target file. */
const delegations = 32;

export interface Trust {
  /** To be written into the installation's state. */
  readonly floors: TrustFloors;
  /** What signed metadata says of a target file; undefined when nobody who may has signed one of this name. */
  find(path: string): Promise<TargetFile | undefined>;
  /** The bytes of a target file of at most `limit` bytes, verified; undefined as above. */
  targetFile(path: string, limit: number): Promise<SmallFile | undefined>;
}

/**
 * Bring the trusted metadata up to date. Throws SERVER_UNREACHABLE, SERVER_ANSWER_INVALID, TRUST_EXPIRED,
 * TRUST_REJECTED, TRUST_ROLLED_BACK or CLOCK_WRONG, and what the disk says; what was verified before is kept.
 */
export async function openTrust(ports: TrustPorts, place: TrustPlace): Promise<Trust> {
  const session = openSession(ports, place);
  const floors = await refresh(session);
  return {
    floors,
    find: async (path) => await findTarget(session, path),
    targetFile: async (path, limit) => {
      const target = await findTarget(session, path);
      return target === undefined ? undefined : await fetchTarget(session, target, limit);
    },
  };
}

/** 5.6.7: delegations in the order they are written, depth first; a terminating one ends the search. */
async function findTarget(session: Session, path: string): Promise<TargetFile | undefined> {
  const toVisit: { role: string; parent: string }[] = [{ role: 'targets', parent: 'root' }];
  const visited = new Set<string>();
  while (visited.size <= delegations) {
    const next = toVisit.pop();
    if (next === undefined) return undefined;
    if (visited.has(next.role)) continue;
    visited.add(next.role);
    const { signed } = await loadTargets(session, next.role, next.parent);
    if (Object.hasOwn(signed.targets, path)) return signed.targets[path];
    const children: typeof toVisit = [];
    for (const { role, terminating } of signed.delegations?.rolesForTarget(path) ?? []) {
      children.push({ role, parent: next.role });
      if (!terminating) continue;
      toVisit.length = 0;
      break;
    }
    toVisit.push(...children.reverse());
  }
  return undefined;
}

/** 5.7: the file at its address, which holds its hash where snapshots are consistent. */
async function fetchTarget(session: Session, target: TargetFile, limit: number): Promise<SmallFile> {
  const url = session.place.targetsUrl + addressOf(session, target);
  const file = await downloadSmall(session.ports, url, Math.min(target.length, limit));
  if (file === undefined) throw refused(url, 404);
  try {
    // It iterates over its argument, asynchronously or not.
    await target.verify([file.bytes] as never);
  } catch (error) {
    throw rejection(target.path, error);
  }
  return file;
}

function addressOf({ store }: Session, { path, hashes }: TargetFile): string {
  const [name = '', ...folders] = path.split('/').reverse();
  const prefix = store.root.signed.consistentSnapshot ? `${hashes['sha256'] ?? Object.values(hashes)[0]}.` : '';
  return [...folders.reverse(), prefix + name].map(encodeURIComponent).join('/');
}
