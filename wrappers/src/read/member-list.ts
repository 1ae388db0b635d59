/**
 * The members of one package, and what must hold between them: no two of one name, not even where case is ignored (on
 * Windows and macOS the later one would replace the first), nothing below something that is not a directory (a link
 * there would lead a careless unpacker out of its folder), links that stay inside.
 */
import { limits } from './limits.ts';
import type { Malformed, Place } from './malformed.ts';
import type { Member } from './member.ts';
import { linkDestination, pathFault } from './safe-path.ts';

export class MemberList {
  readonly #members = new Map<string, Member>();
  readonly #folded = new Set<string>();
  readonly #malformed: Malformed;

  constructor(malformed: Malformed) {
    this.#malformed = malformed;
  }

  /** Check a name before anything is done with its content. `path` has no final slash. */
  admit(path: string, place: Place): void {
    const fault = pathFault(path) ?? (this.#folded.has(fold(path)) ? 'there are two members of this name' : undefined);
    if (fault !== undefined) throw this.#malformed(fault, { ...place, member: path });
    this.#folded.add(fold(path));
    if (this.#folded.size > limits.members) throw this.#malformed(`more than ${limits.members} members`, place);
  }

  add(member: Member): void {
    if (member.type === 'symlink' && linkDestination(member.path, member.linkTarget ?? '') === undefined) {
      throw this.#malformed(`the link to ${JSON.stringify(member.linkTarget)} leaves the package`, { member: member.path });
    }
    this.#members.set(member.path, member);
  }

  /** The file that a hard link names; it must come before the link. */
  linkedFile(path: string, target: string): Member {
    const file = this.#members.get(target);
    if (file?.type === 'file') return file;
    throw this.#malformed(`the hard link to ${JSON.stringify(target)} names no file before it`, { member: path });
  }

  /** All members in their order in the package. */
  finish(): readonly Member[] {
    for (const path of this.#members.keys()) {
      for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        const above = this.#members.get(path.slice(0, slash));
        if (above !== undefined && above.type !== 'directory') {
          throw this.#malformed(`lies below ${JSON.stringify(above.path)}, which is a ${above.type}`, { member: path });
        }
      }
    }
    return [...this.#members.values()];
  }
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase();
