/**
 * Slipway builds itself with itself: this is a configuration like any other.
 */
import { bundleInjected } from './cli/src/injected/bundle.ts';

const { SLIPWAY_UPDATE_URL } = process.env;

export default {
  name: 'slipway',
  description: 'Ship a command-line program everywhere, and keep every copy up to date',
  license: 'MIT',
  homepage: 'https://slipway.dev',
  repository: 'https://github.com/slipway-dev/slipway',
  author: 'The Slipway authors',
  entries: {
    slipway: 'cli/src/main.ts',
    slipwayd: 'cli/src/daemon.ts',
  },
  files: {
    completions: {
      bash: 'docs/completions/slipway.bash',
      zsh: 'docs/completions/slipway.zsh',
      fish: 'docs/completions/slipway.fish',
      powershell: 'docs/completions/slipway.ps1',
    },
    man: ['docs/man/slipway.1', 'docs/man/slipwayd.1'],
  },
  build: {
    smoke: ['--version'],
    windows: { copyright: 'The Slipway authors. MIT licence.' },
    // What goes into programs with an update address: a compiled Slipway has no sources to make it from.
    define: { SLIPWAY_INJECTED: JSON.stringify(await bundleInjected()) },
  },
  // Only a build that is going to be released knows where its releases will be, and has keys for them.
  update: SLIPWAY_UPDATE_URL === undefined ? undefined : { url: SLIPWAY_UPDATE_URL, root: 'slipway.root.json', topLevel: true },
};
