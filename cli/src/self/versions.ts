/** `versions`: what is installed, and what each is to the next start. */
import { installedVersions, requireState, type State } from '@slipway/updater';
import { table } from '../report/table.ts';
import type { Answer, SelfContext } from './answer.ts';
import { requireInstalled } from './place.ts';

export async function selfVersions(context: SelfContext): Promise<Answer> {
  const place = requireInstalled(context);
  if (place.kind === 'answer') return place.answer;
  const { ports } = context;
  const state = requireState(ports, place.layout);
  const versions = installedVersions(ports, place.layout, state).map(({ record: { version, date }, sha256 }) => ({ version, date: new Date(date * 1000).toISOString().slice(0, 10), ...roleOf(state, sha256) }));
  const rows = versions.map(({ version, date, role, reason }) => [version, date, roleText[role] + (reason === undefined ? '' : `: ${reason}`)]);
  return { data: { outcome: 'versions', channel: state.channel, versions }, text: table(['version', 'issued', ''], rows).trimEnd() };
}

const roleText = { current: 'runs now', trial: 'on trial: the next start runs it', previous: 'ran before', setAside: 'set aside', other: 'not in use' };

function roleOf({ confirmed, trial, previous, setAside }: State, record: string): { readonly role: keyof typeof roleText; readonly reason?: string } {
  if (record === confirmed.record) return { role: 'current' };
  if (record === trial?.record) return { role: 'trial' };
  const reason = setAside.find((one) => one.record === record)?.reason;
  if (reason !== undefined) return { role: 'setAside', reason };
  return { role: record === previous?.record ? 'previous' : 'other' };
}
