import { escapeUnseen, visibleJson } from './unseen.js';

const UNSEEN = ['\u0007', '\u0085', '\u00ad', '\u200b', '\u202e', '\u2028', '\u2066', '\ufe0f', '\ufeff', '\u{e0041}'];

it.each(UNSEEN)('what is not seen stands as an escape, which JSON reads as what it was: %j', (character) => {
  const text = `ann${character}bob`;
  const written = visibleJson({ actor: text });
  expect(written).toMatch(/^[ -~]+$/);
  expect(JSON.parse(written)).toEqual({ actor: text });
  expect(escapeUnseen(text)).toMatch(/^ann\\[ -~]+bob$/);
});

it('what is seen stays as it is', () => {
  const text = 'Zoë, 日本語, עברית, 🚀 "quoted" \\ a';
  expect(visibleJson({ text })).toBe(JSON.stringify({ text }));
  expect(escapeUnseen(text)).toBe(text);
});

it('different texts are not shown alike', () => {
  expect(escapeUnseen('\u{e0041}')).toBe('\\u{e0041}');
  expect(escapeUnseen('\u001b[31m')).toBe('\\x1b[31m');
});
