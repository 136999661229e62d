import { PiecewiseEtag, strongEtag } from './etag.js';

it('an entity tag is made of the bytes alone, quoted, and differs with them', () => {
  expect(strongEtag(Buffer.from('{}'))).toMatch(/^"[\w-]{27}"$/);
  expect(strongEtag(Buffer.from('{}'))).toBe(strongEtag(Buffer.from('{}')));
  expect(strongEtag(Buffer.from('{} '))).not.toBe(strongEtag(Buffer.from('{}')));
});

describe('an entity tag made piece by piece', () => {
  const tagOf = (...pieces: readonly (readonly [number, number])[]): string => {
    const etag = new PiecewiseEtag();
    for (const [first, second] of pieces) etag.add(first, second);
    return etag.toString();
  };

  it('is quoted, and the same for the same pieces', () => {
    expect(tagOf([1, 2], [-3, 4])).toMatch(/^"[-.\d]+"$/);
    expect(tagOf([1, 2], [-3, 4])).toBe(tagOf([1, 2], [-3, 4]));
  });

  it('differs with each half of each piece, with their order and their number', () => {
    const tags = [
      tagOf(),
      tagOf([0, 0]),
      tagOf([0, 0], [0, 0]),
      tagOf([1, 2], [3, 4]),
      tagOf([3, 4], [1, 2]),
      tagOf([0, 2], [3, 4]),
      tagOf([1, 0], [3, 4]),
      tagOf([1, 2], [0, 4]),
      tagOf([1, 2], [3, 0]),
    ];
    expect(new Set(tags).size).toBe(tags.length);
  });
});
