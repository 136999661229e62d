import { HeksherError, invalid, pointerTo } from '@heksher/core';
import { type Grant, parseGrant } from '../../access/grants.js';
import { readEach, type Reader } from '../../http/parsed.js';
import { show, text, unacceptable } from '../../http/readers.js';

export const MOST_GRANTS = 100;

/** @param least 0: of none, so that nothing is granted */
export function grantList(least: 0 | 1): Reader<readonly Grant[]> {
  const accepted = `a list of ${least} to ${MOST_GRANTS} grants such as read or write:billing.*`;
  return {
    accepted,
    read: (given) => {
      const isList = given.kind === 'array' && given.items.length >= least && given.items.length <= MOST_GRANTS;
      if (!isList) throw unacceptable('grants', accepted, given);
      return readEach(given.items, (item, index, problems) => {
        const pointer = pointerTo('grants', index);
        if (item.kind !== 'string') {
          return problems.refuse(() =>
            invalid(`grants must be ${accepted}; ${show(item)} is none`, 'grants', { pointer }),
          );
        }
        try {
          return parseGrant(item.value);
        } catch (error) {
          if (!(error instanceof HeksherError)) throw error;
          return problems.refuse(() => invalid(error.message, 'grants', { pointer }));
        }
      });
    },
  };
}

/** A text that is shown where there is one line. */
export const line = (field: string): Reader<string> =>
  text(field, 'a text of 1 to 255 characters in one line', (given) =>
    given !== '' && given.length <= 255 && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(given) ? given : undefined,
  );

export const remark = (field: string): Reader<string> =>
  text(field, 'a text of at most 1000 characters', (given) =>
    given.length <= 1_000 && !/[\0\p{Cs}]/u.test(given) ? given : undefined,
  );
