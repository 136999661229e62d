import { accepts, formatJson, parseJson, parseSettingType, type SettingType } from '@heksher/core';
import fc from 'fast-check';
import {
  type Draft,
  draftOf,
  emptyDraft,
  fitsTextArea,
  jsonDraft,
  meantNumber,
  problemOf,
  readDraft,
} from './draft.js';

const OPTIONS = ['"a"', '"b"', '1', '2.5', 'false', 'true'];

const { type: anyType } = fc.letrec<{ type: SettingType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<SettingType>({ kind: 'int' }, { kind: 'float' }, { kind: 'str' }, { kind: 'bool' }),
    fc.record({ kind: fc.constantFrom('enum', 'flags'), options: fc.subarray(OPTIONS, { minLength: 1 }) }),
    fc.record({ kind: fc.constantFrom('sequence', 'mapping'), item: tie('type') }),
  ),
}));

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string());
/** JSON has more than one spelling for a text. */
const spelled = texts.chain((text) => fc.constantFrom(JSON.stringify(text), `"${[...text].map(escaped).join('')}"`));
const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

function textOf(type: SettingType): fc.Arbitrary<string> {
  switch (type.kind) {
    case 'int':
      return fc.oneof(fc.bigInt().map(String), fc.constantFrom('70.0', '1e3', '-0', '9007199254740993'));
    case 'float':
      return fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
        fc.constantFrom('70.0', '1.50', '1E+2'),
      );
    case 'str':
      return spelled;
    case 'bool':
      return fc.constantFrom('true', 'false');
    case 'enum':
      return fc.constantFrom(...type.options).map((option) => (option === '1' ? '1.0' : option));
    case 'flags':
      return fc.shuffledSubarray([...type.options]).map((options) => `[${options.join(',')}]`);
    case 'sequence':
      return fc.array(textOf(type.item), { maxLength: 5 }).map((items) => `[${items.join(',')}]`);
    case 'mapping':
      return fc
        .uniqueArray(fc.tuple(spelled, textOf(type.item)), {
          maxLength: 5,
          selector: ([key]) => JSON.parse(key) as string,
        })
        .map((members) => `{${members.map(([key, member]) => `${key}:${member}`).join(',')}}`);
  }
}

const typed = anyType.chain((type) => fc.tuple(fc.constant(type), textOf(type)));

it('the draft of a value of any type reads as the same text, also after it was kept', () => {
  fc.assert(
    fc.property(typed, ([type, text]) => {
      const json = parseJson(text);
      expect(accepts(type, json)).toBe(true);
      const draft = draftOf(type, json);
      const kept = JSON.parse(JSON.stringify(draft)) as Draft;
      for (const one of [draft, kept, jsonDraft(json)]) {
        const reading = readDraft(type, one);
        expect('json' in reading && formatJson(reading.json)).toBe(formatJson(json));
      }
    }),
    { numRuns: 500 },
  );
});

it('a value that is not of the type is shown as it is, and is not accepted', () => {
  fc.assert(
    fc.property(typed, anyType, ([, text], type) => {
      const json = parseJson(text);
      const reading = readDraft(type, draftOf(type, json));
      if (accepts(type, json)) expect('json' in reading && formatJson(reading.json)).toBe(formatJson(json));
      else expect('problem' in reading).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('every text that a text area shows comes back as it was', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const draft = draftOf({ kind: 'str' }, parseJson(JSON.stringify(text)));
      expect(draft.kind).toBe(fitsTextArea(text) ? 'text' : 'json');
    }),
  );
});

it.each([
  ['int', '1 000', '1000'],
  ['int', '1,000', '1000'],
  ['int', '+7', '7'],
  ['int', '007', '7'],
  ['float', '0,5', '0.5'],
  ['float', '.5', '0.5'],
  ['int', '0,5', undefined],
  ['int', '70', undefined],
  ['int', 'many', undefined],
])('of the type %s, %p is meant as %p', (type, text, meant) => {
  expect(meantNumber(parseSettingType(type), text)).toBe(meant);
});

it('says what is wrong with a number', () => {
  const int = parseSettingType('int');
  expect(problemOf(int, emptyDraft(int))).toBe('a whole number is missing');
  expect(problemOf(int, { kind: 'text', text: 'many' })).toBe('"many" is not a number');
  expect(problemOf(int, { kind: 'text', text: '1.5' })).toBe('must be a whole number');
  expect(problemOf(int, { kind: 'text', text: '1.0' })).toBeUndefined();
});

it('says where a key is there twice', () => {
  const type = parseSettingType('Mapping<int>');
  const rows = [1, 2].map((id) => ({ id, name: 'a', draft: { kind: 'text', text: '1' } as const }));
  expect(readDraft(type, { kind: 'map', rows })).toEqual({ problem: 'the key "a" is there twice', at: [2] });
});
