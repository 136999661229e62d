import { atOnce, jsonText } from '@heksher/core';
import { findSettings, NO_METADATA, type Ruleset, RulesetBuilder } from '@heksher/ruleset';
import fc from 'fast-check';
import { writeAnswer } from './answer.js';
import { strongEtag } from '../../etag.js';
import { parseQuery } from './query.js';

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
  const builder = new RulesetBuilder();
  const heads = database.map(({ defaultValue, rules }, index) => {
    const name = SETTINGS[index] ?? '';
    for (const [id, [user, value]] of rules.entries()) {
      builder.add(name, { id, value, conditions: [['user', user]], metadata: NO_METADATA });
    }
    return {
      name,
      type: 'int',
      version: '1.0',
      defaultValue: jsonText(defaultValue),
      aliases: [],
      configurableFeatures: [],
      metadata: NO_METADATA,
      rollouts: [],
    };
  });
  return atOnce(builder.finish({ seq: '1', token: 'token' }, ['user'], heads));
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
        const { body, etag } = atOnce(writeAnswer(ruleset, findSettings(ruleset, query.settings), query));
        const key = body.toString();
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

it('a long answer is written in steps, to the bytes and the tag that it has in one piece', () => {
  const long = `"${'é😀x'.repeat(30_000)}"`;
  const ruleset = rulesetOf([
    { defaultValue: long, rules: USERS.map((user) => [user, long] as const) },
    { defaultValue: '0', rules: [] },
  ]);
  const query = parseQuery('');
  const writing = writeAnswer(ruleset, findSettings(ruleset, undefined), query);
  let steps = 0;
  let result = writing.next();
  for (; result.done !== true; result = writing.next()) steps += 1;
  const { body, etag, headers } = result.value;
  expect(steps).toBeGreaterThan(5);
  const parsed = JSON.parse(body.toString()) as { settings: { a: { rules: { value: string }[] } } };
  expect(parsed.settings.a.rules.map(({ value }) => value)).toEqual(USERS.map(() => JSON.parse(long) as string));
  expect(etag).toBe(strongEtag(body));
  expect(headers).toEqual(['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)]);
});
