import { formatJson, type Json, parseJson } from '@heksher/core';
import fc from 'fast-check';
import { METADATA_KINDS, metadataDraftOf, metadataOf, newMetadataEntry, valueProblem, withKind } from './metadata.js';

const text = (metadata: Json | undefined): string | undefined => metadata && formatJson(metadata);

it('metadata that nobody touched is what it was, as it was spelled', () => {
  const value = fc.oneof(
    fc.constantFrom('70.0', '1e3', '-0', 'true', 'false', 'null', '""', '"7"', '"true"', '[1.0,{"a":null}]'),
    fc.string().map((given) => JSON.stringify(given)),
  );
  const key = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/);
  fc.assert(
    fc.property(fc.dictionary(key, value), (members) => {
      const sorted = Object.keys(members).sort();
      const given = `{${sorted.map((name) => `${JSON.stringify(name)}:${members[name] ?? ''}`).join(',')}}`;
      expect(text(metadataOf(metadataDraftOf(parseJson(given))))).toBe(formatJson(parseJson(given)));
    }),
  );
});

it.each([
  ['', 'text', 'a', undefined],
  ['a b', 'text', 'a', undefined],
  ['n', 'number', 'a', undefined],
  ['n', 'number', '"1"', undefined],
  ['n', 'number', '1.50', '{"n":1.50}'],
  ['n', 'JSON', '{', undefined],
  ['n', 'JSON', '{"a":[]}', '{"n":{"a":[]}}'],
  ['n', 'text', '{', '{"n":"{"}'],
  ['n', 'boolean', 'true', '{"n":true}'],
] as const)('the key %j with the %s %j is %j', (key, kind, given, expected) => {
  expect(text(metadataOf([{ id: 1, key, kind, text: given }]))).toBe(expected);
});

it('no key is there twice', () => {
  const entry = { kind: 'text', text: '', key: 'a' } as const;
  expect(
    metadataOf([
      { ...entry, id: 1 },
      { ...entry, id: 2 },
    ]),
  ).toBeUndefined();
});

it('a text that becomes JSON and a text again is what it was', () => {
  fc.assert(
    fc.property(fc.string(), (given) => {
      const entry = { ...newMetadataEntry(), text: given };
      expect(withKind(withKind(entry, 'JSON'), 'text').text).toBe(given);
    }),
  );
  for (const kind of METADATA_KINDS) {
    const problem = valueProblem(withKind({ ...newMetadataEntry(), text: '12' }, kind));
    expect(problem).toBeUndefined();
  }
});
