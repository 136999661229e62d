/** A text in three parts, of which the middle is what differs; cut where what is equal is long. */
export type Parts = Readonly<{ before: string; middle: string; after: string }>;

/** So much of what is equal is shown beside what differs. */
const BESIDE = 40;
/** Texts up to this length are shown whole. */
const SHORT = 24;

/** What of two texts differs, by what they begin and end with in common; short ones differ as wholes. */
export function changedParts(from: string, to: string): readonly [from: Parts, to: Parts] {
  if (Math.max(from.length, to.length) <= SHORT) return [whole(from), whole(to)];
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < shorter - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  // Half a character is none.
  if (isLow(from.charCodeAt(start)) || isLow(to.charCodeAt(start))) start -= start > 0 ? 1 : 0;
  if (end > 0 && isLow(from.charCodeAt(from.length - end))) end -= 1;
  return [split(from, start, end), split(to, start, end)];
}

function whole(text: string): Parts {
  return { before: '', middle: text, after: '' };
}

function split(text: string, start: number, end: number): Parts {
  const [before, after] = [text.slice(0, start), text.slice(text.length - end)];
  return {
    before: before.length > BESIDE ? `…${before.slice(-BESIDE)}` : before,
    middle: text.slice(start, text.length - end),
    after: after.length > BESIDE ? `${after.slice(0, BESIDE)}…` : after,
  };
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
