import { HeksherError, invalid, pointerTo } from '@heksher/core';
import { type Grant, parseGrant } from '../../access/grants.js';
import { readEach, type Reader } from '../../http/parsed.js';
import { show, text, unacceptable } from '../../http/readers.js';
import { isSafeUrl } from '../../safe-url.js';

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

export const LINE_RULE = 'a text of 1 to 255 characters in one line, without spaces around it';

/** Whether a text can be shown where there is one line, and is told from any other there. */
export function isLine(given: string): boolean {
  return given !== '' && given.length <= 255 && given.trim() === given && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(given);
}

export const line = (field: string): Reader<string> =>
  text(field, LINE_RULE, (given) => (isLine(given) ? given : undefined));

/** In place of an issuer, for whoever comes without a token. */
const WITHOUT_TOKEN = ['gateway', 'certificate'];

/** Whose something is stored that comes with requests: one that tokens of no configuration can have is a mistake. */
export const issuer: Reader<string> = text(
  'issuer',
  'gateway, certificate, or an issuer as its tokens have it in "iss", such as https://login.example.com',
  (given) => (WITHOUT_TOKEN.includes(given) || (isLine(given) && isSafeUrl(given)) ? given : undefined),
);

export const remark = (field: string): Reader<string> =>
  text(field, 'a text of at most 1000 characters', (given) =>
    given.length <= 1_000 && !/[\0\p{Cs}]/u.test(given) ? given : undefined,
  );
