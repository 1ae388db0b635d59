/** `slipway completion` and `slipway manual`: made from the commands themselves, so that they cannot lag behind. */
import { bashCompletion } from '../help/bash.ts';
import { fishCompletion } from '../help/fish.ts';
import { manualPage } from '../help/manual.ts';
import { commandTree, type Definition } from '../help/command-tree.ts';
import { powershellCompletion } from '../help/powershell.ts';
import { zshCompletion } from '../help/zsh.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion, powershell: powershellCompletion };

export async function completion({ shell }: { readonly shell: keyof typeof scripts }, define: Definition): Promise<number> {
  process.stdout.write(scripts[shell](commandTree('slipway', define)));
  return 0;
}

export async function manual(define: Definition): Promise<number> {
  process.stdout.write(manualPage(commandTree('slipway', define)));
  return 0;
}
