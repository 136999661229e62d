/** TypeScript goes through swc (legacy decorators with metadata, as Nest needs them); modules stay ESM. */
const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
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
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps,migrations}/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.js',
      globalTeardown: '<rootDir>/test/support/global-teardown.js',
    },
  ],
  testTimeout: 30_000,
  // Most of an end-to-end test is waiting for the service's process and PostgreSQL.
  maxWorkers: '100%',
};
