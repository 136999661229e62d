/** TypeScript goes through swc (legacy decorators with metadata, as Nest needs them); modules stay ESM. */
const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: {
    '^fast-check$': '<rootDir>/test/support/fast-check.js',
    '^@heksher/migrations$': '<rootDir>/migrations/index.ts',
    '^@heksher/core/re2$': '<rootDir>/libs/core/src/re2/index.ts',
    '^@heksher/client/(testing|nest|openfeature)$': '<rootDir>/libs/client/src/$1/index.ts',
    '^@heksher/(core|ruleset|database|embedded-postgres|rollout|client)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/'],
};

export default {
  projects: [
    // Components of the console, in a DOM.
    {
      ...shared,
      displayName: 'console',
      testEnvironment: 'jsdom',
      testMatch: ['<rootDir>/apps/console/src/**/*.test.tsx'],
      moduleNameMapper: { '\\.css$': '<rootDir>/test/support/console/class-names.js', ...shared.moduleNameMapper },
      transform: {
        '\\.tsx?$': [
          '@swc/jest',
          {
            jsc: {
              target: 'es2022',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
            },
            module: { type: 'es6' },
          },
        ],
      },
    },
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps,migrations}/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      // The bundle: a file of tests has a module registry of its own, which would load two thousand modules each time.
      moduleNameMapper: {
        '/apps/heksher/src/in-process\\.js$': '<rootDir>/apps/heksher/dist/heksher-in-process.js',
        ...shared.moduleNameMapper,
      },
      globalSetup: '<rootDir>/test/support/global-setup.js',
      globalTeardown: '<rootDir>/test/support/global-teardown.js',
    },
  ],
  testSequencer: '<rootDir>/test/support/sequencer.js',
  testTimeout: 240_000,
  maxWorkers: '100%',
  // Node keeps something of each file's modules: a worker of a hundred files spends its time in collections.
  workerIdleMemoryLimit: '700MB',
};
