/**
 * In a checkout, `npx slipway` starts the command's source on the pinned Bun that npm installed, through the same
 * launcher that published packages use.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const names = { arm64: 'aarch64', win32: 'windows' };

export function start(command, source) {
  const os = names[process.platform] ?? process.platform;
  const cpu = names[process.arch] ?? process.arch;
  for (const name of [`@oven/bun-${os}-${cpu}`, `@oven/bun-${os}-${cpu}-musl`]) {
    const bun = join(packageFolder(name) ?? '', 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
    // Bun would read .env and bunfig.toml of whatever folder it is started in.
    if (!existsSync(bun)) continue;
    const options = ['--no-env-file', `--config=${join(import.meta.dirname, 'bunfig.toml')}`, fileURLToPath(new URL(source, import.meta.url))];
    require('../../npm-package/launcher.cjs').run(command, bun, [...options, ...process.argv.slice(2)], process.env);
    return;
  }
  console.error(`${command}: Bun for ${os} on ${cpu} is not installed here. Run npm ci in ${dirname(dirname(import.meta.dirname))}.`);
  process.exitCode = 127;
}

function packageFolder(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
