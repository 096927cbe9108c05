const levels = { unit: '**/*.unit.spec.ts', int: '**/*.int.spec.ts', e2e: '**/*.e2e.spec.ts' };

/** One project per level, chosen with `--selectProjects unit|int|e2e`; only the levels that need it start the local stack. */
const project = (level) => ({
  displayName: level,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testMatch: [levels[level]],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.usher/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.usher/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  setupFiles: ['<rootDir>/libs/testing/src/setup.ts'],
  ...(level === 'unit'
    ? {}
    : {
        globalSetup: '<rootDir>/libs/testing/src/global-setup.ts',
        globalTeardown: '<rootDir>/libs/testing/src/global-teardown.ts',
      }),
});

export default {
  // Generous, because a busy machine is slow and a test that hangs fails all the same.
  testTimeout: 30_000,
  // Two at a time, because most tests wait for a database or a broker. A worker whose heap has grown past the limit is
  // replaced: V8 keeps the ES modules of every spec file that a worker has run (https://jestjs.io/docs/configuration).
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  projects: [project('unit'), project('int'), project('e2e')],
};
