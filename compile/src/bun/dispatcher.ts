/**
 * The first code of an executable with several names, or with an update address: run the entry whose name it was
 * started by. The name is the base name of argv[0], or SLIPWAY_RUN_AS where a launcher stands for a link; the variable
 * is gone before the program runs, so its children do not inherit it.
 *
 * Each entry is a module with the name of its command and no suffix, as the main module of a program with one name
 * would be: what a program learns of itself (argv[1], import.meta.url) is the same with and without a dispatcher.
 */
import type { UpdateDescriptor } from '@slipway/core';

/** The dispatching module, and the one with the updater's commands; no command has such a name. */
export const dispatcherModule = '.dispatcher';
export const selfModule = '.self';
/** Only while compiling: it is imported by the dispatcher and becomes part of it. */
export const guardModule = '.guard';

/** Source of the dispatching module. `names` are in order; the first answers to every unknown name. */
export function dispatcherSource(names: readonly string[], descriptor?: UpdateDescriptor): string {
  const table = Object.fromEntries(names.map((name) => [name.toLowerCase(), name]));
  const own = JSON.stringify(names[0]);
  const dispatch = `const names = ${JSON.stringify(table)};
const as = process.env.SLIPWAY_RUN_AS;
delete process.env.SLIPWAY_RUN_AS;
const called = (as ?? process.argv0).replace(/^.*[\\\\/]/, "").replace(/\\.exe$/i, "").toLowerCase();
const name = Object.hasOwn(names, called) ? names[called] : ${own};
const module = (name) => new URL(name, import.meta.url);
process.argv[1] = module(name).pathname;
`;
  return descriptor === undefined ? `${dispatch}await import(module(name).href);\n` : guarded(dispatch, own, descriptor);
}

/**
 * With an update address the guard comes first. It may become another version of the program, which then needs the
 * variable that says by which name it was started; so the name is read after it. A version on trial is watched while
 * its entry loads; otherwise nothing stands between the runtime and the entry.
 */
function guarded(dispatch: string, own: string, descriptor: UpdateDescriptor): string {
  return `import { begin, isOwnCommand } from "./${guardModule}.js";
const descriptor = ${JSON.stringify(descriptor)};
const watch = begin(descriptor);
${dispatch}if (name === ${own} && isOwnCommand(descriptor)) {
  const { run } = await import(module("${selfModule}").href);
  process.exitCode = await run(descriptor, process.argv.slice(2));
} else if (watch === undefined) {
  await import(module(name).href);
} else {
  try {
    await import(module(name).href);
  } catch (error) {
    watch.failed();
    throw error;
  }
  watch.loaded();
}
`;
}
