import { type Config } from '../../../apps/heksher/src/config.js';
import { Logger, openSinks, readConfig, startService } from '../../../apps/heksher/src/in-process.js';
import { type Service } from '../../../apps/heksher/src/service.js';
import { createDatabase, type TestDatabase } from '../database/database.js';
import { type Answer } from './answer.js';
import { collected, noteEnvironment } from './secrets.js';
import { type Call, caller } from './call.js';

export { type Answer } from './answer.js';
export { type Call, caller } from './call.js';

type Environment = Readonly<Record<string, string>>;

/** A Heksher in this process on a database of its own, over real HTTP. */
export type TestService = Service & Readonly<{ database: TestDatabase; call: Call }>;

/**
 * Start the real service in this process.
 * @param env variables beyond the defaults of the tests (port 0, quiet)
 * @param database given: not dropped by `stop`
 */
export async function startTestService(env: Environment = {}, database?: TestDatabase): Promise<TestService> {
  const own = database ?? (await createDatabase());
  const config = testConfig({ HEKSHER_DB_CONNECTION_STRING: own.connectionString, ...env });
  noteEnvironment(env);
  const options = { ...config.log, version: 'test' };
  const log = new Logger(options, 'heksher', collected(openSinks(options)));
  const service = await startService(config, log);
  return {
    url: service.url,
    metricsUrl: service.metricsUrl,
    renew: service.renew,
    database: own,
    call: caller(service.url),
    async stop() {
      await service.stop();
      await log.close();
      if (database === undefined) await own.drop();
    },
  };
}

export function testConfig(env: Environment): Config {
  return readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    HEKSHER_LOG_LEVEL: 'error',
    HEKSHER_SHUTDOWN_DELAY_S: '0',
    ...env,
  });
}

/** Add context features in this order. */
export async function addFeatures(call: Call, ...names: readonly string[]): Promise<void> {
  for (const name of names)
    await expectStatus(204, call('POST', '/api/v1/context_features', { body: { context_feature: name } }));
}

/** Declare a setting; what is not given is `cache_size: int` by account, user and theme, default 60. */
export async function declare(call: Call, declaration: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const body = {
    name: 'cache_size',
    type: 'int',
    default_value: 60,
    configurable_features: ['account', 'user', 'theme'],
    ...declaration,
  };
  return call('POST', '/api/v1/settings/declare', { body });
}

/** Add a rule and give its id. */
export async function addRule(
  call: Call,
  setting: string,
  featureValues: Readonly<Record<string, string>>,
  value: unknown,
  metadata?: Readonly<Record<string, unknown>>,
): Promise<number> {
  const body = { setting, feature_values: featureValues, value, metadata };
  const answer = await expectStatus(201, call('POST', '/api/v1/rules', { body }));
  return (answer.body as { rule_id: number }).rule_id;
}

/** The answer, which must have this status; else a failure that shows what came instead. */
export async function expectStatus(status: number, answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}

/** Add a rollout by `user`, unless `body` says otherwise, and give its id. */
export async function addRollout(
  call: Call,
  setting: string,
  body: Readonly<Record<string, unknown>>,
): Promise<number> {
  const answer = await expectStatus(
    201,
    call('POST', '/api/v1/rollouts', { body: { setting, feature: 'user', ...body } }),
  );
  return (answer.body as { rollout_id: number }).rollout_id;
}
