/**
 * The three manifests of a version for winget (schema 1.12), in the folders that its community repository has. The
 * executable is a portable command in the zip.
 */
import { type PlannedArtifact, type PlannedFile, type Release, type Target, type Wrapper } from '@slipway/core';
import { withDigests } from '../manifest/digest-text.ts';
import { installs, offersOf } from '../manifest/offer.ts';
import { identityOf } from './identity.ts';
import { defaultLocale, installer, versionFile } from './manifests.ts';
import { options } from './options.ts';

export const winget: Wrapper<typeof options> = {
  name: 'winget',
  summary: 'winget manifests for Windows, which install the zip archives',
  options,
  needs: ['archive'],
  pack(release, chosen) {
    const identity = identityOf(release, chosen);
    const untold = typeof identity === 'string' ? identity : undefined;
    const { offers, skipped } = offersOf(release, chosen.download, (target, archive) => unfit(target, archive) ?? untold);
    if (offers.length === 0 || typeof identity === 'string') return { files: [], skipped };
    const folder = folderOf(identity.identifier, release);
    const file = (id: string, suffix: string, text: string): PlannedFile => ({
      id: `winget:${id}`,
      type: 'manifest',
      path: `${folder}/${identity.identifier}${suffix}.yaml`,
      wrapper: 'winget',
      installs: installs(offers),
      content: { kind: 'text', text: withDigests(text) },
    });
    return {
      files: [
        file('installer', '.installer', installer(release, identity, offers)),
        file('locale', '.locale.en-US', defaultLocale(release, identity)),
        file('version', '', versionFile(release, identity)),
      ],
      skipped,
    };
  },
};

/** `manifests/a/Acme/Tool/1.4.0` of microsoft/winget-pkgs. */
function folderOf(identifier: string, { product }: Release): string {
  return `winget/manifests/${identifier.charAt(0).toLowerCase()}/${identifier.replaceAll('.', '/')}/${product.version.text}`;
}

function unfit({ winget: place }: Target, archive: PlannedArtifact | undefined): string | undefined {
  if (place === undefined) return 'winget serves Windows';
  return archive === undefined || archive.path.endsWith('.zip') ? undefined : 'winget unpacks zip archives only';
}
