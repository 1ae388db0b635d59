/** What every FsPort promises. One suite: the real one and the one in memory run it. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FsPort } from '@slipway/core';

/** `open` gives a port and the path of an empty folder that is private to the test. */
export function fsContract(name: string, open: () => { readonly fs: FsPort; readonly folder: string }): void {
  describe(`files: contract of ${name}`, () => {
    let fs: FsPort;
    let at: (path: string) => string;
    let folder: string;
    beforeEach(() => {
      ({ fs, folder } = open());
      at = (path) => `${folder}/${path}`;
    });
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    const write = (path: string, text: string, mode = 0o644): void => {
      const file = fs.create(path, mode);
      file.write(encode(text), 0);
      file.close();
    };
    const read = (path: string): string | undefined => {
      const bytes = fs.read(path, 1000);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    };
    const codeOf = (call: () => unknown): string => {
      try {
        call();
        return 'none';
      } catch (error) {
        return String((error as { readonly code?: unknown }).code);
      }
    };

    test('what is written is read, and what is not there is undefined', () => {
      write(at('a'), 'text');
      expect([read(at('a')), read(at('b')), fs.stat(at('b')), fs.readLink(at('b')), fs.list(at('none'))]).toEqual(['text', undefined, undefined, undefined, []]);
    });

    test('a file of exactly the limit is read, one byte more is EFBIG', () => {
      write(at('a'), '12345');
      expect([fs.read(at('a'), 5)?.length, codeOf(() => fs.read(at('a'), 4))]).toEqual([5, 'EFBIG']);
    });

    test('an empty file has no bytes, and is there', () => {
      write(at('a'), '');
      expect([fs.read(at('a'), 0)?.length, fs.stat(at('a'))?.size]).toEqual([0, 0]);
    });

    test('a folder is not read as a file', () => {
      expect(codeOf(() => fs.read(folder, 10))).toBe('EISDIR');
    });

    test.each([0o600, 0o644, 0o755, 0o777])('a new file and folder have exactly the mode %o', (mode) => {
      write(at('file'), '', mode);
      fs.makeFolder(at('folder'), mode | 0o700);
      expect([fs.stat(at('file'))?.mode, fs.stat(at('folder'))?.mode]).toEqual([mode, mode | 0o700]);
    });

    test.each<[what: string, path: string]>([['a file', 'file'], ['a folder', 'folder'], ['a link to nothing', 'link']])('%s is never replaced by something new', (_, path) => {
      write(at('file'), 'old');
      fs.makeFolder(at('folder'), 0o755);
      fs.symlink('nowhere', at('link'));
      const calls = [() => fs.create(at(path), 0o644), () => fs.makeFolder(at(path), 0o755), () => fs.link(at('file'), at(path)), () => fs.symlink('x', at(path))];
      expect(calls.map(codeOf)).toEqual(['EEXIST', 'EEXIST', 'EEXIST', 'EEXIST']);
      expect([read(at('file')), fs.readLink(at('link')), fs.stat(at('folder'))?.kind]).toEqual(['old', 'nowhere', 'folder']);
    });

    test('the kinds of things, links not followed', () => {
      write(at('file'), '1234');
      fs.makeFolder(at('folder'), 0o755);
      fs.symlink('folder', at('link'));
      expect(['file', 'folder', 'link', 'file/below'].map((path) => fs.stat(at(path))?.kind)).toEqual(['file', 'folder', 'link', undefined]);
      expect([fs.stat(at('file'))?.size, fs.readLink(at('link')), fs.readLink(at('file'))]).toEqual([4, 'folder', undefined]);
    });

    test('links are followed by who reads below or through them', () => {
      fs.makeFolder(at('v1'), 0o755);
      write(at('v1/tool'), 'one');
      fs.symlink('v1', at('current'));
      fs.symlink('current/tool', at('tool'));
      expect([read(at('current/tool')), read(at('tool')), fs.list(at('current'))]).toEqual(['one', 'one', ['tool']]);
    });

    test('names are listed in order', () => {
      for (const name of ['b', 'a', 'C', '10', '9']) write(at(name), '');
      expect(fs.list(folder)).toEqual(['10', '9', 'C', 'a', 'b']);
    });

    test('bytes are read and written at positions, whole', () => {
      write(at('a'), 'abcdef');
      const file = fs.open(at('a'), 'write');
      file.write(encode('XY'), 2);
      file.write(encode('!'), 8);
      file.sync();
      file.close();
      expect(read(at('a'))).toBe('abXYef\0\0!');
      const reader = fs.open(at('a'), 'read');
      const into = new Uint8Array(4);
      expect([reader.size(), reader.read(into, 1), new TextDecoder().decode(into), reader.read(into, 7), reader.read(into, 9)]).toEqual([9, 4, 'bXYe', 2, 0]);
      reader.close();
    });

    test('a file that was created can be read back and cut', () => {
      const file = fs.create(at('a'), 0o600);
      file.write(encode('abcdef'), 0);
      file.truncate(3);
      const into = new Uint8Array(6);
      expect([file.read(into, 0), file.size()]).toEqual([3, 3]);
      file.truncate(5);
      file.close();
      expect(read(at('a'))).toBe('abc\0\0');
    });

    test('what is open for reading cannot be written', () => {
      write(at('a'), 'x');
      const file = fs.open(at('a'), 'read');
      expect(codeOf(() => file.write(encode('y'), 0))).toBe('EBADF');
      file.close();
      expect(read(at('a'))).toBe('x');
    });

    test('an open file stays what it is when its name goes to another', () => {
      write(at('a'), 'old');
      const file = fs.open(at('a'), 'read');
      write(at('b'), 'new');
      fs.rename(at('b'), at('a'));
      const into = new Uint8Array(3);
      file.read(into, 0);
      file.close();
      expect([new TextDecoder().decode(into), read(at('a'))]).toEqual(['old', 'new']);
    });

    test('a rename replaces a file or a link, and moves a folder with what is in it', () => {
      write(at('new'), 'new');
      write(at('old'), 'old');
      fs.rename(at('new'), at('old'));
      fs.symlink('v2', at('next'));
      fs.symlink('v1', at('current'));
      fs.rename(at('next'), at('current'));
      fs.makeFolder(at('staging'), 0o755);
      write(at('staging/x'), 'x');
      fs.rename(at('staging'), at('version'));
      expect([read(at('old')), fs.readLink(at('current')), read(at('version/x')), fs.list(folder)]).toEqual(['new', 'v2', 'x', ['current', 'old', 'version']]);
    });

    test('a second name of a file is the same file, and outlives the first', () => {
      write(at('a'), 'text', 0o755);
      fs.link(at('a'), at('b'));
      fs.unlink(at('a'));
      expect([read(at('a')), read(at('b')), fs.stat(at('b'))?.mode]).toEqual([undefined, 'text', 0o755]);
    });

    test('a link is removed, not what it points to', () => {
      write(at('a'), 'text');
      fs.symlink('a', at('link'));
      fs.unlink(at('link'));
      expect([fs.stat(at('link')), read(at('a'))]).toEqual([undefined, 'text']);
    });

    test('a folder is synced, has space, and is removed once it is empty', () => {
      fs.makeFolder(at('folder'), 0o755);
      write(at('folder/a'), '');
      fs.syncFolder(at('folder'));
      expect(fs.space(at('folder'))).toBeGreaterThan(0);
      expect(codeOf(() => fs.removeFolder(at('folder')))).toBe('ENOTEMPTY');
      fs.unlink(at('folder/a'));
      fs.removeFolder(at('folder'));
      expect(fs.list(folder)).toEqual([]);
    });

    test('what is missing is ENOENT to who needs it', () => {
      const calls = [
        () => fs.open(at('none'), 'read'), () => fs.open(at('none'), 'write'), () => fs.unlink(at('none')), () => fs.removeFolder(at('none')), () => fs.rename(at('none'), at('b')),
        () => fs.link(at('none'), at('b')), () => fs.create(at('none/b'), 0o644), () => fs.makeFolder(at('none/b'), 0o755), () => fs.symlink('x', at('none/b')), () => fs.syncFolder(at('none')),
      ];
      expect(calls.map(codeOf)).toEqual(calls.map(() => 'ENOENT'));
    });
  });
}
