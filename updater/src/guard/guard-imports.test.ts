import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** Every module that a module needs when it runs, itself first. */
function needed(file: URL, seen = new Set<string>()): readonly string[] {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  const source = readFileSync(file, 'utf8');
  const imports = [...source.matchAll(/^(?:import|export) (?!type )(?:\{([^}]*)\} from )?'([^']+)'/gm)]
    // `import { type A, type B }` is gone when types are.
    .filter(([, names]) => names === undefined || names.split(',').some((name) => name.trim() !== '' && !name.trim().startsWith('type ')))
    .map(([, , from]) => from as string);
  return [file.pathname.replace(/^.*\/updater\/src\//, ''), ...imports.flatMap((from) => (from.startsWith('.') ? needed(new URL(from, file), seen) : [from]))];
}

test('the guard is carried by other people\'s programs: it needs these few files and no package', () => {
  expect([...needed(new URL('index.ts', import.meta.url))].sort()).toEqual([
    'activate.ts',
    'current.ts',
    'guard/candidate.ts',
    'guard/guard.ts',
    'guard/index.ts',
    'guard/probe-answer.ts',
    'layout.ts',
    'state/crc32.ts',
    'state/slots.ts',
    'state/state-file.ts',
    'state/state.ts',
    'state/temporary-name.ts',
    'trial/changes.ts',
    'trial/settle.ts',
    'trial/start-file.ts',
  ]);
});
