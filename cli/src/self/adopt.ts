/** `adopt`: what install.sh calls when it has laid down a version. Not meant to be typed. */
import { SlipwayError } from '@slipway/core';
import { adopt, installedAt } from '@slipway/updater';
import type { Answer, SelfContext } from './answer.ts';

export async function selfAdopt({ ports, descriptor, executable }: SelfContext): Promise<Answer> {
  const installed = installedAt(executable);
  if (installed === undefined) throw new SlipwayError('NOT_INSTALLED', `${executable} is not where an installer puts it`);
  const { confirmed } = await adopt(ports, installed.layout, descriptor);
  return { data: { outcome: 'adopted', version: confirmed.version }, text: `${descriptor.product} ${confirmed.version} runs from now on.` };
}
