import { jsonText } from '@heksher/core';
import fc from 'fast-check';
import { settingsOf, writeAnswer } from './answer.js';
import { parseQuery } from './query.js';
import { makeRuleset, makeSetting, NO_METADATA, type Ruleset, RuleTableBuilder, Vocabulary } from '@heksher/ruleset';

const SETTINGS = ['a', 'b'];
const USERS = ['john', 'jim', 'jane'];

/** A setting: its default value, and rules by user, each of the same few values, so that answers often meet. */
const setting = fc.record({
  defaultValue: fc.constantFrom('0', '"0"'),
  rules: fc.array(fc.tuple(fc.constantFrom(...USERS), fc.constantFrom('1', '"é"')), { maxLength: 3 }),
});
const database = fc.tuple(setting, setting);

type Database = readonly Readonly<{ defaultValue: string; rules: readonly (readonly [string, string])[] }>[];

function rulesetOf(database: Database): Ruleset {
  const vocabulary = new Vocabulary();
  const settings = database.map(({ defaultValue, rules }, index) => {
    const builder = new RuleTableBuilder(vocabulary);
    for (const [id, [user, value]] of rules.entries()) {
      builder.add({ id, value, conditions: [['user', user]], metadata: NO_METADATA });
    }
    const name = SETTINGS[index] ?? '';
    const head = { name, type: 'int', version: '1.0', defaultValue: jsonText(defaultValue), aliases: [], rollouts: [] };
    return makeSetting(head, builder);
  });
  return makeRuleset({ seq: '1', token: 'token' }, ['user'], settings, vocabulary);
}

const queryString = fc
  .tuple(
    fc.subarray(SETTINGS).map((names) => `settings=${names.join(',')}`),
    fc.subarray(USERS, { minLength: 1 }).map((users) => `context_filters=user:(${users.join(',')})`),
    fc.constantFrom('', '&include_metadata=true', '&include_rollouts=true'),
  )
  .map(([settings, filters, more]) => `${settings}&${filters}${more}`);

it('answers have the same tag if and only if they have the same bytes', () => {
  const tags = new Map<string, string>();
  const bodies = new Map<string, string>();
  let met = 0;
  fc.assert(
    fc.property(database, fc.array(queryString), (content, asked) => {
      const ruleset = rulesetOf(content);
      for (const one of asked) {
        const query = parseQuery(one);
        const { body, etag } = writeAnswer(settingsOf(ruleset, query), query, ruleset);
        // With metadata or rollouts the tag is made another way, also where there are none.
        const key = `${query.includeMetadata || query.includeRollouts} ${body.toString()}`;
        if (tags.has(key)) met += 1;
        expect(tags.get(key) ?? etag).toBe(etag);
        expect(bodies.get(etag) ?? key).toBe(key);
        tags.set(key, etag);
        bodies.set(etag, key);
      }
    }),
    { numRuns: 300 },
  );
  expect(met).toBeGreaterThan(100);
  expect(tags.size).toBeGreaterThan(100);
});
