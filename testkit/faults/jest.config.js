/**
 * Faults against the real program: bad input, full disks, interrupts, failing system calls, broken registries.
 * Linux, as root (mounts), with strace, git and npm. FAULTS_SLICE=1 takes a part that runs in about three minutes.
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/../types-transform.cjs', '/installer/[^/]+\\.sh$': '<rootDir>/../text-transform.cjs' },
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/warm-cache.ts',
  globalTeardown: '<rootDir>/remove-cache.ts',
  // Each test starts processes of its own; more would only wait for each other.
  maxWorkers: 2,
  // Only against a test that waits for ever: how long a loop takes is the machine's affair, and each run has its own limit.
  testTimeout: 3_600_000,
};
