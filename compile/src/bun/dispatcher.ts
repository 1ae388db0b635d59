/**
 * The first code of an executable with several names: run the entry whose name it was started by. The name is the
 * base name of argv[0], or SLIPWAY_RUN_AS where a launcher stands for a link; the variable is gone before the program
 * runs, so its children do not inherit it.
 */

/** Source of the dispatching module. `entries` are in order; the first answers to every unknown name. */
export function dispatcherSource(names: readonly string[]): string {
  const table = Object.fromEntries(names.map((name, index) => [name.toLowerCase(), [name, `./${entryModule(index)}.js`]]));
  return `const entries = ${JSON.stringify(table)};
const as = process.env.SLIPWAY_RUN_AS;
delete process.env.SLIPWAY_RUN_AS;
const called = (as ?? process.argv0).replace(/^.*[\\\\/]/, "").replace(/\\.exe$/i, "").toLowerCase();
const [name, module] = Object.hasOwn(entries, called) ? entries[called] : entries[${JSON.stringify(names[0]?.toLowerCase())}];
process.argv[1] = new URL(name, import.meta.url).pathname;
await import(new URL(module, import.meta.url).href);
`;
}

/** The module name of an entry inside the executable. */
export function entryModule(index: number): string {
  return `entry-${index}`;
}
