// Resolves a setting in a context, as a client does: asks Heksher for the rules that can matter, and picks the one that wins.
//
//   node examples/who-wins.mjs cache_size user=guest theme=dark
const heksher = process.env.HEKSHER_URL ?? 'http://localhost:8080';
const [setting, ...pairs] = process.argv.slice(2);
const context = new Map(pairs.map((pair) => pair.split('=')));

const filters = [...context].map(([feature, value]) => `${feature}:(${value})`).join(',');
const query = new URLSearchParams({ settings: setting, context_filters: filters });
const [{ context_features: features }, { settings }] = await Promise.all(
  ['context_features', `query?${query}`].map(async (path) => (await fetch(`${heksher}/api/v1/${path}`)).json()),
);

const [{ rules, default_value: defaultValue }] = Object.values(settings);
const matching = rules.filter((rule) =>
  rule.context_features.every(([feature, value]) => context.get(feature) === value),
);

// The rule with a condition on the last feature where two differ wins: the greater one of such texts as "011".
const rank = (rule) =>
  features
    .map((feature) => Number(rule.context_features.some(([name]) => name === feature)))
    .reverse()
    .join('');
const [winner] = matching.toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1));
console.log(winner === undefined ? `${defaultValue} (the default)` : `${winner.value} (rule ${winner.rule_id})`);
