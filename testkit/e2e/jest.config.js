/**
 * The end-to-end suite: `make test-e2e`. It builds nothing of Slipway itself; dist/ must be there and up to date.
 * E2E_SLICE=1 runs the part that fits a continuous integration job.
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.ts'],
  transform: {
    '\\.ts$': '<rootDir>/../types-transform.cjs',
  },
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/setup.ts',
  globalTeardown: '<rootDir>/teardown.ts',
  maxWorkers: 2,
  testTimeout: 120_000,
};
