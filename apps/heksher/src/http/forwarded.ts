import { parseAddress } from './addresses.js';

/** Which header says for whom a gateway asks; `none`: nothing says it. */
export const FORWARDED_SYNTAXES = ['none', 'x-forwarded-for', 'forwarded'] as const;

export type ForwardedSyntax = (typeof FORWARDED_SYNTAXES)[number];

/** More gateways in a row than anybody has. */
const MOST_HOPS = 64;

/**
 * Who sent a request, as far as gateways are trusted to say it: each adds at the right whom it was asked by, so that what is left of the first
 * one who is not trusted was written by anybody. What cannot be read, and `unknown`, ends the walk at the gateway that says it.
 * @param peer whoever has the connection, as `parseAddress` gives it
 * @param chain all values of the header in their order, separated by commas; undefined if absent
 * @returns an address as `parseAddress` gives it, or an identifier that hides one, such as `_hidden`
 */
export function clientOf(
  peer: string,
  chain: string | undefined,
  syntax: ForwardedSyntax,
  isTrusted: (address: string) => boolean,
): string {
  if (chain === undefined || syntax === 'none' || !isTrusted(peer)) return peer;
  const nodeIn = syntax === 'forwarded' ? nodeOfElement : nodeOfEntry;
  let client = peer;
  let hops = 0;
  for (const element of fromRight(chain, ',', syntax === 'forwarded')) {
    if (element.trim() === '') continue;
    const node = nodeIn(element.trim());
    if (node === undefined) return client;
    client = node;
    hops += 1;
    if (hops === MOST_HOPS || isHidden(node) || !isTrusted(node)) return client;
  }
  return client;
}

/**
 * The parts of a text between separators, the last one first. Read from the right, quotes that somebody opens on the left and does not close
 * hide nothing of what was added later.
 */
function* fromRight(text: string, separator: ',' | ';', knowsQuotes: boolean): Generator<string> {
  let end = text.length;
  let isQuoted = false;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const char = text[at];
    if (char === '"' && knowsQuotes) isQuoted = isQuoted ? isEscaped(text, at) : true;
    if (char !== separator || isQuoted) continue;
    yield text.slice(at + 1, end);
    end = at;
  }
  yield text.slice(0, end);
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

const PAIR = /^([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)")$/;

/** The node that an element of `Forwarded` is for (RFC 7239, 4); undefined where it is unknown, or malformed in any part. */
function nodeOfElement(element: string): string | undefined {
  let node: string | undefined;
  for (const pair of fromRight(element, ';', true)) {
    if (pair.trim() === '') continue;
    const [, name, token, text = ''] = PAIR.exec(pair.trim()) ?? [];
    if (name === undefined) return undefined;
    if (name.toLowerCase() !== 'for') continue;
    if (node !== undefined) return undefined;
    node = nodeOf(token ?? text.replace(/\\(.)/g, '$1')) ?? UNKNOWN;
  }
  return node === UNKNOWN ? undefined : node;
}

const UNKNOWN = '';

const NODE = /^(?:\[([\d:a-f.]+)\]|(\d+\.\d+\.\d+\.\d+)|(_[\w.-]{1,64}))(?::(?:\d{1,5}|_[\w.-]+))?$/i;

/** RFC 7239, 6: IPv6 in brackets, all with a port or without. */
function nodeOf(text: string): string | undefined {
  const [, v6, v4, hidden] = NODE.exec(text) ?? [];
  return hidden ?? parseAddress(v6 ?? v4 ?? '');
}

/** An entry of `X-Forwarded-For`, which nothing but custom describes: IPv6 also without brackets, and nobody hides. */
function nodeOfEntry(entry: string): string | undefined {
  const node = nodeOf(entry) ?? parseAddress(entry);
  return node === undefined || isHidden(node) ? undefined : node;
}

function isHidden(node: string): boolean {
  return node.startsWith('_');
}
