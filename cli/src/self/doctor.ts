/** `doctor`: whether the installation is as it should be; with --repair, make it so. */
import { dirname } from 'node:path';
import { diagnose, repair, repairFiles, type Finding, type Installed, type Repair } from '@slipway/updater';
import type { Answer, SelfContext } from './answer.ts';
import { requireInstalled } from './place.ts';
import { readReceipt } from './receipt.ts';

export async function selfDoctor(context: SelfContext, options: { readonly repair: boolean }): Promise<Answer> {
  const place = requireInstalled(context);
  if (place.kind === 'answer') return place.answer;
  const before = findings(context, place);
  const repaired = options.repair && before.some(({ ok }) => !ok);
  if (repaired) await repairAll(context, place, before);
  const after = repaired ? findings(context, place) : before;
  const left = after.filter(({ ok }) => !ok);
  const summary = left.length === 0 ? (repaired ? 'All is well now.' : 'All is well.') : advice(context, left);
  return {
    data: { outcome: left.length > 0 ? 'damaged' : repaired ? 'repaired' : 'sound', findings: after.map(({ check, ok, message, repair }) => ({ check, ok, message, ...(repair?.kind === 'by hand' ? { hint: repair.hint } : {}) })) },
    text: [...after.map(line), summary].join('\n'),
    code: left.length === 0 ? 0 : 1,
  };
}

function findings(context: SelfContext, { layout, version }: Installed): readonly Finding[] {
  const { ports, descriptor: { names }, environment } = context;
  const binFolder = readReceipt(ports.fs, layout)?.bin ?? `${environment['HOME'] ?? dirname(layout.root)}/.local/bin`;
  return diagnose(ports, layout, version, { binFolder, names, searchPath: (environment['PATH'] ?? '').split(':') });
}

async function repairAll(context: SelfContext, { layout }: Installed, found: readonly Finding[]): Promise<void> {
  const { ports, descriptor, progress } = context;
  const left = await repair(ports, layout, descriptor, found);
  for (const wanted of left.filter((each): each is Extract<Repair, { kind: 'fetch' }> => each.kind === 'fetch')) {
    await repairFiles(ports, layout, descriptor.url, wanted.version, () => progress(`Fetching ${wanted.paths.join(', ')} of ${wanted.version.version}…`));
  }
  progress('');
}

function line({ ok, message, repair }: Finding): string {
  return `${ok ? 'ok   ' : 'wrong'}  ${message}${repair?.kind === 'by hand' ? `\n       ${repair.hint}` : ''}`;
}

function advice({ typed }: SelfContext, left: readonly Finding[]): string {
  const count = left.length === 1 ? 'One thing is' : `${left.length} things are`;
  return left.every(({ repair }) => repair === undefined || repair.kind === 'by hand') ? `${count} not as it should be.`.replace('things are not as it', 'things are not as they') : `${count.replace(/ (is|are)$/, '')} can be repaired: ${typed('doctor')} --repair`;
}
