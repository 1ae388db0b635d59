/** The bill of materials against CycloneDX's own validator; the statement against the shape that SLSA describes. */
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { basePackage, bunLicense, type BuiltTarget, type BundledPackage } from '@slipway/compile';
import { parseVersion, type Artifact, type Plan, type Product, type ResolvedConfig } from '@slipway/core';
import { z } from 'zod';
import type { Project } from '../project/load.ts';
import { isSpdx, materialsOf, npmPurl, unlicensed } from './material.ts';
import { thirdPartyNotices } from './notices.ts';
import { provenance } from './provenance.ts';
import { billOfMaterials } from './sbom.ts';

const product: Product = { name: 'tool', version: parseVersion('1.4.0'), description: 'Does things', license: 'MIT', repository: 'https://github.com/acme/tool', keywords: [] };
const packages: readonly BundledPackage[] = [
  { name: '@s/a', version: '1.0.0', license: 'MIT', texts: [{ name: 'LICENSE', text: 'A’s licence\n' }] },
  { name: 'b', version: '2.0.0-rc.1+x', license: '(MIT OR Apache-2.0)', texts: [] },
  { name: 'c', version: '3.0.0', license: 'SEE LICENSE IN terms', texts: [{ name: 'LICENSE', text: 'C’s own terms\n' }] },
  { name: 'd', version: '4.0.0', texts: [] },
];
const build = { bytecode: true, minify: true, external: [], define: {}, windows: {} };
const built = [
  { target: 'linux-x64', packages, reused: true },
  { target: 'windows-x64', packages: packages.slice(0, 1), reused: true },
  { target: 'darwin-arm64', reused: true },
] as unknown as readonly BuiltTarget[];
const materials = materialsOf(built, 'tool', build);
const artifact = (target: string, name: string): Artifact => ({ id: `bin:${target}:${name}`, type: 'binary', path: `bin/${target}/${name}`, name, target: target as 'linux-x64', size: 1, sha256: 'a'.repeat(64) });
const executables = [artifact('linux-x64', 'tool'), artifact('windows-x64', 'tool'), artifact('windows-x64', 'toold'), artifact('darwin-arm64', 'tool')];
const plan: Plan = {
  format: 1, product: { name: 'tool', version: '1.4.0' }, date: 1_700_000_000, executable: { name: 'tool', aliases: ['toold'] }, targets: ['linux-x64'],
  selected: { targets: ['linux-x64'], wrappers: ['archive'] }, artifacts: [], skipped: [], identifiers: [],
};
const bill = (of = materials) => billOfMaterials(product, plan, executables, of) as { readonly serialNumber: string; readonly components: readonly Record<string, unknown>[]; readonly dependencies: readonly unknown[]; readonly compositions: readonly unknown[] };

describe('the bill of materials', () => {
  test('is what CycloneDX’s strict validator accepts', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(bill()))).toBeNull();
    expect(await validator.validate(JSON.stringify({ ...bill(), components: [{ type: 'librarian' }] }))).not.toBeNull();
  });

  test('has every executable, every package and every runtime, once', () => {
    expect(bill().components.map((one) => one['bom-ref'])).toEqual([
      ...executables.map(({ path }) => path), 'pkg:npm/%40oven/bun-linux-x64@1.4.5', 'pkg:npm/%40oven/bun-windows-x64@1.4.5',
      'pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0-rc.1%2Bx', 'pkg:npm/c@3.0.0', 'pkg:npm/d@4.0.0',
    ]);
    expect(bill().dependencies).toContainEqual({ ref: 'bin/windows-x64/tool', dependsOn: ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/%40oven/bun-windows-x64@1.4.5'] });
  });

  test('says of what was built elsewhere that its content is not known', () => {
    expect(bill().compositions).toEqual([{ aggregate: 'complete', dependencies: ['bin/linux-x64/tool', 'bin/windows-x64/tool'] }, { aggregate: 'unknown', dependencies: ['bin/darwin-arm64/tool'] }]);
  });

  test('is the same for the same build, and has another number for another', () => {
    expect(bill()).toEqual(bill());
    expect(bill().serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bill(materials.slice(0, 1)).serialNumber).not.toBe(bill().serialNumber);
  });

  test.each([
    ['an expression', '@s/a', { expression: 'MIT' }], ['a choice', 'b', { expression: '(MIT OR Apache-2.0)' }],
    ['words and a text', 'c', { license: { name: 'SEE LICENSE IN terms', text: { contentType: 'text/plain', content: 'C’s own terms\n' } } }],
  ])('has a licence that is %s', (_, name, license) => {
    const [scope, base] = name.startsWith('@') ? name.split('/') : [undefined, name];
    expect(bill().components.find((one) => one['name'] === base && one['group'] === scope)).toMatchObject({ licenses: [license] });
  });
});

test('what states no licence is found, once', () => {
  expect(unlicensed([...materials, ...materials]).map(({ name }) => name)).toEqual(['d']);
});

test('what a program carries as text counts, and the product itself does not', () => {
  const carried = JSON.stringify({ packages: [{ name: 'tool', version: '1', texts: [] }, { name: 'tuf-js', version: '6.0.0', license: 'MIT', texts: [] }] });
  const names = materialsOf(built.slice(1, 2), 'tool', { ...build, define: { SLIPWAY_INJECTED: carried } })[0]?.content?.packages.map(({ name }) => name);
  expect(names).toEqual(['@s/a', 'tuf-js']);
});

test('notices hold every licence text, and say where there is none', () => {
  const text = thirdPartyNotices(product, materials[0] as (typeof materials)[0]) ?? '';
  for (const part of ['Third-party notices of tool 1.4.0', '@s/a 1.0.0\nLicence: MIT\n\nLICENSE:\n\nA’s licence\n', 'b 2.0.0-rc.1+x\nLicence: (MIT OR Apache-2.0)\nIts package holds no text', 'C’s own terms', 'd 4.0.0\nIt states no licence.', `Bun ${basePackage('linux-x64').version}\nLicence: MIT`]) expect(text).toContain(part);
  expect(thirdPartyNotices(product, { target: 'linux-x64' })).toBeUndefined();
});

test('the runtime’s own package still declares the licence that is told, and still holds no text', () => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve(`@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : 'x64'}/package.json`));
  expect((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { license: string }).license).toBe(bunLicense.expression);
  expect(readdirSync(folder).filter((name) => /licen[cs]e|notice/i.test(name))).toEqual([]);
});

test.each([['MIT', true], ['MIT OR (ISC AND 0BSD)', true], ['Apache-2.0 WITH LLVM-exception', true], ['SEE LICENSE IN x', false], ['', false], ['Commercial', false]])('%j is an SPDX expression: %s', (text, expected) => {
  expect(isSpdx(text)).toBe(expected);
});

test.each([[{ name: 'a', version: '1.0.0' }, 'pkg:npm/a@1.0.0'], [{ name: '@s/a', version: '1.0.0+b' }, 'pkg:npm/%40s/a@1.0.0%2Bb']])('the package URL of %j is %s', (one, purl) => {
  expect(npmPurl(one)).toBe(purl);
});

/** https://slsa.dev/spec/v1.0/provenance and in-toto's ResourceDescriptor: a name, an address or a digest at least. */
const digest = z.union([z.strictObject({ gitCommit: z.string().regex(/^[0-9a-f]{40}$/) }), z.strictObject({ sha512: z.string().regex(/^[0-9a-f]{128}$/) })]);
const statementSchema = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) })).min(1),
  predicateType: z.literal('https://slsa.dev/provenance/v1'),
  predicate: z.strictObject({
    buildDefinition: z.strictObject({ buildType: z.url(), externalParameters: z.record(z.string(), z.unknown()), resolvedDependencies: z.array(z.object({ uri: z.string().optional(), name: z.string().optional(), digest })) }),
    runDetails: z.strictObject({ builder: z.strictObject({ id: z.url(), version: z.record(z.string(), z.string()) }) }),
  }),
});

test('the statement has every artifact as its subject, and the commit and the runtimes as what it was made of', () => {
  const project = { root: '/p', source: '/p/slipway.config.ts', commit: { hash: 'f'.repeat(40), date: 1 }, config: { product } as ResolvedConfig } satisfies Project;
  const statement = statementSchema.parse(provenance(project, plan, executables, materials));
  expect(statement.subject.map(({ name }) => name)).toEqual(executables.map(({ path }) => path));
  expect(statement.predicate.buildDefinition.externalParameters).toEqual({ source: 'https://github.com/acme/tool', configuration: 'slipway.config.ts', version: '1.4.0', targets: ['linux-x64'], wrappers: ['archive'] });
  expect(statement.predicate.buildDefinition.resolvedDependencies).toEqual([
    { uri: 'git+https://github.com/acme/tool', digest: { gitCommit: 'f'.repeat(40) } },
    { uri: 'pkg:npm/%40oven/bun-linux-x64@1.4.5', digest: { sha512: basePackage('linux-x64').sha512 } },
    { uri: 'pkg:npm/%40oven/bun-windows-x64@1.4.5', digest: { sha512: basePackage('windows-x64').sha512 } },
  ]);
});
