/** Where package managers find the archives that a manifest names. */
import { type PlannedArtifact, type Product } from '@slipway/core';
import { z } from 'zod';

const variables = ['name', 'version', 'target', 'file'];

/** The option that every manifest's wrapper has. */
export const downloadOption = z
  .string()
  .regex(/^https?:\/\/[^\s"']+$/, 'must be a web address')
  .refine((template) => unknownVariables(template).length === 0, { error: ({ input }) => `uses ${unknownVariables(String(input)).join(', ')}; the variables are ${variables.map((name) => `{${name}}`).join(' ')}` })
  .optional()
  .describe('Address of an archive. Variables: {name} {version} {target} {file}. Default: the asset of that name of the release v{version}, where the repository is on GitHub');

function unknownVariables(template: string): readonly string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].filter(([, name]) => !variables.includes(name ?? '')).map(([whole]) => whole);
}

/** A repository on GitHub, in parts. */
export interface GithubRepository {
  readonly owner: string;
  readonly url: string;
}

export function githubRepository({ repository }: Product): GithubRepository | undefined {
  const [url, owner] = /^https:\/\/github\.com\/([^/]+)\/[^/]+?(?=(\.git)?\/?$)/.exec(repository ?? '') ?? [];
  return url === undefined || owner === undefined ? undefined : { url, owner };
}

/** The address of an archive, or undefined where neither the publisher nor the repository tells it. */
export function downloadAddress(product: Product, archive: PlannedArtifact, template: string | undefined): string | undefined {
  const github = githubRepository(product);
  const pattern = template ?? (github === undefined ? undefined : `${github.url}/releases/download/v{version}/{file}`);
  const values = new Map([
    ['name', product.name],
    ['version', product.version.text],
    ['target', archive.target ?? ''],
    ['file', archive.path.slice(archive.path.lastIndexOf('/') + 1)],
  ]);
  return pattern?.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''));
}
