/**
 * Node's modules, loaded when they are first used. A program's guard runs at every start and nearly always returns
 * after one small read; on Bun, loading node:fs alone makes the start of a small program a fifth longer.
 */
import type * as nodeCrypto from 'node:crypto';
import type * as nodeFs from 'node:fs';
import type * as nodeSqlite from 'node:sqlite';

export const fs = (): typeof nodeFs => process.getBuiltinModule('node:fs');
export const crypto = (): typeof nodeCrypto => process.getBuiltinModule('node:crypto');
export const sqlite = (): typeof nodeSqlite => process.getBuiltinModule('node:sqlite');
