import { bunLicense, bunVersion, type BundledPackage } from '@slipway/compile';
import type { Product } from '@slipway/core';
import type { Material } from './material.ts';

const rule = '='.repeat(80);

/** The names, licences and licence texts of everything in an executable that is not the publisher's. */
export function thirdPartyNotices({ name, version }: Product, { content }: Material): string | undefined {
  if (content === undefined) return undefined;
  const head = `Third-party notices of ${name} ${version.text}\n\nThis program contains the following software of others.\n`;
  return [head, ...content.packages.map(packageText), runtimeText()].join(`\n${rule}\n`);
}

function packageText({ name, version, license, texts }: BundledPackage): string {
  const stated = license === undefined ? 'It states no licence.' : `Licence: ${license}`;
  const body = texts.map(({ name: file, text }) => `\n${file}:\n\n${text.trim()}\n`).join('');
  return `${name} ${version}\n${stated}\n${body === '' && license !== undefined ? 'Its package holds no text of the licence.\n' : body}`;
}

/** As far as its npm packages tell, which hold no text. */
function runtimeText(): string {
  return `Bun ${bunVersion}\nLicence: ${bunLicense.expression}\nIts package holds no text of the licence. The text, and the licences of the software that Bun contains:\n${bunLicense.page}\n`;
}
