import { statSync } from 'node:fs';
import { SlipwayError } from '@slipway/core';
import { openFileSource, type FileSource } from '@slipway/platform';

/** Open files, closed when `use` ends, however it ends. */
export async function withFiles<T>(paths: readonly [string, string], use: (first: FileSource, second: FileSource) => Promise<T>): Promise<T> {
  const opened: FileSource[] = [];
  const open = (path: string): FileSource => {
    const source = openFileSource(path);
    opened.push(source);
    return source;
  };
  try {
    return await use(open(paths[0]), open(paths[1]));
  } finally {
    for (const source of opened) source.close();
  }
}

/** Throws USAGE when what would be written is one of these files, or no file can be there. */
export function checkOutput(output: string, inputs: Readonly<Record<string, FileSource>>): void {
  const found = statSync(output, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) throw new SlipwayError('USAGE', `${output} is a folder`, { hint: 'Name a file with -o.' });
  for (const [name, source] of Object.entries(inputs)) {
    if (source.isSame(found)) throw new SlipwayError('USAGE', `${output} is ${name} itself`, { hint: 'Choose another file with -o.' });
  }
}
