import {
  accepts,
  formatJson,
  type Json,
  jsonEquals,
  jsonText,
  type JsonText,
  parseJson,
  type SettingType,
  writeJson,
} from '@heksher/core';

/**
 * A value while it is edited: what stands in the controls, which may not be a value yet. It is plain data, so that it can be kept as JSON.
 * What is not touched keeps its spelling: `70.0` stays `70.0`, and an escape stays an escape.
 */
export type Draft =
  /** A number or a text as it is typed. `origin` is the value that it was made of. */
  | Readonly<{ kind: 'text'; text: string; origin?: Json }>
  /** JSON as it is typed: a text that a text area cannot hold, or a value that is not of its type. */
  | Readonly<{ kind: 'json'; text: string }>
  /** One of a few; absent: none is chosen yet. */
  | Readonly<{ kind: 'choice'; chosen?: Json }>
  | Readonly<{ kind: 'flags'; chosen: readonly Json[] }>
  | Readonly<{ kind: 'list'; items: readonly Item[] }>
  | Readonly<{ kind: 'map'; rows: readonly Row[] }>;

/** `id` tells items apart while they move; it means nothing. */
export type Item = Readonly<{ id: number; draft: Draft }>;
export type Row = Item & Readonly<{ name: string; spelling?: JsonText }>;

/** The value that a draft is, or why it is none yet; `at` has the ids that lead to what is wrong. */
export type Reading = Readonly<{ json: Json }> | Readonly<{ problem: string; at: readonly number[] }>;

let lastId = 0;

/** Greater than all that a kept draft may have. */
export function newId(): number {
  lastId = Math.max(lastId + 1, Date.now());
  return lastId;
}

/** The draft that shows a value. A value that is not of the type is shown as JSON. */
export function draftOf(type: SettingType, json: Json): Draft {
  switch (type.kind) {
    case 'int':
    case 'float':
      return accepts(type, json) ? { kind: 'text', text: formatJson(json), origin: json } : jsonDraft(json);
    case 'str':
      if (json.kind !== 'string' || !fitsTextArea(json.value)) return jsonDraft(json);
      return { kind: 'text', text: json.value, origin: json };
    case 'bool':
    case 'enum':
      return accepts(type, json) ? { kind: 'choice', chosen: json } : jsonDraft(json);
    case 'flags':
      return json.kind === 'array' && accepts(type, json) ? { kind: 'flags', chosen: json.items } : jsonDraft(json);
    case 'sequence':
      if (json.kind !== 'array') return jsonDraft(json);
      return { kind: 'list', items: json.items.map((item) => ({ id: newId(), draft: draftOf(type.item, item) })) };
    case 'mapping':
      if (json.kind !== 'object') return jsonDraft(json);
      return {
        kind: 'map',
        rows: [...json.members].map(([name, member]) => {
          const spelling = json.spellings?.get(name);
          return { id: newId(), name, ...(spelling && { spelling }), draft: draftOf(type.item, member) };
        }),
      };
  }
}

/** Where nothing is given yet. */
export function emptyDraft(type: SettingType): Draft {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'str':
      return { kind: 'text', text: '' };
    case 'bool':
    case 'enum':
      return { kind: 'choice' };
    case 'flags':
      return { kind: 'flags', chosen: [] };
    case 'sequence':
      return { kind: 'list', items: [] };
    case 'mapping':
      return { kind: 'map', rows: [] };
  }
}

export function jsonDraft(json: Json): Draft {
  return { kind: 'json', text: formatJson(json) };
}

/** The value of a draft, spelled as it was typed, or as it was before where nothing was. */
export function readDraft(type: SettingType, draft: Draft): Reading {
  switch (draft.kind) {
    case 'text':
      return type.kind === 'str' ? { json: textJson(draft) } : readNumber(type, draft.text);
    case 'json':
      return readJson(type, draft.text);
    case 'choice':
      return draft.chosen === undefined ? wrong('choose one') : { json: draft.chosen };
    case 'flags':
      return { json: { kind: 'array', items: draft.chosen } };
    case 'list':
      return readList(type, draft.items);
    case 'map':
      return readMap(type, draft.rows);
  }
}

/** The value; undefined where the draft is none yet. */
export function valueOfDraft(type: SettingType, draft: Draft): Json | undefined {
  const reading = readDraft(type, draft);
  return 'json' in reading ? reading.json : undefined;
}

/** Why the draft is no value; undefined where it is one. */
export function problemOf(type: SettingType, draft: Draft): string | undefined {
  const reading = readDraft(type, draft);
  return 'json' in reading ? undefined : reading.problem;
}

/** A text area gives back line ends as `\n`, and nobody sees most control characters. */
export function fitsTextArea(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return !/[\u0000-\u0008\u000b-\u001f\u007f\p{Surrogate}]/u.test(text);
}

function textJson({ text, origin }: Readonly<{ text: string; origin?: Json }>): Json {
  if (origin?.kind === 'string' && origin.value === text) return origin;
  return { kind: 'string', value: text, text: writeJson(text) };
}

function readNumber(type: SettingType, text: string): Reading {
  if (text.trim() === '') return wrong(type.kind === 'int' ? 'a whole number is missing' : 'a number is missing');
  const reading = readJson(type, text);
  if (!('problem' in reading)) return reading;
  if (reading.problem.startsWith('not JSON: expected')) return wrong(`"${text}" is not a number`);
  return type.kind === 'int' && /^\s*-?\d+\.\d+\s*$/.test(text) ? wrong('must be a whole number') : reading;
}

/** What was probably meant by a number that is none: `1 000` is 1000, `0,5` is 0.5. */
export function meantNumber(type: SettingType, text: string): string | undefined {
  const plain = text.replace(/[\s_'’\u00a0\u202f]/g, '').replace(/^\+/, '');
  const pointed =
    type.kind === 'float' && /^-?\d*,\d+$/.test(plain) ? plain.replace(',', '.') : plain.replace(/,(?=\d{3}\b)/g, '');
  const meant = pointed.replace(/^(-?)\./, '$10.').replace(/^(-?)0+(?=\d)/, '$1');
  return meant !== text && 'json' in readJson(type, meant) ? meant : undefined;
}

function readJson(type: SettingType, text: string): Reading {
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  return accepts(type, json) ? { json } : wrong(`is not of the type ${nameOfType(type)}`);
}

const NAMES: Readonly<Record<SettingType['kind'], string>> = {
  int: 'int: a whole number',
  float: 'float: a number',
  str: 'str: a text in quotes',
  bool: 'bool: true or false',
  enum: 'Enum: one of its options',
  flags: 'Flags: a list of some of its options, without repeats',
  sequence: 'Sequence: a list whose items are of its type',
  mapping: 'Mapping: an object whose members are of its type',
};

function nameOfType(type: SettingType): string {
  return NAMES[type.kind];
}

function readList(type: SettingType, items: readonly Item[]): Reading {
  const read: Json[] = [];
  for (const item of items) {
    const reading = readItem(type, item);
    if ('problem' in reading) return reading;
    read.push(reading.json);
  }
  return { json: { kind: 'array', items: read } };
}

function readMap(type: SettingType, rows: readonly Row[]): Reading {
  const members = new Map<string, Json>();
  const spellings = new Map<string, JsonText>();
  for (const row of rows) {
    if (members.has(row.name)) return { problem: `the key "${row.name}" is there twice`, at: [row.id] };
    const reading = readItem(type, row);
    if ('problem' in reading) return reading;
    members.set(row.name, reading.json);
    spellings.set(row.name, row.spelling ?? jsonText(writeJson(row.name)));
  }
  return { json: { kind: 'object', members, spellings } };
}

function readItem(type: SettingType, { id, draft }: Item): Reading {
  if (!('item' in type)) return wrong('is not of the type');
  const reading = readDraft(type.item, draft);
  return 'problem' in reading ? { ...reading, at: [id, ...reading.at] } : reading;
}

function wrong(problem: string): Reading {
  return { problem, at: [] };
}

/** An option among those chosen, by value: `1.0` is `1`. */
export function isAmong(options: readonly Json[], option: Json): boolean {
  return options.some((one) => jsonEquals(one, option));
}
