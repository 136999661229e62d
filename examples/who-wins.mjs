// Resolves a setting in a context, as a client does: asks Heksher for the rules that can matter, and picks the one that wins.
//
//   node examples/who-wins.mjs cache_size user=guest theme=dark
import { makeEvaluator } from '@heksher/core';

const heksher = process.env.HEKSHER_URL ?? 'http://localhost:8080';
const [setting, ...pairs] = process.argv.slice(2);
const context = new Map(pairs.map((pair) => pair.split('=')));

const filters = [...context].map(([feature, value]) => `${feature}:(${value})`).join(',');
const query = new URLSearchParams({ settings: setting, context_filters: filters });
const [{ context_features: features }, { settings }] = await Promise.all(
  ['context_features', `query?${query}`].map(async (path) => (await fetch(`${heksher}/api/v1/${path}`)).json()),
);

const [{ rules, default_value: defaultValue }] = Object.values(settings);
const candidates = rules.map((rule) => ({ id: rule.rule_id, conditions: rule.context_features, value: rule.value }));
const evaluator = makeEvaluator({ features, defaultValue, rules: candidates, rollouts: [] });
const { value, ruleId } = evaluator.evaluate(context, Date.now());
console.log(ruleId === undefined ? `${value} (the default)` : `${value} (rule ${ruleId})`);
