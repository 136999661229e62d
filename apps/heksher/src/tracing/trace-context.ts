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

/** A header, to be handed on in version 00: a later version may have anything behind what is known, of any length. */
export function traceparentOf(header: unknown): string | undefined {
  const parent = typeof header === 'string' ? parseTraceparent(header) : undefined;
  return parent && formatTraceparent(parent);
}
