/** `owner`: who installed this copy, and how it is upgraded. */
import type { Answer, SelfContext } from './answer.ts';
import { placeOf } from './place.ts';

export async function selfOwner(context: SelfContext): Promise<Answer> {
  const place = placeOf(context);
  const { descriptor: { product, url }, typed } = context;
  switch (place.kind) {
    case 'installed':
      return { data: { outcome: 'installed', root: place.layout.root }, text: `${product} is installed in ${place.layout.root} and updates itself: ${typed('update')}` };
    case 'owned': {
      const { owner, package: name, version, upgrade } = place.owner;
      return { data: { outcome: 'owned', ...place.owner }, text: `${owner}: ${name} ${version}\nUpgrade with: ${upgrade.join(' ')}` };
    }
    case 'loose':
      return { data: { outcome: 'loose' }, text: `No package manager claims this copy. To have one that updates itself: curl -fsSL ${url}install.sh | sh` };
  }
}
