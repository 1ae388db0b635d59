/**
 * The bill of materials, CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): every executable, whose code is bundled
 * in it, and the runtime. Nothing is taken from the clock or at random, so the same build gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { bunLicense, type BasePackage, type BundledPackage } from '@slipway/compile';
import type { Artifact, Plan, Product } from '@slipway/core';
import { version as slipwayVersion } from '../version.ts';
import { isSpdx, npmPurl, type Material } from './material.ts';

type Json = Readonly<Record<string, unknown>>;

/** `executables` are the artifacts in dist/bin. */
export function billOfMaterials(product: Product, plan: Plan, executables: readonly Artifact[], materials: readonly Material[]): Json {
  const root = `pkg:generic/${encodeURIComponent(product.name)}@${encodeURIComponent(product.version.text)}`;
  const files = executables.map((artifact) => ({ artifact, material: materials.find(({ target }) => target === artifact.target), main: artifact.id.endsWith(`:${plan.executable.name}`) }));
  const known = files.filter(({ material, main }) => main && material?.content !== undefined);
  const body = {
    metadata: {
      timestamp: new Date(plan.date * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'slipway', version: slipwayVersion }] },
      component: {
        type: 'application', 'bom-ref': root, name: product.name, version: product.version.text,
        ...(product.description === '' ? {} : { description: product.description }),
        ...licenses(product.license, []),
        purl: root,
      },
    },
    components: [...files.map(({ artifact }) => file(artifact)), ...unique(materials.flatMap(components))],
    dependencies: [
      { ref: root, dependsOn: executables.map(({ path }) => path) },
      ...known.map(({ artifact, material }) => ({ ref: artifact.path, dependsOn: components(material as Material).map(({ 'bom-ref': ref }) => ref) })),
    ],
    compositions: [
      ...composition('complete', known.map(({ artifact }) => artifact.path)),
      ...composition('unknown', files.filter(({ material, main }) => main && material?.content === undefined).map(({ artifact }) => artifact.path)),
    ],
  };
  return { $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialNumber(body), version: 1, ...body };
}

function file({ path, sha256 }: Artifact): Json {
  return { type: 'file', 'bom-ref': path, name: path, hashes: [{ alg: 'SHA-256', content: sha256 }] };
}

type Component = Json & { readonly 'bom-ref': string };

function components({ content }: Material): readonly Component[] {
  return content === undefined ? [] : [...content.packages.map(library), runtime(content.runtime)];
}

function library(one: BundledPackage): Component {
  const purl = npmPurl(one);
  return { type: 'library', 'bom-ref': purl, ...named(one.name), version: one.version, ...licenses(one.license, one.texts), purl };
}

function runtime({ name, version, sha512 }: BasePackage): Component {
  const purl = npmPurl({ name, version });
  return {
    type: 'platform', 'bom-ref': purl, ...named(name), version, description: 'The runtime that the program is compiled onto',
    hashes: [{ alg: 'SHA-512', content: sha512 }], ...licenses(bunLicense.expression, []), purl,
    externalReferences: [{ type: 'license', url: bunLicense.page }],
  };
}

/** npm's scope is CycloneDX's group. */
function named(name: string): Json {
  const [scope, base] = name.split('/');
  return base === undefined ? { name } : { group: scope, name: base };
}

function licenses(license: string | undefined, texts: BundledPackage['texts']): Json {
  if (license !== undefined && isSpdx(license)) return { licenses: [{ expression: license }] };
  const [first] = texts;
  if (first !== undefined) return { licenses: [{ license: { name: license ?? first.name, text: { contentType: 'text/plain', content: first.text } } }] };
  return license === undefined ? {} : { licenses: [{ license: { name: license } }] };
}

function composition(aggregate: 'complete' | 'unknown', dependencies: readonly string[]): readonly Json[] {
  return dependencies.length === 0 ? [] : [{ aggregate, dependencies }];
}

function unique(all: readonly Component[]): readonly Component[] {
  return [...new Map(all.map((one) => [one['bom-ref'], one])).values()].toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
}

/** A UUID of the content (RFC 9562 §5.8, version 8): another number for another bill, the same for the same. */
function serialNumber(body: Json): string {
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `urn:uuid:${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
