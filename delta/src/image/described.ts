import type { Field, Region } from '../layout.ts';
import type { Section } from './image.ts';

/** What one section of both files is described as. */
export interface Described { readonly old: Section; readonly next: Section; readonly rule: Region['rule']; readonly stride?: number; readonly fields: readonly Field[]; readonly lowest?: bigint; readonly pointers?: boolean; readonly jumps?: boolean }
