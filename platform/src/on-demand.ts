/**
 * Node's modules, loaded when they are first used. A program's guard runs at every start and nearly always returns
 * after one small read; on Bun, loading node:fs alone makes the start of a small program a fifth longer.
 */
export const fs = (): typeof import('node:fs') => process.getBuiltinModule('node:fs');
export const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');
export const sqlite = (): typeof import('node:sqlite') => process.getBuiltinModule('node:sqlite');
