import { parseContextFilter } from '@heksher/core';
import { type Question, referenceBody, type Tables } from './reference.js';

/** A question as a query string, and as the naive reference understands it. */
export type Asked = Readonly<{ queryString: string; question: Question }>;

/** @param filter the text of a context filter */
export function asking(
  filter = '*',
  settings?: readonly string[],
  includeMetadata = true,
  includeRollouts = false,
): Asked {
  const parameters = new URLSearchParams({ context_filters: filter, include_metadata: String(includeMetadata) });
  if (includeRollouts) parameters.set('include_rollouts', 'true');
  if (settings !== undefined) parameters.set('settings', settings.join(','));
  return {
    queryString: parameters.toString(),
    question: {
      filter: parseContextFilter(filter),
      includeMetadata,
      includeRollouts,
      ...(settings !== undefined && { settings }),
    },
  };
}

/** The answers of a service to these questions must be, byte for byte and unmarked, what the tables hold. */
export async function expectAnswers(url: string, tables: Tables, asked: readonly Asked[]): Promise<void> {
  for (const { queryString, question } of asked) {
    const answer = await fetch(`${url}/api/v1/query?${queryString}`);
    const text = await answer.text();
    const expected = referenceBody(tables, question);
    if (expected === undefined) expect({ queryString, status: answer.status }).toEqual({ queryString, status: 404 });
    else expect({ queryString, text }).toEqual({ queryString, text: expected });
    expect(answer.headers.get('heksher-stale')).toBeNull();
  }
}
