/**
 * The `.install` file: a release as plain text, one fact a line, for a shell script that installs the program where
 * nothing can read JSON yet. It names what everybody may have: the newest release that is neither yanked nor held back
 * for a share of the installations.
 */
import { SlipwayError, type Candidate, type ChannelRecord, type ReleaseRecord } from '@slipway/core';

/** The candidate that a new installation gets, if there is one. */
export function installCandidate({ candidates, yanked, revoked, recallTo }: ChannelRecord): Candidate | undefined {
  const withdrawn = new Set([...yanked, ...revoked]);
  const open = candidates.find(({ version, rollout }) => !withdrawn.has(version) && (rollout === undefined || rollout.percent === 100));
  return open ?? recallTo;
}

/** docs/formats/repository.md has the grammar. */
export function installFile(product: string, { record: { sha256, size } }: Candidate, release: ReleaseRecord): string {
  const lines = release.components.map((component) => {
    if (component.kind === 'file') return `file ${component.mode.toString(8)} ${component.size} ${component.sha256} gzip ${component.full.size} ${component.full.sha256} ${component.path}`;
    if (component.to.includes(' ')) throw new SlipwayError('INTERNAL', `the link ${component.path} leads to "${component.to}", which has a space`);
    return `link ${component.to} ${component.path}`;
  });
  return ['slipway-install 1', `product ${product}`, `version ${release.version}`, `record ${sha256} ${size}`, ...lines, 'end', ''].join('\n');
}
