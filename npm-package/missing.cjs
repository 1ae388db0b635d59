'use strict';
/*
 * Says why the launcher found no executable to start, and the one command that repairs it. Loaded only then.
 */
const fs = require('fs');
const path = require('path');

/** `found` is what the launcher's search ended with. One to four lines, without the command's name in front. */
function explain(product, found) {
  const here = describe({ os: process.platform, cpu: process.arch, libc: found.libc });
  const { row } = found;
  if (row === undefined) {
    return `${product.package} ${product.version} has no build for ${here}; it has ${product.platforms.map(describe).join(', ')}.`;
  }
  if (found.problem === 'not executable') {
    return `${found.file} may not be executed; the copy lost its mode.\nRepair it with:\n  chmod 755 ${quote(found.file)}`;
  }
  const repair = repairOf(product, installation(path.dirname(__dirname)));
  if (found.problem === 'file missing') {
    return `${row.package} is installed, but ${found.file} is not there (an antivirus program may have removed it).\n${repair}`;
  }
  const missing = `the package ${row.package}@${product.version}, which holds the program for ${here}, is not installed.`;
  const others = product.platforms.filter((other) => isPresent(other.package));
  if (others.length > 0) {
    const names = others.map((other) => `${other.package} (${describe(other)})`).join(', ');
    return `${missing}\nFound instead: ${names}: node_modules was made on another platform, delete it first.\n${repair}`;
  }
  return `${missing}\nIt is an optional dependency: --omit=optional or --no-optional leaves it out, and so does a lockfile made on another platform.\n${repair}`;
}

function describe({ os, cpu, libc }) {
  const name = { darwin: 'macOS', win32: 'Windows', linux: 'Linux' }[os] || os;
  return `${name} ${cpu}${libc === undefined ? '' : ` (${libc})`}`;
}

function isPresent(name) {
  try {
    require.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

const lockfiles = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** Paths that only one manager's global folder has. */
const globalFolders = [
  [/[\\/]pnpm[\\/](.+[\\/])?global[\\/]/i, 'pnpm'],
  [/[\\/]yarn[\\/](data[\\/])?global[\\/]/i, 'yarn'],
  [/[\\/]\.?bun[\\/]install[\\/]global[\\/]/i, 'bun'],
];

/**
 * Who installed this package, and into which project; `project` is undefined for a global installation. The place
 * says more than npm_config_user_agent, which names whoever runs the current script.
 */
function installation(folder) {
  for (const [pattern, manager] of globalFolders) if (pattern.test(folder)) return { manager };
  for (let project = folder; ; project = path.dirname(project)) {
    for (const [file, manager] of lockfiles) {
      if (fs.existsSync(path.join(project, file))) return { manager, project };
    }
    if (path.dirname(project) === project) return { manager: agent(), project: projectOf(folder) };
  }
}

function agent() {
  const match = /^(npm|pnpm|yarn|bun)\//.exec(process.env.npm_config_user_agent || '');
  return match === null ? 'npm' : match[1];
}

/** The folder with a package.json above the outermost node_modules. */
function projectOf(folder) {
  const at = folder.search(/[\\/]node_modules([\\/]|$)/);
  const project = at < 0 ? undefined : folder.slice(0, at);
  return project !== undefined && fs.existsSync(path.join(project, 'package.json')) ? project : undefined;
}

function repairOf(product, { manager, project }) {
  if (project === undefined) {
    const spec = `${product.package}@${product.version}`;
    const command = {
      npm: `npm install -g --include=optional ${spec}`,
      pnpm: `pnpm add -g ${spec}`,
      yarn: `yarn global add ${spec}`,
      bun: `bun add -g ${spec}`,
    }[manager];
    return `Repair it with:\n  ${command}`;
  }
  const command = { npm: 'npm install --include=optional', pnpm: 'pnpm install', yarn: yarnInstall(project), bun: 'bun install' }[manager];
  return `Repair it in ${project} with:\n  ${command}`;
}

/** Yarn 1 takes its own word for what is installed, unless told to look; later versions refuse the option. */
function yarnInstall(project) {
  const lockfile = path.join(project, 'yarn.lock');
  const later = fs.existsSync(lockfile) && /^__metadata:/m.test(fs.readFileSync(lockfile, 'utf8'));
  return later ? 'yarn install' : 'yarn install --check-files';
}

function quote(file) {
  return /^[\w/.@+-]+$/.test(file) ? file : JSON.stringify(file);
}

module.exports = { explain, installation, repairOf };
