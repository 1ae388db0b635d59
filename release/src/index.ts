/** The signing side: keys, the release repository, and every change to it as one transaction. */
export { expiringSoon, type Expiring } from './changes/resign.ts';
export { promote, rollout, unyank, yank, type OfferOutcome, type YankChoices } from './changes/offers.ts';
export { newTargets, release, type BuiltComponent, type BuiltRelease, type ReleaseChoices, type ReleaseOutcome } from './changes/release.ts';
export { checkPercent } from './changes/share.ts';
export { installerFiles } from './installer/installer.ts';
export { rootFileName, type TrustPlaces } from './keys/documents.ts';
export { KeyFolder } from './keys/key-folder.ts';
export { KeyRing } from './keys/key-ring.ts';
export { initKeys, listKeys, renewTrust, revokeKey, rotateKey, type KeyContext, type KeyRow } from './keys/keys.ts';
export { type PassphraseSource } from './keys/passphrase.ts';
export { checkChannelName } from './keys/role.ts';
export { changeRepository, type ChangeOptions, type Publisher, type View } from './repository/change.ts';
export { type Installer, type InstallerFacts } from './repository/derived.ts';
export { type RepositoryPorts } from './repository/ports.ts';
export { serveFolder, type Served } from './serve/serve.ts';
