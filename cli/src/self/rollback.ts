/** `rollback`: back to the version before, or to one that is named. Works offline. */
import { rollback } from '@slipway/updater';
import type { Answer, SelfContext } from './answer.ts';
import { requireInstalled } from './place.ts';

export async function selfRollback(context: SelfContext, version: string | undefined): Promise<Answer> {
  const place = requireInstalled(context);
  if (place.kind === 'answer') return place.answer;
  const { ports, descriptor: { product } } = context;
  const done = await rollback(ports, place.layout, version);
  switch (done.kind) {
    case 'switched':
      return {
        data: { outcome: 'switched', from: done.from, version: done.to, revoked: done.revoked },
        text: `${product} ${done.to} runs from now on, instead of ${done.from}.${done.revoked ? ` Its publisher has withdrawn ${done.to} for good: update as soon as you can.` : ''}`,
      };
    case 'trial ended':
      return { data: { outcome: 'trialEnded', dropped: done.version, version: done.confirmed }, text: `${product} ${done.version} is not tried any more. ${done.confirmed} stays.` };
    case 'already there':
      return { data: { outcome: 'alreadyThere', version: done.version }, text: `${product} ${done.version} is what runs already.` };
  }
}
