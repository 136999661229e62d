import { readExact } from '../api/exact.js';
import { operationOf } from '../api/change-set-draft.js';
import { rowsOfOperation } from './operation-rows.js';
import { type Change, rowsOf } from './rows.js';

const change = (json: string): Change => readExact(json) as Change;
const texts = (json: string) => rowsOf(change(json)).map(({ sign, part, from, to }) => [sign, part, from, to]);

it('a value that is another now is one line, spelled as it is', () => {
  const rows = rowsOf(
    change(`{"kind":"rule","op":"changed","setting":"a","rule_id":7,"feature_values":[["user","guest"]],
      "old":{"value":1.0,"feature_values":[["user","guest"]],"metadata":{}},
      "new":{"value":70.0,"feature_values":[["user","guest"]],"metadata":{"why":"x"}}}`),
  );
  expect(rows).toEqual([
    {
      ...{ sign: '~', setting: 'a', line: 'rule-7', subject: 'rule 7', conditions: [['user', 'guest']] },
      ...{ part: undefined, from: '1.0', to: '70.0' },
    },
    expect.objectContaining({ part: 'why', from: undefined, to: '"x"' }),
  ]);
});

it('each part of a rollout that is another now is a line, members among them', () => {
  const rollout = '"kind":"rollout","op":"changed","setting":"a","rollout_id":1,"feature":"user","feature_values":{}';
  expect(
    texts(`{${rollout},"members":{"added":4812,"removed":0},
      "old":{"enabled":true,"percentage":5.0,"value":1,"metadata":{}},
      "new":{"enabled":false,"percentage":20,"value":1,"metadata":{}}}`),
  ).toEqual([
    ['~', 'share', '5 %', '20 %'],
    ['~', 'switched', 'on', 'off'],
    ['~', 'members', undefined, '4\u202f812 added'],
  ]);
});

it('what came or went is one line with what matters most', () => {
  expect(
    texts('{"kind":"setting","op":"created","setting":"a","old":null,"new":{"type":"int","default_value":60}}'),
  ).toEqual([['+', undefined, undefined, 'int, default 60']]);
  expect(
    texts(`{"kind":"rollout","op":"deleted","setting":"a","rollout_id":1,"feature_values":{},"new":null,
      "old":{"percentage":20,"value":true}}`),
  ).toEqual([['-', undefined, 'true for 20 %', undefined]]);
  expect(
    texts(
      '{"kind":"context_features","op":"changed","old":{"context_features":["a"]},"new":{"context_features":["a","b"]}}',
    ),
  ).toEqual([['~', undefined, 'a', 'a, b']]);
});

it.each([
  [
    '{"op":"put_rule","setting":"a","feature_values":{"user":"x"},"value":1.0,"expect":null}',
    ['+', undefined, undefined, '1.0'],
  ],
  ['{"op":"patch_rule","setting":"a","set":{"value":2},"expect":{"value":1}}', ['~', undefined, '1', '2']],
  ['{"op":"delete_rule","setting":"a","expect":{"value":1}}', ['-', undefined, '1', undefined]],
  [
    '{"op":"patch_rollout","setting":"a","feature":"user","set":{"enabled":false}}',
    ['~', 'switched', undefined, 'off'],
  ],
  ['{"op":"change_members","setting":"a","feature":"user","add":["x","y"]}', ['~', 'members', undefined, '2 added']],
  ['{"op":"rename_setting","setting":"a","name":"b"}', ['~', 'name', 'a', 'b']],
  ['{"op":"move_context_feature","name":"b","before":"a"}', ['~', undefined, undefined, 'before a']],
])('the operation %s is a line', (text, expected) => {
  expect(rowsOfOperation(operationOf(text)).map(({ sign, part, from, to }) => [sign, part, from, to])).toEqual([
    expected,
  ]);
});
