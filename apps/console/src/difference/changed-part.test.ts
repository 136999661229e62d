import fc from 'fast-check';
import { changedParts } from './changed-part.js';

it('marks what differs in a long text alone', () => {
  const [from, to] = changedParts('https://old.example.com/api/v1', 'https://new.example.com/api/v1');
  expect([from.middle, to.middle]).toEqual(['old', 'new']);
  expect(from.before + from.middle + from.after).toBe('https://old.example.com/api/v1');
});

it('marks what was added to a long text', () => {
  const [from, to] = changedParts('["a","b","c","d","e","f","g"]', '["a","b","c","d","e","f","g","h"]');
  expect([from.middle, to.middle]).toEqual(['', ',"h"']);
});

it('shows short texts whole', () => {
  expect(changedParts('50', '500')[1]).toEqual({ before: '', middle: '500', after: '' });
});

it('loses nothing of what differs, and splits no character', () => {
  const text = fc
    .array(fc.constantFrom('a', '😀', '😁', '👍'), { minLength: 20, maxLength: 40 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, text, (from, to) => {
      for (const [parts, given] of [
        [changedParts(from, to)[0], from],
        [changedParts(from, to)[1], to],
      ] as const) {
        const shown = [parts.before, parts.middle, parts.after].map((part) => part.replace('…', ''));
        expect(given).toContain(shown.join(''));
        for (const part of shown) expect(part).toBe(Buffer.from(part).toString());
      }
    }),
  );
});
