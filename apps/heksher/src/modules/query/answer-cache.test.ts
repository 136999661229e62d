import { atOnce, jsonText } from '@heksher/core';
import { AnswerCache } from './answer-cache.js';
import { type Answer } from './answer.js';
import { parseQuery } from './query.js';
import {
  nextRuleset,
  NO_METADATA,
  type Ruleset,
  RulesetBuilder,
  type SettingHead,
  type StoredRule,
} from '@heksher/ruleset';

/** A setting with one rule, whose value is that of the setting. */
type Given = Readonly<{ name: string; value: string; aliases: readonly string[] }>;

const setting = (name: string, value: string, aliases: readonly string[] = []): Given => ({ name, value, aliases });

const revision = (seq: number) => ({ seq: String(seq), token: `token ${seq}` });
const FEATURES = ['user'];

function headOf({ name, value, aliases }: Given): SettingHead {
  const rest = { configurableFeatures: [], metadata: NO_METADATA, rollouts: [] };
  return { name, type: 'int', version: '1.0', defaultValue: jsonText(value), aliases, ...rest };
}

function ruleOf({ value }: Given): StoredRule {
  return { id: 1, value, conditions: [['user', 'john']], metadata: NO_METADATA };
}

function load(seq: number, ...settings: readonly Given[]): Ruleset {
  const builder = new RulesetBuilder();
  for (const one of settings) builder.add(one.name, ruleOf(one));
  return atOnce(builder.finish(revision(seq), FEATURES, settings.map(headOf)));
}

/** The ruleset that follows: of the settings named `touched`, those that are now are `present`. */
function follow(previous: Ruleset, seq: number, touched: readonly string[], ...present: readonly Given[]): Ruleset {
  const changes = present.map((one) => ({ head: headOf(one), base: undefined, rules: [ruleOf(one)] }));
  return atOnce(
    nextRuleset(previous, { revision: revision(seq), touched, present: changes, touchedRules: new Set([1]) }),
  );
}

const first = load(1, setting('a', '1', ['was_a']), setting('b', '2'));

/** Asks twice, since what is asked for once only is not kept. */
function ask(cache: AnswerCache, queryString: string, ruleset: Ruleset): Answer {
  askOnce(cache, queryString, ruleset);
  return askOnce(cache, queryString, ruleset);
}

function askOnce(cache: AnswerCache, queryString: string, ruleset: Ruleset): Answer {
  const found = cache.find(queryString);
  return atOnce(cache.answer(queryString, found?.query ?? parseQuery(queryString), found, ruleset));
}
const text = (answer: Answer): string => answer.body.toString();

it('gives the very answer again while the revision holds', () => {
  const cache = new AnswerCache(1_000_000);
  for (const queryString of ['', 'settings=a', 'settings=was_a', 'context_filters=user:(john)']) {
    expect(ask(cache, queryString, first)).toBe(ask(cache, queryString, first));
  }
});

it('keeps an answer over revisions that leave its settings alone', () => {
  const cache = new AnswerCache(1_000_000);
  const answer = ask(cache, 'settings=was_a', first);
  const second = follow(first, 2, ['b'], setting('b', '3'));
  const third = follow(second, 3, ['b', 'c'], setting('b', '3'), setting('c', '4'));
  expect(ask(cache, 'settings=was_a', second)).toBe(answer);
  expect(ask(cache, 'settings=was_a', third)).toBe(answer);
  // Also one that was not asked for in between, and one that came back to an older revision.
  expect(ask(cache, 'settings=was_a', first)).toBe(answer);
});

it.each<[what: string, next: Ruleset, queryString: string, expected: string]>([
  [
    'a setting changed',
    follow(first, 2, ['a'], setting('a', '5', ['was_a'])),
    'settings=b,a&context_filters=',
    '{"settings":{"b":{"rules":[],"default_value":2},"a":{"rules":[],"default_value":5}}}',
  ],
  [
    'an alias moved to another setting',
    follow(first, 2, ['a', 'b'], setting('a', '1'), setting('b', '2', ['was_a'])),
    'settings=was_a&context_filters=',
    '{"settings":{"b":{"rules":[],"default_value":2}}}',
  ],
  [
    'a setting was renamed',
    follow(first, 2, ['a', 'c'], setting('c', '1', ['a', 'was_a'])),
    'settings=a&context_filters=',
    '{"settings":{"c":{"rules":[],"default_value":1}}}',
  ],
  [
    'all were asked for and one more came',
    follow(first, 2, ['c'], setting('c', '3')),
    'context_filters=',
    '{"settings":{"a":{"rules":[],"default_value":1},"b":{"rules":[],"default_value":2},"c":{"rules":[],"default_value":3}}}',
  ],
  [
    'everything was reloaded with another order of features',
    load(2, setting('a', '7'), setting('b', '2')),
    'settings=a&context_filters=',
    '{"settings":{"a":{"rules":[],"default_value":7}}}',
  ],
])('makes another answer where %s', (_what, next, queryString, expected) => {
  const cache = new AnswerCache(1_000_000);
  const before = ask(cache, queryString, first);
  const after = ask(cache, queryString, next);
  expect(text(after)).toBe(expected);
  expect(after.etag).not.toBe(before.etag);
  expect(ask(cache, queryString, next)).toBe(after);
});

it('refuses where a setting that was answered does not exist any more', () => {
  const cache = new AnswerCache(1_000_000);
  ask(cache, 'settings=b,was_a', first);
  const next = follow(first, 2, ['a']);
  expect(() => ask(cache, 'settings=b,was_a', next)).toThrow('the settings "was_a" do not exist');
  expect(text(ask(cache, 'settings=b,was_a', first))).toContain('"default_value":1');
});

describe('the bound', () => {
  const MAX = 200_000;
  const big = load(1, setting('a', `"${'x'.repeat(5_000)}"`));

  it('holds for bodies and keys, the least recently used forgotten first', () => {
    const cache = new AnswerCache(MAX);
    const asked = Array.from({ length: 100 }, (_, index) => `settings=a&n=${index}${'y'.repeat(1_000)}`);
    for (const queryString of asked) {
      ask(cache, queryString, big);
      ask(cache, asked[0] ?? '', big);
    }
    const kept = asked.filter((queryString) => cache.find(queryString) !== undefined);
    expect(kept.length * (10_000 + 2_000)).toBeLessThanOrEqual(MAX);
    expect(kept).toEqual([asked[0], ...asked.slice(asked.length - kept.length + 1)]);
    expect(kept.length).toBeGreaterThan(10);
  });

  it('counts what the parsed query takes, which can be many times its text', () => {
    const cache = new AnswerCache(MAX);
    const values = Array.from({ length: 1_000 }, (_, index) => `v${index}`).join(',');
    const asked = ['a', 'b', 'c', 'd'].map((name) => `context_filters=user:(${values},${name})`);
    for (const queryString of asked) ask(cache, queryString, first);
    expect(asked.filter((queryString) => cache.find(queryString) !== undefined)).toEqual([asked[3]]);
  });

  it('leaves out an answer that is larger than all of it', () => {
    const cache = new AnswerCache(5_000);
    expect(text(ask(cache, 'settings=a', big))).toBe(text(ask(cache, 'settings=a', big)));
    expect(cache.find('settings=a')).toBeUndefined();
  });

  it('of 0 keeps nothing, and answers all the same', () => {
    const cache = new AnswerCache(0);
    const answer = ask(cache, 'settings=b', first);
    expect(ask(cache, 'settings=b', first)).not.toBe(answer);
    expect(ask(cache, 'settings=b', first)).toEqual(answer);
    expect(cache.find('settings=b')).toBeUndefined();
  });
});

it('does not keep what is asked for once only', () => {
  const cache = new AnswerCache(1_000_000);
  askOnce(cache, 'settings=a', first);
  expect(cache.find('settings=a')).toBeUndefined();
  askOnce(cache, 'settings=a', first);
  expect(cache.find('settings=a')).toBeDefined();
});
