import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';
import { invalid, quoted } from '@heksher/core';

/**
 * An IP address in the one spelling by which it is compared: IPv6 in its shortest form and without a zone, IPv4 within IPv6
 * (`::ffff:10.1.2.3`) as IPv4. Undefined for what is no address.
 */
export function parseAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const [bare = ''] = text.split('%');
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  const within = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : '';
  return isIPv4(within) ? within : address;
}

const MAPPED = '::ffff:';
const MAPPED_BITS = 96;

/** What addresses of one client have in common: of IPv6 the first 64 bits, within which anybody can have any. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [left = [], right] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = right === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...(right ?? [])].slice(0, 4).join(':');
}

/** Networks that an address is in or not. */
export type Networks = Readonly<{ has(address: string): boolean }>;

/** Reads CIDRs and addresses, such as `10.0.0.0/8,2001:db8::/32,192.0.2.7`. Throws 'invalid'. */
export function parseNetworks(text: string): Networks {
  const list = new BlockList();
  for (const given of text.split(',')) addNetwork(list, given.trim());
  return { has: (address) => list.check(address, familyOf(address)) };
}

function addNetwork(list: BlockList, given: string): void {
  const [, start = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(given) ?? [];
  const address = parseAddress(start);
  const isMapped = isIPv6(start) && address !== undefined && isIPv4(address);
  const most = address !== undefined && isIPv4(address) ? 32 : 128;
  const bits = length === undefined ? most : Number(length) - (isMapped ? MAPPED_BITS : 0);
  if (address === undefined || start.includes('%') || bits < 0 || bits > most) {
    const accepted = 'networks and addresses separated by commas, such as 10.0.0.0/8,2001:db8::/32,192.0.2.7';
    throw invalid(`${quoted(given)} is no network; accepted: ${accepted}`);
  }
  list.addSubnet(address, bits, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
