/**
 * What an executable is: the name it is started by, the other names that reach the same bytes, and the facts that an
 * inspector read from those bytes. Labels of packages are derived from facts, never from wishes.
 */
import type { Arch, Libc, Os } from './target.ts';

/** One built file and every name it answers to. A daemon beside a CLI is an alias, so it costs no second download. */
export interface Executable {
  readonly name: string;
  /** Other names that dispatch to other entries of the same executable. */
  readonly aliases: readonly string[];
}

/** What the bytes of an executable say about where it runs. */
export interface ExecutableFacts {
  readonly format: 'elf' | 'macho' | 'pe';
  readonly os: Os;
  readonly arch: Arch;
  /** ELF: the C library of the interpreter or of the needed libraries; `static` when it asks for none. */
  readonly libc?: Libc | 'static';
  /** ELF: the newest GLIBC_x.y symbol version it needs, as `x.y`. */
  readonly glibcFloor?: string;
  /** ELF: PT_INTERP. */
  readonly interpreter?: string;
  /** ELF DT_NEEDED, Mach-O LC_LOAD_DYLIB, PE imports: in file order. */
  readonly needed: readonly string[];
  /** Mach-O: LC_BUILD_VERSION or LC_VERSION_MIN_MACOSX, as `x.y`. */
  readonly minimumMacos?: string;
  /** An application that a runtime carries inside itself. */
  readonly payload?: { readonly kind: 'bun'; readonly size: number };
  /** Mach-O: what LC_CODE_SIGNATURE holds; every page hash was recomputed. */
  readonly signature?: 'ad-hoc' | 'certificate' | 'none';
}
