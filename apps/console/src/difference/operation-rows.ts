import { formatJson, type Json } from '@heksher/core';
import { type Operation } from '../api/change-set-draft.js';
import { conditionsOf, conditionsText, counted, type Row, shareOf, withWord } from './rows.js';

type Image = Readonly<Record<string, unknown>>;

/** The lines that show what an operation of a change set does, as far as it says what it expects to be there. */
export function rowsOfOperation(operation: Operation): readonly Row[] {
  const { op, setting } = operation;
  const [expect, set] = [imageOf(operation['expect']), imageOf(operation['set'])];
  const isNew = operation['expect'] === null;
  const line =
    op.includes('rollout') || op === 'change_members' ? `rollout by ${textOf(operation['feature'])}` : 'rule';
  const row = (sign: Row['sign'], part?: string, from?: string, to?: string, subject = line): Row => ({
    ...{ sign, setting, line: undefined, subject, part, from, to },
    conditions: subject === line ? conditionsOf(operation['feature_values']) : undefined,
  });
  switch (op) {
    case 'put_rule':
      return [row(isNew ? '+' : '~', undefined, jsonText(expect['value']), jsonText(operation['value']))];
    case 'patch_rule':
    case 'patch_rollout':
      return Object.keys(set).map((name) => row('~', partOf(name), shown(expect, name), shown(set, name)));
    case 'delete_rule':
      return [row('-', undefined, jsonText(expect['value']))];
    case 'put_rollout':
      return [
        row(
          isNew ? '+' : '~',
          undefined,
          undefined,
          withWord(jsonText(operation['value']), ' for', shareOf(operation)),
        ),
      ];
    case 'delete_rollout':
      return [row('-')];
    case 'change_members':
      return [
        row('~', 'members', undefined, joined(count(operation['add'], 'added'), count(operation['remove'], 'removed'))),
      ];
    case 'declare':
      return [
        {
          ...row('+', 'default', undefined, jsonText(operation['default_value']), textOf(operation['name'])),
          setting: textOf(operation['name']),
        },
      ];
    case 'put_setting':
      return Object.keys(operation)
        .filter((name) => !['op', 'setting', 'expect', 'create'].includes(name))
        .map((name) => row(isNew ? '+' : '~', partOf(name), shown(expect, name), shown(operation, name), setting));
    case 'rename_setting':
      return [row('~', 'name', setting, textOf(operation['name']), setting)];
    case 'delete_setting':
      return [row('-', undefined, undefined, undefined, setting)];
    default: {
      const sign = op.startsWith('add') ? '+' : op.startsWith('delete') ? '-' : '~';
      const place = operation['after'] ?? operation['before'];
      const to =
        place === undefined ? undefined : `${operation['after'] === undefined ? 'before' : 'after'} ${textOf(place)}`;
      return [row(sign, undefined, undefined, to, `context feature ${textOf(operation['name'])}`)];
    }
  }
}

const partOf = (name: string): string | undefined => (name in PARTS ? PARTS[name] : name);

const PARTS: Readonly<Record<string, string | undefined>> = {
  value: undefined,
  default_value: 'default',
  percentage: 'share',
  enabled: 'switched',
  feature_values: 'conditions',
  configurable_features: 'features',
};

/** A member as text, or the share that it is of. */
function shown(image: Image, name: string): string | undefined {
  const member = image[name];
  if (member === undefined) return undefined;
  if (name === 'percentage' || name === 'ramp') return shareOf(image);
  if (name === 'enabled') return member === true ? 'on' : 'off';
  if (name === 'feature_values') return conditionsText(conditionsOf(member));
  return jsonText(member) ?? (typeof member === 'string' ? member : JSON.stringify(member));
}

function imageOf(value: unknown): Image {
  return typeof value === 'object' && value !== null ? (value as Image) : {};
}

function jsonText(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? formatJson(value as Json) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function count(list: unknown, word: string): string | undefined {
  return Array.isArray(list) && list.length > 0 ? `${counted(list.length)} ${word}` : undefined;
}

function joined(one: string | undefined, other: string | undefined): string | undefined {
  return [one, other].filter((text) => text !== undefined).join(', ') || undefined;
}
