/**
 * Bundle what goes into programs with an update address: two modules, complete in themselves, with the same bytes in
 * any checkout. Runs on Bun.
 */
import { fileURLToPath } from 'node:url';

export interface InjectedSource {
  /** The guard that runs before the program's own code. */
  readonly guard: string;
  /** The end user's commands, loaded when one of them is used. */
  readonly self: string;
}

export async function bundleInjected(): Promise<InjectedSource> {
  const [guard, self] = await Promise.all([bundled('guard'), bundled('self')]);
  return { guard, self };
}

async function bundled(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { success, outputs, logs } = await Bun.build({ entrypoints: [entry], target: 'bun', format: 'esm', minify: true, define: { 'process.env.NODE_ENV': '"production"' }, throw: false });
  const [output] = outputs;
  if (!success || output === undefined) throw new Error(`${name} could not be bundled: ${logs.map(String).join('\n')}`);
  return (await output.text()).replace(/^\/\/ @bun.*\n/, ''); // it is going to be bundled once more
}
