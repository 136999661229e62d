/** Properties of a pattern that are known before it is compiled. Positions are indices into its text. */
export type PatternMeasure = Readonly<{
  size: number;
  /** The last of the parentheses that stay open. */
  unclosed: number | undefined;
  /** The first closing parenthesis that none was open for. */
  unopened: number | undefined;
}>;

/** A counted repetition makes its operand large by its count, and matching slower than as many letters would. */
const COUNTED = 4;
/** Classes such as `\pL` have hundreds of ranges, twice as many where letters match in either case. */
const UNICODE_CLASS = 20;

/** A group that is open: the size of all in it, and of the last thing in it, which a repetition after it repeats. */
type Group = { readonly start: number; size: number; last: number };

const CHARACTER_OR_RANGE = /(?:\\.|[^\]\\])(?:-[^\]\\])?/;
const CLASS = new RegExp(
  String.raw`\[\^?(?:\](?:-[^\]\\])?)?(?:\[:\^?\w+:\]|\\[dswpDSWP]|${CHARACTER_OR_RANGE.source})*\]?`,
);
const COUNT = /\{(?<least>\d+)(?:,(?<most>\d*))?\}/;
const TOKEN = new RegExp(
  String.raw`\\Q(?<literal>.*?)(?:\\E|$)|(?<class>${CLASS.source})|(?<unicode>\\[pP](?:\{[^}]*\}?|.)?)|\\x\{[^}]*\}?|\\.|${COUNT.source}|.`,
  'gsuy',
);

/**
 * Measures a pattern without compiling it, which takes time for some. The size is that of the program a regular
 * expression engine makes of it, roughly, and never much less; of what is malformed it means nothing.
 */
export function measurePattern(source: string): PatternMeasure {
  const groups: Group[] = [{ start: -1, size: 0, last: 0 }];
  let unopened: number | undefined;
  for (const token of source.matchAll(TOKEN)) {
    const group = groups.at(-1);
    if (group === undefined) break;
    const [text] = token;
    if (text === '(') groups.push({ start: token.index, size: 1, last: 0 });
    else if (text !== ')') addToken(group, token);
    else if (groups.length > 1) close(groups);
    else unopened ??= token.index;
  }
  const unclosed = groups.length > 1 ? groups.at(-1)?.start : undefined;
  return { size: groups.reduce((sum, { size }) => sum + size, 0), unclosed, unopened };
}

function addToken(
  group: Group,
  { 0: text, groups: { least, most, literal, unicode, class: list } = {} }: RegExpExecArray,
) {
  if (least !== undefined) {
    const times = Math.max(Number(least), Number(most ?? 0));
    if (times > 1) add(group, group.last * (COUNTED * times - 1), true);
  } else if (/^[?*+]$/.test(text)) add(group, 1, true);
  else if (literal !== undefined) add(group, [...literal].length, false);
  else if (unicode !== undefined) add(group, UNICODE_CLASS, false);
  else add(group, 1 + UNICODE_CLASS * (list?.match(/\\[pP]/g)?.length ?? 0), false);
}

/** Adds something of its own, or what a repetition adds to the last thing. */
function add(group: Group, size: number, isRepeated: boolean): void {
  group.size += size;
  group.last = isRepeated ? group.last + size : size;
}

function close(groups: Group[]): void {
  const closed = groups.pop();
  const around = groups.at(-1);
  if (closed !== undefined && around !== undefined) add(around, closed.size, false);
}
