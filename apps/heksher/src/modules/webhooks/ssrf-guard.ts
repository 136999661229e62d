import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { errorMessage, invalid, quoted } from '@heksher/core';

/** An address that a connection may be made to. */
export type Address = Readonly<{ address: string; family: 4 | 6 }>;

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** That a request is not made at all; the message says why. */
export class Refused extends Error {}

/** Of the networks that the operator allows, every port and http are good. Of others, these ports of https are. */
const PORTS = new Set(['443', '8443']);
const LONGEST_URL = 2_048;
const URL_RULE = `an address such as https://example.com/hook, of at most ${LONGEST_URL} characters, without user, password and fragment`;

/** What IANA has for special purposes in IPv4 (RFC 6890 and its successors), and multicast. */
const SPECIAL_IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];

/** IPv6 that is routed in public; but for what in it is special: documentation, tunnels that lead to any IPv4, and tests. */
const PUBLIC_IPV6 = ['2000::/3'];
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const special = blockListOf([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const publicIpv6 = blockListOf(PUBLIC_IPV6);

/** Networks such as `10.2.0.0/16,fd00::/8`; a single address needs no length. Throws `invalid`. */
export function parseNetworks(text: string): BlockList {
  return blockListOf(text.split(',').map((network) => network.trim()));
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', length] = /^([0-9a-f.:]+?)(?:\/(\d{1,3}))?$/i.exec(network) ?? [];
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    if (family === 0 || Number(length ?? longest) > longest)
      throw invalid(`${quoted(network)} is no network; accepted: a list such as 10.2.0.0/16,fd00::/8`);
    list.addSubnet(address, Number(length ?? longest), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

const resolveByDns: Resolve = async (host) => {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 4 ? 4 : 6 }));
};

/**
 * Keeps requests to addresses that others choose away from this machine and its networks: whoever may name an endpoint must not reach
 * what the service alone can. An answer of DNS counts for one request, which goes to the very addresses that were looked at.
 */
export class SsrfGuard {
  /** @param allowed networks that may be reached though they are special */
  constructor(
    private readonly allowed: BlockList = new BlockList(),
    private readonly resolve: Resolve = resolveByDns,
  ) {}

  /** Reads an address as browsers do (`http://2130706433` is 127.0.0.1). Throws `invalid` for what could never be reached. */
  parseUrl(text: string): URL {
    const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url !== undefined && url.username === '' && url.password === '' && !text.includes('#');
    if (!isPlain || !['http:', 'https:'].includes(url.protocol))
      throw invalid(`url must be ${URL_RULE}; given: ${quoted(text)}`, 'url');
    const [literal] = literalOf(url);
    const problem = literal === undefined ? this.problemOfName(url) : this.problemOf(url, literal);
    if (problem !== undefined) throw invalid(`url cannot be reached from here: ${problem}`, 'url');
    return url;
  }

  /** The addresses of its host, where a connection may be made to each of them. Throws Refused. */
  async addressesOf(url: URL): Promise<readonly [Address, ...Address[]]> {
    const [first, ...more] = await this.resolved(url);
    if (first === undefined) throw new Refused(`the host ${quoted(hostOf(url))} has no address`);
    for (const each of [first, ...more]) {
      const problem = this.problemOf(url, each);
      if (problem !== undefined) throw new Refused(problem);
    }
    return [first, ...more];
  }

  /** Whether the host is an address. */
  isLiteral(url: URL): boolean {
    return literalOf(url).length > 0;
  }

  private async resolved(url: URL): Promise<readonly Address[]> {
    const literal = literalOf(url);
    if (literal.length > 0) return literal;
    try {
      return await this.resolve(hostOf(url));
    } catch (error) {
      throw new Refused(`the host ${quoted(hostOf(url))} cannot be resolved: ${errorMessage(error)}`);
    }
  }

  /** A name may be one of an allowed network, where there are any: that shows when it is resolved. */
  private problemOfName(url: URL): string | undefined {
    return this.allowed.rules.length > 0 ? undefined : problemOfPublic(url);
  }

  private problemOf(url: URL, { address, family }: Address): string | undefined {
    if (this.allowed.check(address, family === 4 ? 'ipv4' : 'ipv6')) return undefined;
    if (isSpecial(address, family))
      return `${quoted(hostOf(url))} is ${address}, an address that is not public; HEKSHER_WEBHOOK_ALLOW allows networks`;
    return problemOfPublic(url);
  }
}

function isSpecial(address: string, family: 4 | 6): boolean {
  if (family === 4) return special.check(address, 'ipv4');
  return !publicIpv6.check(address, 'ipv6') || special.check(address, 'ipv6');
}

function problemOfPublic({ protocol, port }: URL): string | undefined {
  if (protocol !== 'https:') return 'it must begin with https://';
  const given = port === '' ? '443' : port;
  return PORTS.has(given) ? undefined : `the port must be one of ${[...PORTS].join(', ')}, not ${given}`;
}

/** Without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Connections to a literal address ask no resolver, so that it must be looked at by itself. */
function literalOf(url: URL): readonly Address[] {
  const address = hostOf(url);
  const family = isIP(address);
  return family === 0 ? [] : [{ address, family: family === 4 ? 4 : 6 }];
}
