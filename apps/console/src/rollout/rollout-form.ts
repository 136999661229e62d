import {
  type BucketHash,
  compareByPrecedence,
  type Condition,
  formatJson,
  type SettingType,
  type Writable,
  writeJson,
} from '@heksher/core';
import { exactly } from '../api/exact.js';
import { type RolloutLine } from '../api/queries.js';
import { conditionProblem } from '../editors/condition.js';
import { type Draft, draftOf, newId, valueOfDraft } from '../editors/draft.js';
import { metadataDraftOf, metadataOf, type MetadataDraft } from '../editors/metadata.js';
import { shareBody, type ShareForm } from './share-form.js';

export type VariantForm = Readonly<{ id: number; name: string; weight: string; value: Draft }>;
export type OutcomeForm =
  Readonly<{ kind: 'value'; value: Draft }> | Readonly<{ kind: 'variants'; variants: readonly VariantForm[] }>;

/** What stands in the form of a rollout; plain data, so that it can be kept. */
export type RolloutForm = Readonly<{
  feature: string;
  conditions: Readonly<Record<string, string>>;
  share: ShareForm;
  pattern: string;
  outcome: OutcomeForm;
  hash: BucketHash;
  /** Empty: the setting's name, where it is new. */
  salt: string;
  metadata: MetadataDraft;
  note: string;
}>;

/** A rollout as the service shows it. */
export type StoredRollout = Pick<
  RolloutLine,
  'feature' | 'feature_values' | 'percentage' | 'ramp' | 'pattern' | 'value' | 'variants' | 'hash' | 'salt' | 'metadata'
>;

export function formOf(type: SettingType, stored: StoredRollout, fallback: Draft): RolloutForm {
  const { variants, value, ramp, percentage = 0 } = stored;
  return {
    feature: stored.feature,
    conditions: stored.feature_values,
    share:
      ramp == null
        ? { kind: 'fixed', percentage: String(percentage) }
        : { kind: 'ramp', start: ramp.start, end: ramp.end, from: String(ramp.from), to: String(ramp.to) },
    pattern: stored.pattern ?? '',
    outcome:
      variants == null
        ? { kind: 'value', value: value === undefined ? fallback : draftOf(type, value) }
        : {
            kind: 'variants',
            variants: variants.map((one) => {
              return { id: newId(), name: one.name, weight: String(one.weight), value: draftOf(type, one.value) };
            }),
          },
    hash: stored.hash,
    salt: stored.salt,
    metadata: metadataDraftOf(stored.metadata),
    note: '',
  };
}

/** Members of a body by name; what is wrong instead, in words. */
export type BodyReading = Readonly<{ body: Readonly<Record<string, Writable>> }> | Readonly<{ problem: string }>;

/** The members that are changed one by one; of a new rollout, with its setting and feature. */
export function bodyOf(form: RolloutForm, type: SettingType): BodyReading {
  const { share, pattern, outcome, hash, salt } = form;
  const where = whereOf(form);
  if (form.feature === '') return { problem: 'Choose whose share it is.' };
  if (where.some(([, value]) => conditionProblem(value) !== undefined)) return { problem: 'A condition cannot be so.' };
  const shared = shareBody(share);
  if (shared === undefined) return { problem: 'A percentage is from 0 to 100, with at most three decimals.' };
  if (typeof shared['problem'] === 'string') return { problem: shared['problem'] };
  const decided = outcomeBody(outcome, type);
  if (decided === undefined) return { problem: 'The value is not complete.' };
  const metadata = metadataOf(form.metadata);
  if (metadata === undefined) return { problem: 'The metadata is not complete.' };
  return {
    body: {
      feature_values: Object.fromEntries(where),
      ...shared,
      pattern: pattern === '' ? null : pattern,
      ...decided,
      hash,
      ...(salt !== '' && { salt }),
      metadata: exactly(metadata),
    },
  };
}

/** Its hard conditions. */
export function whereOf({ conditions, feature: own }: RolloutForm): readonly (readonly [string, string])[] {
  return Object.entries(conditions).filter(([feature, value]) => value !== '' && feature !== own);
}

function outcomeBody(outcome: OutcomeForm, type: SettingType): Readonly<Record<string, Writable>> | undefined {
  if (outcome.kind === 'value') {
    const value = valueOfDraft(type, outcome.value);
    return value === undefined ? undefined : { value: exactly(value) };
  }
  const variants: Writable[] = [];
  for (const { name, weight, value: draft } of outcome.variants) {
    const value = valueOfDraft(type, draft);
    if (value === undefined || name === '' || !/^[1-9]\d{0,6}$/.test(weight)) return undefined;
    variants.push({ name, value: exactly(value), weight: Number(weight) });
  }
  return variants.length === 0 ? undefined : { variants };
}

/** What two people can change apart. */
export const PARTS = {
  where: ['feature_values'],
  share: ['percentage', 'ramp'],
  pattern: ['pattern'],
  value: ['value', 'variants'],
  buckets: ['hash', 'salt'],
  metadata: ['metadata'],
} as const;
export type PartName = keyof typeof PARTS;

const FORM_OF_PART = {
  where: ['conditions'],
  share: ['share'],
  pattern: ['pattern'],
  value: ['outcome'],
  buckets: ['hash', 'salt'],
  metadata: ['metadata'],
} as const satisfies Record<PartName, readonly (keyof RolloutForm)[]>;

/** A part of a body as text, to compare and to show. */
export function partText(body: Readonly<Record<string, Writable>>, part: PartName): string {
  return PARTS[part].flatMap((name) => (body[name] === undefined ? [] : [writeJson(body[name])])).join(' ');
}

export function withPart(form: RolloutForm, part: PartName, other: RolloutForm): RolloutForm {
  return { ...form, ...Object.fromEntries(FORM_OF_PART[part].map((name) => [name, other[name]])) };
}

/** Only what is not as it was, so that the rest is left alone. */
export function changesBetween(
  before: Readonly<Record<string, Writable>>,
  after: Readonly<Record<string, Writable>>,
): Readonly<Record<string, Writable>> {
  const changed = (Object.keys(PARTS) as PartName[]).filter((part) => partText(before, part) !== partText(after, part));
  const names: readonly string[] = changed.flatMap((part) => [...PARTS[part]]);
  return Object.fromEntries(Object.entries(after).filter(([name]) => names.includes(name)));
}

/** Where it would stand among the lines of a setting, from 1. */
export function placeAmong(
  form: RolloutForm,
  lines: readonly Readonly<{ id: number; conditions: readonly Condition[]; feature?: string }>[],
  features: readonly string[],
): number {
  const conditions = Object.entries(form.conditions).filter(([, value]) => value !== '');
  const own = { id: Number.MAX_SAFE_INTEGER, conditions, feature: form.feature };
  return lines.filter((line) => compareByPrecedence(line, own, features) < 0).length + 1;
}

/** The text of a value of the form, for a preview. */
export function valueText(type: SettingType, draft: Draft): string {
  const value = valueOfDraft(type, draft);
  return value === undefined ? '…' : formatJson(value).slice(0, 40);
}
