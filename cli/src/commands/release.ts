/** `slipway release`: what is in dist/ becomes a release of a channel. */
import { availableParallelism } from 'node:os';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ioError, SlipwayError, type ReleaseRecord } from '@slipway/core';
import { randomPort } from '@slipway/platform';
import { changeRepository, checkPercent, installerFiles, newTargets, release as releaseTo, type ReleaseChoices, type Publisher, type ReleaseOutcome } from '@slipway/release';
import { projectFolder } from '../project/load.ts';
import { openBuilt, type Built } from '../publisher/built-release.ts';
import { openPublisher, print, warn, type RepositoryArguments } from '../publisher/publisher.ts';

export interface ReleaseArguments extends RepositoryArguments {
  readonly channel: string;
  readonly dist: string | undefined;
  readonly rollout: number;
  readonly notes: string | undefined;
  readonly severity: ReleaseRecord['severity'] | undefined;
  readonly 'dry-run': boolean;
}

export async function release(args: ReleaseArguments): Promise<number> {
  const { channel, severity, json, 'dry-run': dryRun } = args;
  const choices: ReleaseChoices = {
    channel,
    percent: checkPercent(args.rollout),
    randomBytes: randomPort.bytes,
    ...(args.notes === undefined ? {} : { notes: readNotes(resolve(args.notes)) }),
    ...(severity === undefined ? {} : { severity }),
  };
  const keys = openPublisher(args);
  const built = await openBuilt(args.dist === undefined ? join(projectFolder(process.cwd(), args.config) ?? process.cwd(), 'dist') : resolve(args.dist), availableParallelism() + 1);
  try {
    for (const note of built.notes) warn(note);
    const publisher = { ...keys, ...installerOf(built) };
    const outcome = await changeRepository(publisher, { create: true, dryRun }, (draft): ReleaseOutcome => {
      if (!dryRun) return releaseTo(draft, built, choices);
      const targets = newTargets(draft, built, choices);
      return { outcome: targets.length === 0 ? 'alreadyReleased' : 'released', version: built.version, channel, targets, payloadBytes: 0 };
    });
    print(json, { ...outcome, dryRun, deflatedBytes: built.deflatedBytes, repository: publisher.folder }, text(built.product, outcome, args));
  } finally {
    built.close();
  }
  return 0;
}

/** Scripts that install the program know where the repository will be; without an address there are none. */
function installerOf({ update }: Built): Pick<Publisher, 'installer'> {
  return update === undefined ? {} : { installer: (facts) => installerFiles({ ...facts, url: update.url, channel: update.channel }) };
}

function text(product: string, { outcome, version, channel, targets, payloadBytes }: ReleaseOutcome, { to, rollout, 'dry-run': dryRun }: ReleaseArguments): string {
  if (outcome === 'alreadyReleased') return `${product} ${version} is in ${channel} already, with the same files\n`;
  const share = rollout === 100 ? '' : `, offered to ${rollout}%`;
  const verb = dryRun ? 'would be released' : 'released';
  const size = dryRun ? '' : `, ${(payloadBytes / 1e6).toFixed(1)} MB of payloads`;
  return `${product} ${version} ${verb} to ${channel} in ${to}: ${targets.join(', ')}${share}${size}\n`;
}

/** As many characters as a record takes. */
const mostNotes = 16_384;

function readNotes(path: string): string {
  try {
    const notes = readFileSync(path, 'utf8');
    if (notes.length > mostNotes) throw new SlipwayError('USAGE', `${path} has ${notes.length} characters, at most ${mostNotes} fit into a release`, { hint: 'Shorten it, and link to the rest.' });
    return notes;
  } catch (error) {
    throw ioError(error, `read ${path}`);
  }
}
