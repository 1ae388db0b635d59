import { type Release, SlipwayError, toPep440, toPypiName, toPythonModule, toWheelName } from '@slipway/core';
import type { PipOptions } from './options.ts';

export interface PipNames {
  /** As METADATA and people write it. */
  readonly project: string;
  /** As file names write it. */
  readonly distribution: string;
  readonly version: string;
  readonly module: string;
  /** The module's public function, for example `find_tool_bin`. */
  readonly finder: string;
}

/** Words that cannot follow `import` (The Python Language Reference, 2.3.1), in lower case as names are here. */
const keywords = new Set(
  ('and as assert async await break class continue def del elif else except false finally for from global if import in is ' +
    'lambda none nonlocal not or pass raise return true try while with yield').split(' '),
);

/** Every name that a wheel needs; throws NAME_INVALID or VERSION_NOT_EXPRESSIBLE. */
export function pipNames({ product, executable }: Release, chosen: PipOptions): PipNames {
  const project = toPypiName(chosen.name ?? product.name);
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(project)) {
    throw new SlipwayError('NAME_INVALID', `"${chosen.name ?? product.name}" cannot be the name of a project on PyPI: it must start and end with a letter or digit`, {
      hint: 'Set the option name of the wrapper pip.',
    });
  }
  const module = chosen.module ?? toPythonModule(project);
  if (keywords.has(module.toLowerCase())) {
    throw new SlipwayError('NAME_INVALID', `"${module}" cannot be the name of a Python module: it is a word of the language`, {
      hint: 'Set the option module of the wrapper pip.',
    });
  }
  const finder = `find_${toWheelName(executable.name)}_bin`;
  return { project, distribution: toWheelName(project), version: toPep440(product.version), module, finder };
}
