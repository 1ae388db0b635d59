/** What an executable is made of, as bills of materials and notices tell it. */
import parseExpression from 'spdx-expression-parse';
import { z } from 'zod';
import { basePackage, bundledPackageSchema, type BasePackage, type BuiltTarget, type BundledPackage } from '@slipway/compile';
import type { BuildOptions, TargetId } from '@slipway/core';

export interface Material {
  readonly target: TargetId;
  /** Undefined where nobody knows what is inside. */
  readonly content?: { readonly packages: readonly BundledPackage[]; readonly runtime: BasePackage };
}

const carried = z.object({ packages: z.array(bundledPackageSchema) });

/**
 * Slipway itself also carries, as text, what it puts into other programs; that this is of other packages' code is told
 * by the constant it is in.
 */
function carriedPackages({ define }: BuildOptions): readonly BundledPackage[] {
  const text = define['SLIPWAY_INJECTED'];
  const read = text === undefined ? undefined : carried.safeParse(JSON.parse(text));
  return read?.success === true ? read.data.packages : [];
}

export function materialsOf(built: readonly BuiltTarget[], product: string, build: BuildOptions): readonly Material[] {
  const more = carriedPackages(build);
  return built.map(({ target, packages }) => {
    if (packages === undefined) return { target };
    const all = new Map([...packages, ...more].filter(({ name }) => name !== product).map((one) => [`${one.name}@${one.version}`, one]));
    const sorted = [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    return { target, content: { packages: sorted, runtime: basePackage(target) } };
  });
}

/** Packages that say nothing about their licence, in no field and no file; each once. */
export function unlicensed(materials: readonly Material[]): readonly BundledPackage[] {
  const found = materials.flatMap(({ content }) => content?.packages ?? []).filter(({ license, texts }) => license === undefined && texts.length === 0);
  return [...new Map(found.map((one) => [`${one.name}@${one.version}`, one])).values()];
}

/** Whether a licence is an SPDX expression. */
export function isSpdx(license: string): boolean {
  try {
    parseExpression(license);
    return true;
  } catch {
    return false; // npm's "SEE LICENSE IN …", and whatever else people write
  }
}

/** https://github.com/package-url/purl-spec, type npm. */
export function npmPurl({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
}
