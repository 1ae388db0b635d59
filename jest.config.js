/** Unit tests run on Node; anything that needs the pinned Bun starts it as a child process. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{core,delta,updater,platform,compile,wrappers,release,cli,testkit,npm-package,python-package}/**/*.test.ts'],
  // The slow suites have configurations of their own.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/testkit/(e2e|faults)/'],
  transform: {
    '\\.ts$': '<rootDir>/testkit/types-transform.cjs',
    // Launcher sources that are imported as text.
    '/(npm-package/[^/]+\\.cjs|python-package/.+\\.py|release/src/installer/.+\\.sh)$': '<rootDir>/testkit/text-transform.cjs',
  },
  extensionsToTreatAsEsm: ['.ts'],
  testTimeout: 60_000,
};
