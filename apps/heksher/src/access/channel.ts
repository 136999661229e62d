import { createHmac, timingSafeEqual } from 'node:crypto';

/** Where OpenFeature's clients follow the changes of flags, each by a channel. */
export const EVENTS_PATH = '/ofrep/v1/events/';

/** The channel of those who need no credentials. */
export const OPEN_CHANNEL = 'configuration';

const CHANNEL = /^(?:configuration|([\w-]{22})\.[\w-]{22})$/;

/**
 * The channel of a key. Browsers send no credentials with an `EventSource`, so that its address has to do: it shows when flags are to be
 * fetched again and nothing else, as long as the key holds, and leads to neither the key nor its verifier.
 */
export function channelOf(selector: string, verifier: Buffer): string {
  const proof = createHmac('sha256', verifier).update('channel of events').digest().subarray(0, 16);
  return `${selector}.${proof.toString('base64url')}`;
}

export function isChannel(text: string): boolean {
  return CHANNEL.test(text);
}

/** Of the key whose channel it may be. */
export function selectorOfChannel(channel: string): string | undefined {
  return CHANNEL.exec(channel)?.[1];
}

export function isSameChannel(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
