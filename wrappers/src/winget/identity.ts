/** Who publishes what under which name: facts that winget asks for and the other ecosystems do without. */
import type { Release } from '@slipway/core';
import { githubRepository } from '../manifest/download.ts';
import { options, type WingetOptions } from './options.ts';

export interface Identity {
  readonly identifier: string;
  readonly publisher: string;
  readonly license: string;
  /** One sentence, 3 to 256 characters. */
  readonly description: string;
}

/** The identity, or which of its parts nobody has told. */
export function identityOf({ product }: Release, chosen: WingetOptions): Identity | string {
  const owner = githubRepository(product)?.owner;
  const identifier = chosen.identifier ?? (owner === undefined ? undefined : `${owner}.${product.name.replaceAll('.', '-')}`);
  const publisher = chosen.publisher ?? personOf(product.author) ?? owner;
  if (identifier === undefined || !options.shape.identifier.safeParse(identifier).success) return 'winget asks for a package identifier: set the option identifier';
  if (publisher === undefined || publisher.length < 2) return 'winget asks for a publisher: set the option publisher';
  if (product.license === undefined || product.license.length < 3) return 'winget asks for a licence';
  if (product.description.length < 3) return 'winget asks for a description';
  return { identifier, publisher, license: product.license, description: shortened(product.description) };
}

/** npm's `Name <address> (page)` without the address and the page. */
function personOf(author: string | undefined): string | undefined {
  const name = (author ?? '').replaceAll(/<[^>]*>|\([^)]*\)/g, '').trim();
  return name === '' ? undefined : name;
}

function shortened(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255).trimEnd()}…`;
}
