import { strongEtag } from './etag.js';

it('an entity tag is made of the bytes alone, quoted, and differs with them', () => {
  expect(strongEtag(Buffer.from('{}'))).toMatch(/^"[\w-]{27}"$/);
  expect(strongEtag(Buffer.from('{}'))).toBe(strongEtag(Buffer.from('{}')));
  expect(strongEtag(Buffer.from('{} '))).not.toBe(strongEtag(Buffer.from('{}')));
});
