/** Which span of which trace something is part of (W3C Trace Context). */
export type TraceParent = Readonly<{ traceId: string; spanId: string; isSampled: boolean }>;

const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const LENGTH_OF_VERSION_00 = 55;
const SAMPLED = 1;

/** Undefined for what is no `traceparent`. Later versions may have more behind it. */
export function parseTraceparent(text: string): TraceParent | undefined {
  const [match, version, traceId, spanId, flags] = FORM.exec(text) ?? [];
  if (match === undefined || traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && text.length !== LENGTH_OF_VERSION_00) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags ?? '', 16) & SAMPLED) === SAMPLED };
}

/** In version 00. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-0${isSampled ? SAMPLED : 0}`;
}

/**
 * What a header says of sampling by its last flag alone, which costs some nanoseconds: undefined where there is none long enough. One
 * that says yes has to be parsed still.
 */
export function sampledBit(header: unknown): boolean | undefined {
  if (typeof header !== 'string' || header.length < LENGTH_OF_VERSION_00) return undefined;
  const code = header.charCodeAt(LENGTH_OF_VERSION_00 - 1);
  // The digits 0 to 9 are odd as their codes are; a to f are not.
  return (code & 1) === (code <= 57 ? 1 : 0);
}

const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MOST_MEMBERS = 32;
/** Longer ones may be shortened; of that, members of more than so many characters first. */
const MOST_STATE = 512;
const MOST_MEMBER = 128;

/** What is handed on of a header `tracestate`: undefined where it is none, or is empty. Of a long one members are left out, as W3C says. */
export function tracestateOf(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const members = header
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  if (members.length > MOST_MEMBERS || keys.size < members.length) return undefined;
  if (!members.every((member) => MEMBER.test(member))) return undefined;
  const whole = members.join(',');
  if (whole.length <= MOST_STATE) return whole || undefined;
  const short = members.filter(({ length }) => length <= MOST_MEMBER);
  while (short.join(',').length > MOST_STATE) short.pop();
  return short.join(',') || undefined;
}

/** A header, to be handed on in version 00: a later version may have anything behind what is known, of any length. */
export function traceparentOf(header: unknown): string | undefined {
  const parent = typeof header === 'string' ? parseTraceparent(header) : undefined;
  return parent && formatTraceparent(parent);
}
