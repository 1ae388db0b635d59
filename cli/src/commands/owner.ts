import { findOwner } from '../owner/find-owner.ts';

/**
 * `slipway self owner` of a Slipway that was built without an update address: who installed this copy, and the command
 * that upgrades it. With an address, the commands that every such program has come before this one.
 */
export async function owner({ json }: { readonly json: boolean }): Promise<number> {
  const found = findOwner(process.execPath, 'slipway');
  if (json) process.stdout.write(`${JSON.stringify({ command: 'owner', outcome: found === undefined ? 'loose' : 'owned', ...found })}\n`);
  else if (found === undefined) process.stdout.write('No package manager claims this copy.\n');
  else process.stdout.write(`${found.owner}: ${found.package} ${found.version}\n${found.upgrade.length === 0 ? 'Replace it with a newer archive to upgrade.' : `Upgrade with: ${found.upgrade.join(' ')}`}\n`);
  return 0;
}
