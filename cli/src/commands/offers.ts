/** `slipway promote`, `rollout`, `yank`, `unyank`: what a channel offers, by signing a pointer and nothing more. */
import { SlipwayError } from '@slipway/core';
import { randomPort } from '@slipway/platform';
import { changeRepository, checkPercent, promote as promoteTo, rollout as rollOut, unyank as takeBack, yank as withdraw, type OfferOutcome } from '@slipway/release';
import { openPublisher, print, type RepositoryArguments } from '../publisher/publisher.ts';

/** `release` is a version. */
type VersionArguments = RepositoryArguments & { readonly release: string };
type ChannelArguments = VersionArguments & { readonly channel: string };

export async function promote(args: VersionArguments & { readonly from: string; readonly 'to-channel': string }): Promise<number> {
  const { release: version, from, 'to-channel': target, json } = args;
  if (from === target) throw new SlipwayError('USAGE', `--from and --to-channel are both ${from}`, { hint: 'Name two channels.' });
  const outcome = await changeRepository(openPublisher(args), {}, (draft) => promoteTo(draft, version, from, target));
  return done(json, outcome, `${version} is in ${target} now`, `${version} is in ${target} already`);
}

export async function rollout(args: ChannelArguments & { readonly percent: number }): Promise<number> {
  const { release: version, channel, json } = args;
  const percent = checkPercent(args.percent);
  const outcome = await changeRepository(openPublisher(args), {}, (draft) => rollOut(draft, version, percent, channel, randomPort.bytes));
  return done(json, outcome, `${version} is offered to ${percent}% of ${channel} now`, `${version} is offered to ${percent}% of ${channel} already`);
}

export async function yank(args: ChannelArguments & { readonly revoke: boolean; readonly 'recall-to': string | undefined }): Promise<number> {
  const { release: version, channel, json, revoke, 'recall-to': recallTo } = args;
  const outcome = await changeRepository(openPublisher(args), {}, (draft) => withdraw(draft, version, channel, { revoke, ...(recallTo === undefined ? {} : { recallTo }) }));
  const back = recallTo === undefined ? '' : `; who has it goes to ${recallTo}`;
  return done(json, outcome, `${version} is ${revoke ? 'revoked' : 'yanked'} in ${channel}${back}`, `${version} was ${revoke ? 'revoked' : 'yanked'} in ${channel} already`);
}

export async function unyank(args: ChannelArguments): Promise<number> {
  const { release: version, channel, json } = args;
  const outcome = await changeRepository(openPublisher(args), {}, (draft) => takeBack(draft, version, channel));
  return done(json, outcome, `${version} is offered in ${channel} again`, `${version} is not yanked in ${channel}`);
}

function done(json: boolean, outcome: OfferOutcome, changed: string, unchanged: string): number {
  print(json, outcome, outcome.outcome === 'changed' ? `${changed}: ${outcome.targets.join(', ')}\n` : `${unchanged}\n`);
  return 0;
}
