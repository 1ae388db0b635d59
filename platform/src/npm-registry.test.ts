import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { tarballAddress } from './npm-registry.ts';

const root = mkdtempSync(join(tmpdir(), 'slipway-npmrc-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

const official = 'https://registry.npmjs.org/@oven/bun-linux-x64/-/bun-linux-x64-1.4.5.tgz';
const at = (base: string): string => `${base}@oven/bun-linux-x64/-/bun-linux-x64-1.4.5.tgz`;

test.each<[what: string, project: string, user: string, environment: Readonly<Record<string, string>>, url: string, headers: Readonly<Record<string, string>>]>([
  ['nothing is set', '', '', {}, official, {}],
  ['the user has a mirror', '', 'registry=https://mirror.example/npm', {}, at('https://mirror.example/npm/'), {}],
  ['the project has another', 'registry=https://project.example/', 'registry=https://mirror.example/npm', {}, at('https://project.example/'), {}],
  ['the environment wins', 'registry=https://project.example/', '', { npm_config_registry: 'https://env.example/' }, at('https://env.example/'), {}],
  ['the scope has its own', 'registry=https://project.example/\n@oven:registry=https://oven.example/', '', {}, at('https://oven.example/'), {}],
  ['the host has a token from the environment', 'registry=https://project.example/npm/\n//project.example/npm/:_authToken=${TOKEN}', '', { TOKEN: 's3cret' }, at('https://project.example/npm/'), { authorization: 'Bearer s3cret' }],
  ['a token is for a path above', 'registry=https://project.example/a/b/\n//project.example/:_authToken=t', '', {}, at('https://project.example/a/b/'), { authorization: 'Bearer t' }],
  ['a token is for another host', 'registry=https://project.example/\n//other.example/:_authToken=t', '', {}, at('https://project.example/'), {}],
])('the runtime comes from where npm would take it when %s', (_, project, user, environment, url, headers) => {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  writeFileSync(join(folder, '.npmrc'), project);
  writeFileSync(join(folder, 'user'), user);
  expect(tarballAddress('@oven/bun-linux-x64', '1.4.5', folder, { ...environment, npm_config_userconfig: join(folder, 'user') })).toEqual({ url, headers });
});

test('a setting that is no address is told', () => {
  const environment = { npm_config_registry: 'mirror', npm_config_userconfig: join(root, 'nothing') };
  expect(() => tarballAddress('@oven/bun-linux-x64', '1.4.5', root, environment)).toThrow('the npm registry setting "mirror" is no address');
});
