/**
 * Compiles the WebAssembly kernel from its AssemblyScript source into a module that carries its bytes. Does nothing when
 * what is there was made from the same source. Run by make, before anything else.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const folder = new URL('./kernel/', import.meta.url);
const output = new URL('./src/kernel-bytes.ts', import.meta.url);
const sources = Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith('.ts')).sort().map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
const key = createHash('sha256').update(JSON.stringify([asc.version, sources])).digest('hex');

let present = '';
try { present = readFileSync(output, 'utf8'); } catch { /* not built yet */ }
if (!present.includes(key)) {
  let wasm;
  const { error, stderr } = await asc.main(
    ['index.ts', '--runtime', 'stub', '--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--enable', 'bulk-memory', '--enable', 'simd', '--maximumMemory', '65536', '--importMemory', '--zeroFilledMemory', '--use', 'abort=', '--outFile', 'kernel.wasm'],
    {
      readFile: (name) => sources[name] ?? null,
      writeFile: (name, bytes) => { if (name === 'kernel.wasm') wasm = bytes; },
      listFiles: () => [],
    },
  );
  if (error || !wasm) throw new Error(`the kernel did not compile:\n${stderr.toString()}`, { cause: error });
  writeFileSync(output, `/** Made by build-kernel.mjs from the sources in ../kernel (${key}). */\nexport const kernelBytes = '${Buffer.from(wasm).toString('base64')}';\n`);
}
