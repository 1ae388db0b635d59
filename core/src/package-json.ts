/**
 * What a package.json says about a product. Unknown shapes are ignored, never an error: it is another tool's file.
 */

export type PackageJson = Readonly<Record<string, unknown>>;

export interface PackageFacts {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly homepage?: string;
  readonly repository?: string;
  readonly author?: string;
  readonly keywords: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const field = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined);

export function packageFacts(json: PackageJson = {}): PackageFacts {
  const name = text(json['name'])?.replace(/^@[^/]+\//, '');
  const version = text(json['version']);
  const description = text(json['description']);
  const license = text(json['license']);
  const homepage = text(json['homepage']);
  const repository = repositoryAddress(text(json['repository']) ?? text(field(json['repository'], 'url')));
  const author = text(json['author']) ?? text(field(json['author'], 'name'));
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    ...(license === undefined ? {} : { license }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(repository === undefined ? {} : { repository }),
    ...(author === undefined ? {} : { author }),
    keywords: Array.isArray(json['keywords']) ? json['keywords'].filter((word) => typeof word === 'string') : [],
    bin: binEntries(json['bin'], name),
  };
}

/** A string `bin` is named after the package without its scope, as npm does it. */
function binEntries(bin: unknown, name: string | undefined): Readonly<Record<string, string>> {
  if (typeof bin === 'string') return name === undefined ? {} : { [name]: bin };
  if (typeof bin !== 'object' || bin === null) return {};
  return Object.fromEntries(Object.entries(bin).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** npm's short forms as a web address: `owner/repo`, `github:owner/repo`, `git+https://….git`, `git@host:owner/repo`. */
export function repositoryAddress(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const hosts: Readonly<Record<string, string>> = { github: 'github.com', gitlab: 'gitlab.com', bitbucket: 'bitbucket.org' };
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)$/.exec(written);
  if (short !== null) return `https://${hosts[short[1] ?? 'github']}/${short[2]}`;
  const ssh = /^(?:git\+)?(?:ssh:\/\/)?git@([^:/]+)[:/](.+?)(?:\.git)?$/.exec(written);
  if (ssh !== null) return `https://${ssh[1]}/${ssh[2]}`;
  return written.replace(/^git\+/, '').replace(/^git:/, 'https:').replace(/\.git$/, '');
}
