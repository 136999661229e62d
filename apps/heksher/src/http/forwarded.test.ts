import fc from 'fast-check';
import { parseAddress, parseNetworks } from './addresses.js';
import { clientOf, type ForwardedSyntax } from './forwarded.js';

/** The gateways of these tests. */
const GATEWAYS = parseNetworks('10.0.0.0/8,fd00::/8,2001:db8:9::7');
const GATEWAY = '10.0.0.1';

const isTrusted = (address: string): boolean => GATEWAYS.has(address);
const client = (syntax: ForwardedSyntax, chain: string | undefined, peer = GATEWAY): string =>
  clientOf(peer, chain, syntax, isTrusted);

test('nothing is believed of a peer that is no gateway, nor where no header is read', () => {
  expect(client('x-forwarded-for', '192.0.2.1', '203.0.113.9')).toBe('203.0.113.9');
  expect(client('forwarded', 'for=192.0.2.1', '203.0.113.9')).toBe('203.0.113.9');
  expect(client('none', '192.0.2.1')).toBe(GATEWAY);
  expect(client('x-forwarded-for', undefined)).toBe(GATEWAY);
});

describe('X-Forwarded-For', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['  192.0.2.1\t', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0::0001', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    // What anybody may have written stands on the left.
    ['6.6.6.6, 192.0.2.1', '192.0.2.1'],
    ['10.0.0.9, 192.0.2.1', '192.0.2.1'],
    ['127.0.0.1,::1,192.0.2.1', '192.0.2.1'],
    ['for=6.6.6.6, 192.0.2.1', '192.0.2.1'],
    ['"6.6.6.6, 192.0.2.1', '192.0.2.1'],
    [', , 192.0.2.1', '192.0.2.1'],
    // Gateways behind gateways.
    ['192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['6.6.6.6, 192.0.2.1, 10.0.0.3, fd00::5, 10.0.0.2', '192.0.2.1'],
    ['192.0.2.1, ::ffff:10.0.0.2', '192.0.2.1'],
    ['192.0.2.1, ::ffff:0a00:0002', '192.0.2.1'],
    ['192.0.2.1, 10.0.0.2:80', '192.0.2.1'],
    ['192.0.2.1,, 10.0.0.2,', '192.0.2.1'],
    // A request of a gateway's own.
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.3', '10.0.0.3'],
    // What cannot be read ends at the gateway that says it.
    ['', GATEWAY],
    [' , ,', GATEWAY],
    ['unknown', GATEWAY],
    ['_hidden', GATEWAY],
    ['192.0.2.1, unknown', GATEWAY],
    ['6.6.6.6, unknown, 10.0.0.2', '10.0.0.2'],
    ['6.6.6.6, nonsense, 10.0.0.2', '10.0.0.2'],
    ['192.0.2', GATEWAY],
    ['192.0.2.256', GATEWAY],
    ['010.0.0.2', GATEWAY],
    ['0x0a000002', GATEWAY],
    ['3221225985', GATEWAY],
    ['192.0.2.1/24', GATEWAY],
    ['192.0.2.1:port', GATEWAY],
    ['192.0.2.1:123456', GATEWAY],
    ['2001:db8::1::2', GATEWAY],
    ['[2001:db8::1', GATEWAY],
    ['"192.0.2.1"', GATEWAY],
    ['192.0.2.1 10.0.0.2', GATEWAY],
    ['192.0.2.1;10.0.0.2', GATEWAY],
    ['client.example.com', GATEWAY],
    ['１９２.0.2.1', GATEWAY],
    ['192.0.2.1\u0000', GATEWAY],
  ])('%j is %s', (chain, expected) => {
    expect(client('x-forwarded-for', chain)).toBe(expected);
  });
});

describe('Forwarded', () => {
  test.each([
    ['for=192.0.2.1', '192.0.2.1'],
    ['For=192.0.2.1', '192.0.2.1'],
    ['FOR="192.0.2.1"', '192.0.2.1'],
    ['for="192.0.2.1:4711"', '192.0.2.1'],
    ['for="192.0.2.1:_port"', '192.0.2.1'],
    ['for="[2001:db8::1]"', '2001:db8::1'],
    ['for="[2001:db8::1]:4711"', '2001:db8::1'],
    ['for="[2001:DB8:0::1]:_http"', '2001:db8::1'],
    ['for="[::ffff:192.0.2.1]"', '192.0.2.1'],
    ['for="\\1\\9\\2.0.2.1"', '192.0.2.1'],
    ['for=192.0.2.1;proto=https;by=10.0.0.1', '192.0.2.1'],
    ['proto=https;by="[fd00::1]:8443";for=192.0.2.1;host=a.example', '192.0.2.1'],
    ['proto=https; for=192.0.2.1 ; host="a, b;for=6.6.6.6"', '192.0.2.1'],
    [';;for=192.0.2.1;;', '192.0.2.1'],
    ['for=_hidden', '_hidden'],
    ['for="_SEVKISEK.a-b:_port"', '_SEVKISEK.a-b'],
    ['for=6.6.6.6, for=192.0.2.1', '192.0.2.1'],
    ['for=10.0.0.9,for=192.0.2.1', '192.0.2.1'],
    ['for=192.0.2.1, for=10.0.0.2', '192.0.2.1'],
    ['for=192.0.2.1, for="[fd00::2]:1234";proto=http, for=10.0.0.2', '192.0.2.1'],
    ['for=_hidden, for=10.0.0.2', '_hidden'],
    ['for=6.6.6.6, for=_hidden', '_hidden'],
    ['192.0.2.9, for=192.0.2.1', '192.0.2.1'],
    // Quotes that are opened on the left, or closed there, hide nothing of what a gateway has added.
    ['for=", for=192.0.2.1', '192.0.2.1'],
    ['for="6.6.6.6, for="192.0.2.1"', '192.0.2.1'],
    ['for="\\, for="192.0.2.1"', '192.0.2.1'],
    ['for="a\\", for="192.0.2.1:80"', '192.0.2.1'],
    ['for="a\\\\", for="192.0.2.1:80"', '192.0.2.1'],
    ['"""", for=192.0.2.1', '192.0.2.1'],
    // One that is open at the end hides what it is open over, and more is not read.
    ['for=6.6.6.6, for="192.0.2.1', GATEWAY],
    ['for="192.0.2.1\\"', GATEWAY],
    ['for=192.0.2.1, for="10.0.0.2', GATEWAY],
    ['', GATEWAY],
    [',', GATEWAY],
    ['for=unknown', GATEWAY],
    ['for=UNKNOWN', GATEWAY],
    ['for=6.6.6.6, for=unknown', GATEWAY],
    ['for=6.6.6.6, for=unknown, for=10.0.0.2', '10.0.0.2'],
    ['proto=https', GATEWAY],
    ['for=6.6.6.6, proto=https', GATEWAY],
    ['for=192.0.2.1;for=6.6.6.6', GATEWAY],
    ['for=192.0.2.1;For=192.0.2.1', GATEWAY],
    ['for=unknown;for=6.6.6.6', GATEWAY],
    ['for=192.0.2.1:4711', GATEWAY],
    ['for=2001:db8::1', GATEWAY],
    ['for="2001:db8::1"', GATEWAY],
    ['for=[2001:db8::1]', GATEWAY],
    ['for="[2001:db8::1]x"', GATEWAY],
    ['for="[192.0.2.1"', GATEWAY],
    ['for = 192.0.2.1', GATEWAY],
    ['for', GATEWAY],
    ['for=', GATEWAY],
    ['for=""', GATEWAY],
    ['for=_', GATEWAY],
    [`for=_${'x'.repeat(65)}`, GATEWAY],
    ['for="_hid den"', GATEWAY],
    ['for=192.0.2.1;odd', GATEWAY],
    ['for=192.0.2.1;by="unclosed', GATEWAY],
    ['for=192.0.2.1 proto=https', GATEWAY],
    ['192.0.2.1', GATEWAY],
    ['xfor=192.0.2.1', GATEWAY],
  ])('%j is %s', (chain, expected) => {
    expect(client('forwarded', chain)).toBe(expected);
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.')),
  fc.ipV6(),
);
const anything = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.stringMatching(/^[ ,;"\\=for1:.[\]_]{0,30}$/),
  fc.constantFrom('for="', 'for=10.0.0.2', '10.0.0.2', 'unknown', '\\'),
);

test('whatever a client sends, it is known by the address that the first gateway saw', () => {
  const strangers = address.map((one) => {
    const parsed = parseAddress(one) ?? '192.0.2.1';
    return isTrusted(parsed) ? '192.0.2.1' : parsed;
  });
  fc.assert(
    fc.property(
      anything,
      strangers,
      fc.array(fc.constantFrom('10.0.0.2', 'fd00::5'), { maxLength: 3 }),
      (sent, at, hops) => {
        const plain = [sent, at, ...hops].join(', ');
        expect(client('x-forwarded-for', plain)).toBe(at);
        const quoted = [at, ...hops].map((hop) => `for="${hop.includes(':') ? `[${hop}]` : hop}"`);
        expect(client('forwarded', [sent, ...quoted].join(', '))).toBe(at);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('whatever a gateway sends, the client is an address or hidden, and never one that stands left of a stranger', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom('x-forwarded-for' as const, 'forwarded' as const), (chain, syntax) => {
      expect(client(syntax, chain)).toMatch(/^([\da-f:.]+|_[\w.-]+)$/);
    }),
    { numRuns: 2_000 },
  );
});

test('a header as long as any is read no further than anybody has gateways, and quotes that never close name nobody', () => {
  const asked: string[] = [];
  const chain = Array.from({ length: 5_000 }, () => '10.0.0.2').join(',');
  const found = clientOf(GATEWAY, chain, 'x-forwarded-for', (hop) => asked.push(hop) > 0);
  expect([found, asked.length]).toEqual(['10.0.0.2', 64]);
  expect(client('forwarded', `for="${'\\'.repeat(60_000)}`)).toBe(GATEWAY);
  expect(client('forwarded', `for=${'"'.repeat(60_000)}`)).toBe(GATEWAY);
});
