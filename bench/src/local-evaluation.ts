import { EventEmitter } from 'node:events';
import { GrowthBookClient } from '@growthbook/growthbook';
import { type EvaluableRule, jsonText, makeEvaluator, parsePercentage, type Rollout } from '@heksher/core';
import { Unleash, type UnleashConfig } from 'unleash-client';
import { Operator } from 'unleash-client/lib/strategy/strategy.js';

/** One evaluation of a flag for the context of that number; what it gives is the name of a variant, or something else. */
export type LocalEvaluation = (context: number) => string;

/** The users for whom the flag is evaluated; what is asked of them beside holds for all. */
export const CONTEXTS = 4_096;

const TARGET = { account: 'acme', plan: 'pro', theme: 'dark' } as const;
const FEATURES = ['account', 'plan', 'user', 'theme'];
const VARIANTS = [
  { name: 'blue', weight: 50 },
  { name: 'green', weight: 30 },
  { name: 'red', weight: 20 },
] as const;
const PERCENTAGE = 50;

function contexts<T>(make: (user: string) => T): (context: number) => T {
  const made = Array.from({ length: CONTEXTS }, (_, index) => make(`user_${index}`));
  const first = make('user_0');
  return (context) => made[context % CONTEXTS] ?? first;
}

/** 10 000 rules of three shapes, of which one names every eighth user, and three rollouts; the first is the flag of the others. */
export function heksherEvaluation(): LocalEvaluation {
  const rules = [
    ...Array.from({ length: 2_000 }, (_, at) => [['account', `account_${at}`]] as const),
    ...Array.from({ length: 4_000 }, (_, at) => [['user', `user_${at * 8}`]] as const),
    ...Array.from({ length: 4_000 }, (_, at) => [['plan', `plan_${at}`], ['theme', 'dark']] as const), // prettier-ignore
  ].map((conditions, index): EvaluableRule => ({ id: index + 1, conditions, value: jsonText('"rule"') }));
  const variants = VARIANTS.map(({ name, weight }) => ({ name, weight, value: jsonText(`"${name}"`) }));
  const rollouts: Rollout[] = [
    { ...rollout(1, PERCENTAGE), conditions: Object.entries(TARGET), outcome: { kind: 'variants', variants } },
    { ...rollout(2, 25), conditions: [['theme', 'dark']] },
    rollout(3, 10),
  ];
  const { evaluate } = makeEvaluator({ features: FEATURES, defaultValue: jsonText('"off"'), rules, rollouts });
  const contextOf = contexts((user) => new Map([...Object.entries(TARGET), ['user', user]]));
  const now = Date.now();
  return (context) => {
    const decision = evaluate(contextOf(context), now);
    return decision.reason === 'ROLLOUT' ? (decision.variant ?? 'other') : decision.reason;
  };
}

function rollout(id: number, percentage: number): Rollout {
  return {
    id,
    feature: 'user',
    conditions: [],
    enabled: true,
    share: { kind: 'fixed', thousandths: parsePercentage(percentage) },
    members: new Set(),
    pattern: undefined,
    outcome: { kind: 'value', value: jsonText('"on"') },
    hash: 'murmur3',
    salt: 'flag',
  };
}

const CONSTRAINTS = Object.entries(TARGET).map(([contextName, value]) => ({
  contextName,
  operator: Operator.IN,
  inverted: false,
  values: [value],
}));

/** A flag with three constraints, a gradual rollout and variants. */
export function unleashEvaluation(): LocalEvaluation {
  const unleash = unleashWith({
    name: 'flexibleRollout',
    parameters: { rollout: String(PERCENTAGE), stickiness: 'userId', groupId: 'flag' },
    constraints: CONSTRAINTS,
    variants: VARIANTS.map(({ name, weight }) => ({ name, weight: weight * 10, stickiness: 'userId' })),
  });
  const contextOf = contexts((userId) => ({ userId, properties: TARGET }));
  return (context) => unleash.getVariant('flag', contextOf(context)).name;
}

/** Whether a flag with three constraints is on, as it is for every user. */
export function unleashIsEnabled(): (context: number) => boolean {
  const unleash = unleashWith({ name: 'default', parameters: {}, constraints: CONSTRAINTS });
  const contextOf = contexts((userId) => ({ userId, properties: TARGET }));
  return (context) => unleash.isEnabled('flag', contextOf(context));
}

function unleashWith(strategy: NonNullable<Flag['strategies']>[number]): Unleash {
  const repository = new OneFlag({ name: 'flag', enabled: true, strategies: [strategy] });
  const unleash = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:1/',
    disableMetrics: true,
    disableAutoStart: true,
    repository,
  });
  repository.emit('ready');
  return unleash;
}

type Repository = NonNullable<UnleashConfig['repository']>;
type Flag = ReturnType<Repository['getToggles']>[number];

/** What a client of Unleash has in memory, without a server that it came from. */
class OneFlag extends EventEmitter implements Repository {
  constructor(private readonly flag: Flag) {
    super();
  }

  getToggle(): Flag {
    return this.flag;
  }

  getToggles(): Flag[] {
    return [this.flag];
  }

  getTogglesWithSegmentData(): never[] {
    return [];
  }

  getSegment(): undefined {
    return undefined;
  }

  stop(): void {}

  start(): Promise<void> {
    return Promise.resolve();
  }
}

/** A feature with three conditions, coverage and weighted variations. */
export function growthbookEvaluation(): LocalEvaluation {
  const rule = {
    key: 'flag',
    condition: TARGET,
    hashAttribute: 'id',
    coverage: PERCENTAGE / 100,
    variations: VARIANTS.map(({ name }) => name),
    weights: VARIANTS.map(({ weight }) => weight / 100),
  };
  const client = new GrowthBookClient<{ flag: string }>();
  client.initSync({ payload: { features: { flag: { defaultValue: 'off', rules: [rule] } } } });
  const contextOf = contexts((id) => ({ attributes: { id, ...TARGET } }));
  return (context) => client.evalFeature('flag', contextOf(context)).value ?? 'none';
}
