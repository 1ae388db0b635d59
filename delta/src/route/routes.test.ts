import { describe, expect, test } from '@jest/globals';
import { routes, type AvailablePatch, type Route, type RouteQuestion } from './routes.ts';

const MB = 1_000_000;
const kB = 1000;
/** `app 1>3 400kB`: a patch of a component between two versions; a digest is called `app1`. */
function patch(text: string): AvailablePatch {
  const [, component = '', from, to, size, unit] = /^(\w+) (\d+)>(\d+) (\d+)(kB|MB)$/.exec(text) ?? [];
  return { component, fromSha256: `${component}${from}`, toSha256: `${component}${to}`, size: Number(size) * (unit === 'MB' ? MB : kB), nextSize: 100 * MB };
}

/** Version 5 of a program of one file of 100 MB, 35 MB to download. */
function ask(here: string, patches: string, more: Partial<RouteQuestion> = {}): readonly string[] {
  const words = (text: string, by: string | RegExp): readonly string[] => text.split(by).filter((word) => word !== '');
  return routes({
    wanted: [{ path: 'app', sha256: 'app5', size: 100 * MB }],
    here: new Set(words(here, ' ')),
    patches: words(patches, ', ').map(patch),
    fullSize: 35 * MB,
    ...more,
  }).map(show);
}

function show(route: Route): string {
  return 'patches' in route ? `${route.kind} ${route.patches.map(({ fromSha256, toSha256 }) => `${fromSha256}>${toSha256}`).join(' ')}` : route.kind;
}

describe('one file', () => {
  const cheapBlocks = { fetchBytes: 300 * kB, requests: 2 };
  const dearBlocks = { fetchBytes: 30 * MB, requests: 40 };
  test.each<[string, readonly [string, string, Partial<RouteQuestion>?], readonly string[]]>([
    ['everything is here', ['app5', 'app 4>5 1MB'], ['present']],
    ['nothing is here', ['', 'app 4>5 1MB'], ['full']],
    ['a patch from what is here', ['app4', 'app 4>5 1MB'], ['patch app4>app5', 'full']],
    ['no patch from what is here', ['app2', 'app 4>5 1MB'], ['full']],
    ['a patch larger than the full download', ['app4', 'app 4>5 36MB'], ['full', 'patch app4>app5']],
    ['the smaller of two patches first', ['app3 app4', 'app 3>5 2MB, app 4>5 1MB'], ['patch app4>app5', 'patch app3>app5', 'full']],
    ['a chain, where nothing goes directly', ['app3', 'app 3>4 1MB, app 4>5 1MB'], ['chain app3>app4 app4>app5', 'full']],
    ['a direct patch that is somewhat larger than a chain', ['app3', 'app 3>4 1MB, app 4>5 1MB, app 3>5 4MB'], ['patch app3>app5', 'chain app3>app4 app4>app5', 'full']],
    ['a chain that is much smaller than a direct patch', ['app3', 'app 3>4 1MB, app 4>5 1MB, app 3>5 20MB'], ['chain app3>app4 app4>app5', 'patch app3>app5', 'full']],
    ['a chain through a version that is here begins there', ['app3 app4', 'app 3>4 1MB, app 4>5 1MB'], ['patch app4>app5', 'full']],
    ['patches that go round in circles', ['app2', 'app 2>3 1MB, app 3>2 1MB, app 3>4 1MB'], ['full']],
    ['a patch onto itself', ['app4', 'app 5>5 1kB, app 4>5 1MB'], ['patch app4>app5', 'full']],
    ['no more than three routes of patches', ['app1 app2 app3 app4', 'app 1>5 1MB, app 2>5 2MB, app 3>5 3MB, app 4>5 4MB'], ['patch app1>app5', 'patch app2>app5', 'patch app3>app5', 'full']],
    ['few blocks, no patch', ['app1', '', { blocks: cheapBlocks }], ['blocks', 'full']],
    ['few blocks before a large patch', ['app4', 'app 4>5 9MB', { blocks: cheapBlocks }], ['blocks', 'patch app4>app5', 'full']],
    ['a patch before many blocks', ['app4', 'app 4>5 2MB', { blocks: dearBlocks }], ['patch app4>app5', 'blocks', 'full']],
    ['many requests cost more than the full download', ['app4', '', { blocks: { fetchBytes: 30 * MB, requests: 400 } }], ['full', 'blocks']],
    ['patches of another file do not help', ['app4', 'lib 4>5 1MB'], ['full']],
  ])('%s', (_, [here, patches, more], expected) => expect(ask(here, patches, more)).toEqual(expected));
});

describe('two files', () => {
  const wanted = [{ path: 'app', sha256: 'app5', size: 100 * MB }, { path: 'lib', sha256: 'lib5', size: 100 * MB }];
  test.each<[string, readonly [string, string], readonly string[]]>([
    ['a patch for each', ['app4 lib4', 'app 4>5 1MB, lib 4>5 1MB'], ['patch app4>app5 lib4>lib5', 'full']],
    ['one is the same as before', ['app4 lib5', 'app 4>5 1MB'], ['patch app4>app5', 'full']],
    ['one without a patch spoils the route', ['app4 lib4', 'app 4>5 1MB'], ['full']],
    ['one directly, one by a chain', ['app4 lib3', 'app 4>5 1MB, lib 3>4 1MB, lib 4>5 1MB'], ['chain app4>app5 lib3>lib4 lib4>lib5', 'full']],
  ])('%s', (_, [here, patches], expected) => expect(ask(here, patches, { wanted })).toEqual(expected));
});

test('a route says what it downloads and in how many requests', () => {
  const question: RouteQuestion = { wanted: [{ path: 'app', sha256: 'app5', size: 100 * MB }], here: new Set(['app3']), patches: [patch('app 3>4 1MB'), patch('app 4>5 2MB')], blocks: { fetchBytes: 7 * MB, requests: 3 }, fullSize: 35 * MB };
  expect(routes(question).map(({ kind, bytes, requests }) => [kind, bytes, requests])).toEqual([['blocks', 7 * MB, 3], ['chain', 3 * MB, 2], ['full', 35 * MB, 1]]);
});

test('a free machine prefers fewer bytes: prices are the caller\'s', () => {
  const question: RouteQuestion = { wanted: [{ path: 'app', sha256: 'app5', size: 100 * MB }], here: new Set(['app3']), patches: [patch('app 3>4 1MB'), patch('app 4>5 2MB'), patch('app 3>5 4MB')], fullSize: 35 * MB };
  expect(routes(question, { request: 0, patched: 0, rebuilt: 0, unpacked: 0 }).map(show)).toEqual(['chain app3>app4 app4>app5', 'patch app3>app5', 'full']);
});
