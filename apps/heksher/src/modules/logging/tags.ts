import { invalid } from '@heksher/core';

/** The fields every Logstash record has of its own; neither a tag nor a field of a line takes their place. */
export const LOGSTASH_FIELDS: ReadonlySet<string> = new Set([
  '@timestamp',
  '@version',
  'message',
  'level',
  'logger_name',
  'host',
  'heksher_version',
  'request_id',
]);

/**
 * Fields to add to every Logstash record: `env:prod team:core` is `{ env: 'prod', team: 'core' }`. The value begins after the
 * first colon (`url:http://x` is fine). Throws an `invalid` error that lists every word it cannot take.
 */
export function parseTags(text: string): Readonly<Record<string, string>> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const pairs = words.map((word): [string, string] => {
    const colon = word.indexOf(':');
    return [word.slice(0, Math.max(colon, 0)), word.slice(colon + 1)];
  });
  const problems = pairs.flatMap(([name, value], index) => {
    const word = JSON.stringify(words[index]);
    if (name === '' || value === '') return [`${word} is not a tag`];
    if (LOGSTASH_FIELDS.has(name)) return [`${word} has the name of a field that every record has already`];
    const isRepeated = pairs.slice(0, index).some(([earlier]) => earlier === name);
    return isRepeated ? [`${word} names a tag a second time`] : [];
  });
  if (problems.length > 0) {
    throw invalid(`${problems.join('; ')} (accepted: name:value words between spaces, such as "env:prod team:core")`);
  }
  return Object.fromEntries(pairs);
}
