import { type IncomingHttpHeaders } from 'node:http';
import { type Precondition } from '../caller.js';
import { type NamedRevision, parseRevision } from '../named-revision.js';
import { matchesEtag } from './if-none-match.js';

/**
 * What `If-Match` and `If-None-Match` ask of a write (RFC 9110, 13.1); undefined where neither is given. Tags are compared as
 * those of reads are, though the standard has `If-Match` refuse weak ones: they are made of the content alone, and a proxy
 * that marks the tags of reads must not make writes impossible.
 */
export function preconditionOf(headers: IncomingHttpHeaders): Precondition | undefined {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  return (tags) => {
    const isAmong = (header: string): boolean => tags.some((tag) => matchesEtag(header, tag));
    if (ifMatch !== undefined && !isAmong(ifMatch)) return 'If-Match';
    if (ifNoneMatch !== undefined && isAmong(ifNoneMatch)) return 'If-None-Match';
    return undefined;
  };
}

const IF_REVISION = 'Heksher-If-Revision';

/** The revision after which what is written to must not have changed. Throws `invalid`. */
export function ifRevisionOf(headers: IncomingHttpHeaders): NamedRevision | undefined {
  const header = headers['heksher-if-revision'];
  if (typeof header !== 'string' || header === '') return undefined;
  return parseRevision(header, IF_REVISION, { parameter: IF_REVISION });
}
