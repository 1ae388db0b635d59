/** What every wrapper promises, whatever it packs. One suite; a new wrapper's test calls it once. */
import { describe, expect, test } from '@jest/globals';
import {
  binaryId, type ContainerEntry, executableSuffix, type PlannedFile, type Reference, type Release, targetOf, type Text, type Wrapper,
} from '@slipway/core';
import type { z } from 'zod';

/** `written` are options as a publisher writes them; the wrapper's schema fills in the rest. */
export function describeWrapper<Schema extends z.ZodType>(wrapper: Wrapper<Schema>, release: Release, written: z.input<Schema>): void {
  describe(`contract of the wrapper ${wrapper.name}`, () => {
    const pack = () => wrapper.pack(release, wrapper.options.parse(written));
    const packed = pack();
    const { files, skipped } = packed;

    test('the same release and options give the same plan, as plain data', () => {
      expect(pack()).toEqual(packed);
      expect(JSON.parse(JSON.stringify(files))).toEqual(files);
    });

    test('ids and paths are unique, paths even where case is ignored', () => {
      expect(repeated(files.map(({ id }) => id))).toEqual([]);
      expect(repeated(files.map(({ path }) => path.toLowerCase()))).toEqual([]);
      for (const file of files) expect(repeated(entriesOf(file).map(({ path }) => path.toLowerCase()))).toEqual([]);
    });

    test('every path stays below its folder, in dist/ and in containers', () => {
      const paths = files.flatMap((file) => [file.path, ...entriesOf(file).map(({ path }) => path)]);
      expect(paths.filter((path) => !isSafe(path))).toEqual([]);
    });

    test('links point inside the container, and only a tar has them', () => {
      for (const file of files) expect(strayLinks(file)).toEqual([]);
    });

    test('every reference can be resolved from what comes before it', () => {
      const known = new Set([...files.map(({ id }) => id), ...binaryIds(release), ...release.archives.map(({ id }) => id)]);
      for (const file of files) expect(danglingReferences(file, known, release)).toEqual([]);
    });

    test('every target has a package that carries the executable or a manifest that installs one, or is skipped with a reason', () => {
      for (const { target } of release.builds) {
        const carriers = files.filter((file) => (file.target === target && (file.executables ?? []).length > 0) || file.installs?.some((one) => one.target === target));
        const reasons = skipped.filter((skip) => skip.target === target && skip.reason !== '');
        expect([target, carriers.length > 0, reasons.length]).toEqual([target, carriers.length > 0, carriers.length > 0 ? 0 : 1]);
      }
    });

    test('what a manifest installs is the archive of that target, by its digest', () => {
      for (const { id, installs = [], content } of files) {
        const archives = new Map(release.archives.map((archive) => [archive.id, archive.target]));
        expect(installs.filter((one) => archives.get(one.id) !== one.target)).toEqual([]);
        const digests = content.kind === 'text' ? content.text.flatMap((part) => (typeof part === 'string' ? [] : [part.of])) : [];
        expect(digests.filter((of) => !installs.some((one) => one.id === of))).toEqual([]);
        if (digests.length > 0) expect([id, digests.toSorted()]).toEqual([id, installs.map((one) => one.id).toSorted()]);
      }
      const named = files.flatMap(({ content }) => (content.kind === 'text' ? content.text : [])).filter((part) => typeof part !== 'string');
      expect(named.length > 0).toBe(files.some(({ installs = [] }) => installs.length > 0));
    });

    test('what a file says it carries is the executable of its target, executable', () => {
      for (const file of files) {
        for (const { name, entry } of file.executables ?? []) {
          const member = entriesOf(file).find(({ path }) => path === entry);
          expect([file.id, member?.mode, member?.content]).toEqual([file.id, 0o755, { kind: 'artifact', id: binaryId(file.target ?? 'linux-x64', name) }]);
        }
      }
    });

    test('every name of the executable is in each package that carries it', () => {
      for (const file of files.filter(({ executables = [] }) => executables.length > 0)) {
        const suffix = executableSuffix(targetOf(file.target ?? 'linux-x64'));
        const names = entriesOf(file).filter(({ mode }) => (mode & 0o111) !== 0).map(({ path }) => path.split('/').at(-1));
        expect(names.toSorted()).toEqual([release.executable.name, ...release.executable.aliases].map((name) => name + suffix).toSorted());
      }
    });

    test('every file says which wrapper made it', () => {
      expect(files.filter((file) => file.wrapper !== wrapper.name)).toEqual([]);
    });

    test('no package runs anything when it is installed', () => {
      for (const entry of files.flatMap(entriesOf)) {
        if (!/(^|\/)package\.json$/.test(entry.path)) continue;
        expect(JSON.parse(plainText(entry))).not.toHaveProperty('scripts');
      }
    });
  });
}

function entriesOf({ content }: PlannedFile): readonly ContainerEntry[] {
  return content.kind === 'text' ? [] : content.entries;
}

function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

function isSafe(path: string): boolean {
  return /^[^/\\\0:]+(\/[^/\\\0:]+)*$/.test(path) && !path.split('/').some((part) => part === '.' || part === '..');
}

function strayLinks(file: PlannedFile): readonly string[] {
  const paths = entriesOf(file).map(({ path }) => path);
  return entriesOf(file).flatMap(({ path, content }) => {
    if (content.kind !== 'link') return [];
    const to = [...path.split('/').slice(0, -1), content.to].join('/');
    return file.content.kind === 'tar.gz' && isSafe(content.to) && paths.includes(to) ? [] : [path];
  });
}

/** Executables of every target, and on Windows a launcher for each alias. */
function binaryIds({ builds, executable }: Release): readonly string[] {
  return builds.flatMap(({ target }) => {
    const names = targetOf(target).os === 'windows' ? [executable.name, ...executable.aliases] : [executable.name];
    return names.map((name) => binaryId(target, name));
  });
}

function danglingReferences(file: PlannedFile, known: ReadonlySet<string>, release: Release): readonly string[] {
  const sources = new Set(release.files.map(({ source }) => source));
  const before = new Set(known);
  before.delete(file.id);
  const dangling = (text: Text) => text.filter((part): part is Reference => typeof part !== 'string')
    .filter((part) => !(part.kind === 'file' ? sources : before).has(part.of)).map(({ of }) => of);
  if (file.content.kind === 'text') return dangling(file.content.text);
  return file.content.entries.flatMap(({ path, content }) => {
    const found = content.kind === 'text' ? dangling(content.text)
      : content.kind === 'artifact' && !before.has(content.id) ? [content.id]
      : content.kind === 'file' && !sources.has(content.path) ? [content.path] : [];
    before.add(`entry:${path}`);
    return found;
  });
}

function plainText({ content }: ContainerEntry): string {
  return content.kind === 'text' ? content.text.map(String).join('') : '';
}
