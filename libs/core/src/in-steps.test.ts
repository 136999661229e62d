import { compareDeclaration, compareDeclarationSteps } from './declaration.js';
import { makeEvaluatorInSteps } from './evaluation.js';
import { explain, explainSteps } from './explanation.js';
import { flatMapSteps, groupBySteps, type InSteps, partsOf } from './in-steps.js';
import { jsonText } from './json.js';
import { lintRuleset, lintSteps } from './lint.js';
import { TextNumbers } from './packed-context.js';
import { parseSettingType } from './setting-type-parser.js';
import { packTree } from './tree-packer.js';
import { parseVersion } from './version.js';

/** The result, and how many steps it took. */
function count<Result>(steps: InSteps<Result>): Readonly<{ result: Result; steps: number }> {
  for (let taken = 1; ; taken += 1) {
    const step = steps.next();
    if (step.done === true) return { result: step.value, steps: taken };
  }
}

it.each([0, 1, 256, 257, 1_000])('%d items are the same, taken in parts', (length) => {
  const items = Array.from({ length }, (_, index) => index);
  expect([...partsOf(items)].flat()).toEqual(items);
  const { result, steps } = count(flatMapSteps(items, (item) => (item % 2 === 0 ? [item, -item] : [])));
  expect(result).toEqual(items.flatMap((item) => (item % 2 === 0 ? [item, -item] : [])));
  expect(steps).toBe(Math.max(1, Math.ceil(length / 256)) + 1);
  const groups = count(groupBySteps(items, (item) => String(item % 3))).result;
  expect([...groups.values()].flat().sort((a, b) => a - b)).toEqual(items);
});

const RULES = 20_000;
const setting = {
  features: ['account', 'user'],
  defaultValue: jsonText('1'),
  rules: Array.from({ length: RULES }, (_, id) => {
    return { id, value: jsonText(String(id % 7)), conditions: [['user', `u${id % 15_000}`]] as const };
  }),
  rollouts: [],
  type: parseSettingType('int'),
};
const context = new Map([['user', 'u7']]);
const declared = {
  ...{ name: 's', type: parseSettingType('int'), typeText: 'int', defaultValue: jsonText('1') },
  ...{ configurableFeatures: ['user'], metadata: new Map(), version: parseVersion('1.0') },
};
const uses = {
  rules: setting.rules.map(({ id, value }) => ({ id, values: [value], features: ['user'] })),
  rollouts: [],
};
const next = { ...declared, type: parseSettingType('str'), version: parseVersion('2.0') };

it.each<[what: string, steps: () => InSteps<unknown>, atOnce: () => unknown]>([
  ['lint', () => lintSteps(setting, 0), () => lintRuleset(setting, 0)],
  ['explain', () => explainSteps(setting, context, 0, 100), () => explain(setting, context, 0, 100)],
  ['compare', () => compareDeclarationSteps(declared, next, uses), () => compareDeclaration(declared, next, uses)],
])('%s takes a step for a few hundred rules at most, and comes to the same', (_, inSteps, atOnce) => {
  const { result, steps } = count(inSteps());
  expect(steps).toBeGreaterThan(RULES / 512);
  expect(result).toEqual(atOnce());
});

it.each<[what: string, steps: () => InSteps<unknown>]>([
  ['an evaluator', () => makeEvaluatorInSteps(setting)],
  ['a packed tree', () => packTree(setting, new TextNumbers())],
])('%s takes a step for a few hundred rules at most', (_, inSteps) => {
  expect(count(inSteps()).steps).toBeGreaterThan(RULES / 512);
});
