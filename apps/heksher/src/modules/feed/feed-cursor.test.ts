import { cursorAt, formatFeedCursor, OLDEST, parseFeedCursor, requireFeedCursor } from './feed-cursor.js';

it.each(['0', '1-00000000', '1042-9f3a61c2'])('%s is read and written alike', (text) => {
  const cursor = parseFeedCursor(text);
  expect(cursor && formatFeedCursor(cursor)).toBe(text);
});

it.each([
  ...['', '1042', '0-9f3a61c2', '-1-9f3a61c2', '1042-9F3A61C2', '1042-9f3a61c', '1042-9f3a61c22', '01-9f3a61c2'],
  ...['1042-9f3a61c2 ', '1042-9f3a61c2\n', '1e3-9f3a61c2', '9999999999999999-9f3a61c2', '00'],
])('%j is no cursor', (text) => {
  expect(parseFeedCursor(text)).toBeUndefined();
  expect(() => requireFeedCursor(text, 'after')).toThrow(`after must be a revision such as 1042-9f3a61c2`);
});

it('0 stands before the oldest change, and a revision behind its own', () => {
  expect(parseFeedCursor('0')).toEqual(OLDEST);
  expect(cursorAt({ seq: '7', token: '9f3a61c2-7d0f-4d0e-9b6e-6a1f4f0f9a11' })).toEqual({ seq: 7, token: '9f3a61c2' });
});
