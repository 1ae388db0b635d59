/** `slipway resign`: the scheduled job that keeps a repository from expiring, and says when somebody must come. */
import { changeRepository, expiringSoon, type Expiring } from '@slipway/release';
import { openPublisher, print, type RepositoryArguments } from '../publisher/publisher.ts';

export async function resign(args: RepositoryArguments & { readonly channel: readonly string[] | undefined }): Promise<number> {
  const publisher = openPublisher(args);
  const renew = args.channel ?? [];
  const expiring = await changeRepository(publisher, { renew }, (draft, view): readonly Expiring[] => {
    for (const channel of renew) draft.records(channel); // a channel that does not exist is an error, not nothing to do
    return expiringSoon(view, renew, publisher.ports.clock.now());
  });
  const signed = ['timestamp', 'snapshot', ...renew];
  print(args.json, { signed, expiring }, `Signed again: ${signed.join(', ')}\n${expiring.map(alarm).join('')}`);
  return expiring.length === 0 ? 0 : 1;
}

function alarm({ role, expires, days }: Expiring): string {
  const what = role === 'root' || role === 'targets' ? 'slipway keys renew' : `slipway resign --channel ${role}`;
  return `${role} ${days < 0 ? 'expired' : `expires in ${days} days,`} on ${expires.slice(0, 10)}: ${what}\n`;
}
