import { BUCKETS } from './bucketing.js';
import { invalid, quoted } from './errors.js';
import { formatJson, type Json, type JsonText } from './json.js';
import { primitivesOf } from './json-primitives.js';
import { parseStoredJson } from './json-parser.js';
import { rawJson, writeJson } from './json-writer.js';
import { METADATA_KEY_RULE, isMetadataKey } from './names.js';
import { type Variant } from './rollout.js';

export const MOST_VARIANTS = 100;

/** Small enough that the sum of all weights times the number of buckets is exact in a double. */
export const GREATEST_WEIGHT = 1_000_000;

/** The rule for names of variants, which is that for keys of metadata. */
export const VARIANT_NAME_RULE = METADATA_KEY_RULE;

/**
 * Reads `[{"name", "value", "weight"}, …]`: at least one and at most MOST_VARIANTS, names unique, weights whole numbers
 * from 1 to GREATEST_WEIGHT, values any JSON. Throws 'invalid'; `field` names the list there.
 */
export function parseVariants(json: Json, field = 'variants'): readonly Variant[] {
  if (json.kind !== 'array') throw invalid(`the variants must be a list, not a ${json.kind}`, field);
  const { length } = json.items;
  if (length === 0 || length > MOST_VARIANTS) {
    throw invalid(`there must be 1 to ${MOST_VARIANTS} variants; given: ${length}`, field);
  }
  const variants = json.items.map((item, index) => parseVariant(item, `${field}[${index}]`));
  const names = variants.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw invalid(`two variants have the name ${quoted(repeated)}`, field);
  return variants;
}

function parseVariant(json: Json, field: string): Variant {
  if (json.kind !== 'object') throw invalid(`a variant must be {name, value, weight}, not a ${json.kind}`, field);
  const name = json.members.get('name');
  const value = json.members.get('value');
  const weight = json.members.get('weight');
  if (name?.kind !== 'string' || !isMetadataKey(name.value)) {
    throw invalid(`the name of a variant must be ${VARIANT_NAME_RULE}; given: ${shown(name)}`, `${field}.name`);
  }
  if (value === undefined) throw invalid(`the variant ${quoted(name.value)} has no value`, `${field}.value`);
  if (weight?.kind !== 'number' || !isWeight(weight.value)) {
    const accepted = `a whole number from 1 to ${GREATEST_WEIGHT}`;
    throw invalid(
      `the weight of the variant ${quoted(name.value)} must be ${accepted}; given: ${shown(weight)}`,
      `${field}.weight`,
    );
  }
  return { name: name.value, value: formatJson(value), weight: weight.value };
}

function isWeight(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= GREATEST_WEIGHT;
}

function shown(json: Json | undefined): string {
  if (json === undefined) return 'nothing';
  const text = formatJson(json);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** The members of a variant as somebody else wrote them; a value that is undefined is missing. */
export type GivenVariant<Value> = Readonly<{ name: unknown; value: Value | undefined; weight: unknown }>;

/**
 * Variants that are evaluated, though another writer stored or sent them: any names, and weights that can be summed
 * exactly. Null where they are not variants.
 */
export function readVariants<Value>(given: readonly GivenVariant<Value>[]): readonly Variant<Value>[] | null {
  const variants: Variant<Value>[] = [];
  let sum = 0;
  for (const { name, value, weight } of given) {
    if (typeof name !== 'string' || value === undefined || typeof weight !== 'number') return null;
    if (!Number.isSafeInteger(weight) || weight < 1) return null;
    variants.push({ name, value, weight });
    sum += weight;
  }
  return variants.length > 0 && Number.isSafeInteger(sum * BUCKETS) ? variants : null;
}

/** As readVariants, from the text that is stored. */
export function parseStoredVariants(text: string): readonly Variant[] | null {
  const json = parseStoredJson(text);
  return json?.kind === 'array' ? readVariants(json.items.map(givenVariant)) : null;
}

function givenVariant(json: Json): GivenVariant<JsonText> {
  const { name, weight } = primitivesOf(json);
  const value = json.kind === 'object' ? json.members.get('value') : undefined;
  return { name, weight, value: value && formatJson(value) };
}

/** The JSON text that parseVariants reads, the values spelled as they were. */
export function formatVariants(variants: readonly Variant[]): JsonText {
  return writeJson(variants.map(({ name, value, weight }) => ({ name, value: rawJson(value), weight })));
}
