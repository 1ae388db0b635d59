/**
 * `slipway init`: a commented configuration that holds what the project already says, so that everything there is to
 * set can be seen, and nothing has to be.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ioError, packageFacts, SlipwayError, targetIds, type PackageJson } from '@slipway/core';
import { wrappers } from '@slipway/wrappers';
import { readJsonFile } from '../project/json-file.ts';

type Format = 'ts' | 'json' | 'yaml';

export async function init({ format, force, json }: { readonly format: Format; readonly force: boolean; readonly json: boolean }): Promise<number> {
  const folder = process.cwd();
  const present = (['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'] as const).map((suffix) => `slipway.config.${suffix}`).filter((name) => existsSync(join(folder, name)));
  if (present.length > 0 && !force) throw new SlipwayError('CONFIG_EXISTS', `there is a ${present.join(' and a ')} already`, { hint: 'Edit it, or give --force to replace it.' });
  const path = join(folder, `slipway.config.${format}`);
  const text = render(format, found(folder));
  try {
    writeFileSync(path, text);
    for (const name of present) if (join(folder, name) !== path) rmSync(join(folder, name));
  } catch (error) {
    throw ioError(error, `write ${path}`);
  }
  process.stdout.write(json ? `${JSON.stringify({ written: path })}\n` : `Wrote ${basename(path)}. See what it makes: slipway plan\n`);
  return 0;
}

interface Found {
  readonly name: string;
  readonly entries: Readonly<Record<string, string>>;
  readonly hasPackage: boolean;
}

function found(folder: string): Found {
  const file = join(folder, 'package.json');
  const facts = packageFacts(existsSync(file) ? (readJsonFile(file) as PackageJson) : {});
  const name = facts.name ?? basename(folder).toLowerCase();
  const guess = ['src/cli.ts', 'src/main.ts', 'src/index.ts', 'cli.ts', 'main.ts', 'index.ts', 'src/cli.js', 'index.js'].find((path) => existsSync(join(folder, path)));
  const entries = Object.keys(facts.bin).length > 0 ? facts.bin : { [name]: guess ?? 'src/cli.ts' };
  return { name, entries, hasPackage: Object.keys(facts.bin).length > 0 };
}

function render(format: Format, project: Found): string {
  const essential = { name: project.name, entries: project.entries };
  if (format === 'json') return `${JSON.stringify(essential, null, 2)}\n`;
  const [comment, open, close] = format === 'ts' ? ['//', 'export default {\n', '};\n'] : ['#', '', ''];
  const indent = format === 'ts' ? '  ' : '';
  const value = (data: unknown): string => (format === 'ts' ? literal(data) : JSON.stringify(data));
  const end = format === 'ts' ? ',' : '';
  const source = project.hasPackage ? 'From package.json; version, licence, homepage and repository come from there, too.' : 'Check these: there is no package.json with a "bin".';
  const lines = [
    `${comment} ${source}`,
    `name: ${value(project.name)}${end}`,
    `entries: ${value(project.entries)}${end}`,
    '',
    `${comment} What follows are the defaults. Every setting: docs/configuration.md of Slipway.`,
    `${comment} targets: ${value(targetIds)}${end}`,
    `${comment} wrappers: ${value(Object.fromEntries(wrappers.map(({ name }) => [name, {}])))}${end}`,
    `${comment} build: ${value({ bytecode: true, minify: true })}${end}`,
    `${comment} files: ${value({ extra: [] })}${end}`,
  ];
  return `${open}${lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('')}${close}`;
}

/** JSON as people write it in TypeScript: bare keys, single quotes. */
function literal(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(literal).join(', ')}]`;
  if (typeof data === 'object' && data !== null) {
    const fields = Object.entries(data).map(([key, value]) => `${/^[a-z_$][\w$]*$/i.test(key) ? key : literal(key)}: ${literal(value)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  return typeof data === 'string' ? `'${data.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(data);
}
