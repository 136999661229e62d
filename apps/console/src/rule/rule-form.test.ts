import { parseJson, parseSettingType, writeJson } from '@heksher/core';
import fc from 'fast-check';
import { changesOf, compareThree, formOf, ruleOf, sameField, type StoredRule, withField } from './rule-form.js';

const FEATURES = ['account', 'user', 'theme'];
const type = parseSettingType('float');
const rule = fc.record({
  conditions: fc
    .subarray(FEATURES)
    .chain((features) =>
      fc.tuple(...features.map((feature) => fc.tuple(fc.constant(feature), fc.constantFrom('a', 'b')))),
    ),
  value: fc.constantFrom('1', '1.0', '2', '3').map(parseJson),
});

it('a form that nobody touched changes nothing', () => {
  fc.assert(
    fc.property(rule, (stored) => {
      const yours = ruleOf(formOf(type, stored), type, FEATURES);
      expect(yours && changesOf(stored, yours)).toEqual({});
    }),
  );
});

it('a merge keeps what each of two changed, and asks where both did', () => {
  const apply = (stored: StoredRule, yours: StoredRule): StoredRule => ({
    conditions: 'feature_values' in changesOf(stored, yours) ? yours.conditions : stored.conditions,
    value: 'value' in changesOf(stored, yours) ? yours.value : stored.value,
  });
  fc.assert(
    fc.property(rule, rule, rule, (base, theirs, mine) => {
      const { collisions, taken } = compareThree(base, theirs, mine);
      let form = formOf(type, mine);
      for (const name of taken) form = withField(form, name, theirs, type);
      const merged = ruleOf(form, type, FEATURES);
      if (merged === undefined) throw new Error('no rule');
      const after = apply(theirs, merged);
      for (const name of ['where', 'value'] as const) {
        if (collisions.includes(name)) continue;
        const changedByThem = !sameField(name, base, theirs);
        expect(sameField(name, after, changedByThem ? theirs : mine)).toBe(true);
      }
    }),
  );
});

it('another spelling of the same number is a change', () => {
  const stored = { conditions: [], value: parseJson('1') };
  const change = changesOf(stored, { conditions: [], value: parseJson('1.0') });
  expect(writeJson(change)).toBe('{"value":1.0}');
});
