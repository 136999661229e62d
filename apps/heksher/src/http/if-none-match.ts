/** One member of the list, and the comma after it; members may be missing (RFC 9110, 5.6.1). */
const MEMBER = /[ \t]*(?:(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(,|$)/y;

/** What proxies and this service add to the tag of an answer that they compress. */
const MARKS = /(?:[-;]{1,2}(?:gzip|br|deflate|zstd))+$/;

/**
 * Whether `If-None-Match` (RFC 9110, 13.1.2: `*`, or a list of tags, compared weakly) names the entity tag, also as a proxy may
 * have marked it: `W/"x"`, `"x-gzip"`, `"x;gzip"`. A malformed list names nothing.
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag) return true;
  if (ifNoneMatch.trim() === '*') return true;
  const wanted = etag.slice(1, -1);
  let isFound = false;
  for (MEMBER.lastIndex = 0; MEMBER.lastIndex < ifNoneMatch.length;) {
    const found = MEMBER.exec(ifNoneMatch);
    if (found === null) return false;
    const [, tag] = found;
    if (tag !== undefined && (tag === wanted || tag.replace(MARKS, '') === wanted)) isFound = true;
  }
  return isFound;
}
