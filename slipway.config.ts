/**
 * Slipway builds itself with itself: this is a configuration like any other.
 */
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
  build: {
    smoke: ['--version'],
    windows: { copyright: 'The Slipway authors. MIT licence.' },
  },
};
