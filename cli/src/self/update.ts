/** `update`: the newest version, or the one that is asked for. */
import { update, type Updated, type UpdateProgress } from '@slipway/updater';
import type { Answer, SelfContext } from './answer.ts';
import { requireInstalled } from './place.ts';

export interface UpdateOptions {
  readonly check: boolean;
  readonly channel?: string;
  readonly version?: string;
}

export async function selfUpdate(context: SelfContext, options: UpdateOptions): Promise<Answer> {
  const place = requireInstalled(context);
  if (place.kind === 'answer') return place.answer;
  const { ports, descriptor, progress } = context;
  const { check, ...which } = options;
  const updated = await update(ports, place.layout, descriptor, { explicit: !check, checkOnly: check, ...which, report: (step) => progress(progressLine(step)) });
  progress('');
  return answer(context, place.version, updated);
}

function progressLine(progress: UpdateProgress): string {
  switch (progress.step) {
    case 'check':
      return 'Looking for a newer version…';
    case 'fetch':
      return `Downloading ${progress.version}: ${Math.floor((100 * progress.done) / Math.max(progress.total, 1))}% of ${amount(progress.total)}`;
    case 'stage':
      return 'Checking what was downloaded…';
    case 'probe':
      return 'Trying it out…';
  }
}

export const amount = (bytes: number): string => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);

function answer({ descriptor: { product }, typed }: SelfContext, current: string, updated: Updated): Answer {
  const { outcome } = updated;
  switch (outcome) {
    case 'upToDate': {
      const { withdrawn } = updated;
      const text = withdrawn ? `${product} ${current} was withdrawn by its publisher, and there is no other version to go to yet.` : `${product} ${current} is the newest version.`;
      return { data: { outcome, version: current, withdrawn }, text };
    }
    case 'notInRollout':
      return { data: { outcome, current, version: updated.version }, text: `${product} ${updated.version} is being offered step by step, and not to this installation yet. To have it now: ${typed('update')} --version ${updated.version}` };
    case 'held':
      return held(product, current, typed, updated);
    case 'available': {
      const { release: { version, notes, severity }, why } = updated;
      return { data: { outcome, current, version, why, severity, ...(notes === undefined ? {} : { notes }) }, text: `${product} ${version} is available${why === 'recall' ? `: ${current} was withdrawn by its publisher` : ` (this is ${current})`}. To get it: ${typed('update')}` };
    }
    case 'onTrial': {
      const { release: { version }, why, from, already } = updated;
      const ready = already ? 'is ready already' : 'is ready';
      return { data: { outcome, current: from, version, why, already }, text: `${product} ${version} ${ready}. The next start runs it; ${from} stays until it has proved itself.` };
    }
    case 'refused': {
      const { release: { version }, probe: { cause, reason } } = updated;
      return { data: { outcome, current, version, cause, reason }, text: `${product} ${version} was not taken: it ${reason}. ${current} stays.`, code: 1 };
    }
  }
}

function held(product: string, current: string, typed: SelfContext['typed'], updated: Extract<Updated, { outcome: 'held' }>): Answer {
  const { outcome, why, version } = updated;
  const now = `To have it all the same: ${typed('update')} --version ${version}`;
  switch (why) {
    case 'paused':
      return { data: { outcome, why, current, version }, text: `Updates are paused by the publisher. The next one is ${version}. ${now}` };
    case 'setAside':
      return { data: { outcome, why, current, version }, text: `${product} ${version} did not run here before and is not taken again by itself. ${now}` };
    case 'minFrom':
      return { data: { outcome, why, current, version, minFrom: updated.minFrom }, text: `${product} ${version} can only be reached from ${updated.minFrom} or newer, and no such version is offered to ${current}.` };
  }
}
