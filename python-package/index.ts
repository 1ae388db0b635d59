/**
 * What the pip wrapper copies into every wheel (the module that finds and starts the executable) and into the source
 * distribution (a build backend that explains why there is nothing to build): real files, imported as text.
 */
// Whoever imports this package type-checks it with their own files, and sees ambient declarations only by reference.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./text.d.ts" />
import backend from './backend/backend.py' with { type: 'text' };
import main from './module/__main__.py' with { type: 'text' };
import find from './module/_find.py' with { type: 'text' };

export interface SourceFile {
  /** Relative to the module's or the backend's folder. */
  readonly path: string;
  readonly text: string;
}

/** `finder` is the public function's name, for example `find_tool_bin`. */
export function moduleFiles(executable: string, version: string, finder: string): readonly SourceFile[] {
  return [
    { path: '__init__.py', text: initModule(executable, finder) },
    { path: '__main__.py', text: main },
    { path: '_find.py', text: find },
    { path: '_product.py', text: constants({ EXECUTABLE: executable, VERSION: version }) },
    { path: 'py.typed', text: '' },
  ];
}

/** `platforms` are lines for people: what each wheel runs on. */
export function backendFiles(name: string, version: string, platforms: readonly string[]): readonly SourceFile[] {
  return [
    { path: '_product.py', text: constants({ NAME: name, VERSION: version, PLATFORMS: platforms }) },
    { path: 'backend.py', text: backend },
  ];
}

function initModule(executable: string, finder: string): string {
  return `"""The ${executable} executable, installed beside this environment's scripts."""

from ._find import find_bin as ${finder}
from ._product import VERSION as __version__

__all__ = ["${finder}", "__version__"]
`;
}

/** A JSON string or list of strings is a Python literal, too. */
function constants(values: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value, null, 4)}\n`).join('');
}
