import { rawJson } from '@heksher/core';
import { addToChangeSet, changeSetDraft, setChangeSetDraft } from './change-set-draft.js';

beforeEach(() => setChangeSetDraft([]));

const rule = { op: 'patch_rule', setting: 'a', feature_values: { user: 'bob', theme: 'dark' } };

it('keeps values as they are spelled', () => {
  addToChangeSet({ op: 'put_rule', setting: 'a', feature_values: {}, value: rawJson('70.0') });
  expect(changeSetDraft()).toEqual(['{"op":"put_rule","setting":"a","feature_values":{},"value":70.0}']);
});

it('has one operation for a line, which expects what was there when the first was made', () => {
  addToChangeSet({ ...rule, set: { value: rawJson('1.0') }, expect: { value: 5 } });
  addToChangeSet({ ...rule, feature_values: { theme: 'dark', user: 'bob' }, set: { value: 2 }, expect: { value: 1 } });
  expect(changeSetDraft().map((text) => JSON.parse(text) as object)).toEqual([
    { ...rule, set: { value: 2 }, expect: { value: 5 } },
  ]);
  addToChangeSet({ op: 'delete_rule', setting: 'a', feature_values: rule.feature_values });
  expect(changeSetDraft()).toHaveLength(1);
  addToChangeSet({ op: 'delete_rule', setting: 'b', feature_values: rule.feature_values });
  expect(changeSetDraft()).toHaveLength(2);
});

it('has the members of all changes of a rollout, the last word on each', () => {
  const rollout = { op: 'change_members', setting: 'a', feature: 'user', feature_values: {} };
  addToChangeSet({ ...rollout, add: ['ann', 'bob'], remove: ['eve'] });
  addToChangeSet({ ...rollout, add: ['eve', 'ann'], remove: ['bob'] });
  expect(changeSetDraft().map((text) => JSON.parse(text) as object)).toEqual([
    { ...rollout, add: ['ann', 'eve'], remove: ['bob'] },
  ]);
});

it('sets what two patches of a rollout set', () => {
  const rollout = { op: 'patch_rollout', setting: 'a', feature: 'user', feature_values: {} };
  addToChangeSet({ ...rollout, set: { percentage: rawJson('5.50') } });
  addToChangeSet({ ...rollout, set: { enabled: false } });
  expect(changeSetDraft()).toEqual([
    '{"op":"patch_rollout","setting":"a","feature":"user","feature_values":{},"set":{"percentage":5.50,"enabled":false},"expect":{}}',
  ]);
});
