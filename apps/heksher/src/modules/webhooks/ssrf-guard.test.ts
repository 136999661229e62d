import { BlockList } from 'node:net';
import { type Address, parseNetworks, Refused, SsrfGuard } from './ssrf-guard.js';

const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'inside.example': ['10.2.3.4'],
  'mixed.example': ['93.184.215.14', '127.0.0.1'],
  'mapped.example': ['::ffff:169.254.169.254'],
  'empty.example': [],
};

const resolve = (host: string): Promise<readonly Address[]> => {
  const found = HOSTS[host];
  if (found === undefined) return Promise.reject(new Error('ENOTFOUND'));
  return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};

const guard = new SsrfGuard(new BlockList(), resolve);
const inside = new SsrfGuard(parseNetworks('10.2.0.0/16, fd00::/8, 127.0.0.1'), resolve);

/** What happens to a request: refused when the address is given, when it is sent, or let through. */
async function fate(of: SsrfGuard, text: string): Promise<'never' | 'refused' | 'sent'> {
  let url: URL;
  try {
    url = of.parseUrl(text);
  } catch {
    return 'never';
  }
  try {
    await of.addressesOf(url);
    return 'sent';
  } catch (error) {
    if (error instanceof Refused) return 'refused';
    throw error;
  }
}

it.each([
  ...['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0', '0.0.0.0', '10.0.0.1', '172.31.255.255'],
  ...['192.168.0.1', '169.254.169.254', '100.127.255.255', '192.0.0.8', '192.0.2.1', '198.19.0.1', '198.51.100.7'],
  ...['203.0.113.9', '192.88.99.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '１２７.0.0.1'],
  ...[
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:8.8.8.8]',
    '[::127.0.0.1]',
    '[64:ff9b::a00:1]',
  ],
  ...['[64:ff9b:1::1]', '[100::1]', '[2001::1]', '[2001:db8::1]', '[2002:7f00:1::]', '[3fff::1]', '[5f00::1]'],
  ...['[fc00::1]', '[fdff::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]'],
])('the address %s can never be reached', async (host) => {
  for (const text of [`https://${host}/`, `https://${host}:8443/x`, `http://${host}:8080/`])
    expect([text, await fate(guard, text)]).toEqual([text, 'never']);
});

it.each([
  ['https://public.example/', 'sent'],
  ['https://public.example:8443/hook?x=1', 'sent'],
  ['https://93.184.215.14/', 'sent'],
  ['https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/', 'sent'],
  ['https://inside.example/', 'refused'],
  ['https://mixed.example/', 'refused'],
  ['https://mapped.example/', 'refused'],
  ['https://empty.example/', 'refused'],
  ['https://unknown.example/', 'refused'],
  ['http://public.example/', 'never'],
  ['https://public.example:22/', 'never'],
  ['https://user@public.example/', 'never'],
  ['https://public.example/#x', 'never'],
  ['file:///etc/passwd', 'never'],
  ['gopher://public.example/', 'never'],
  ['//public.example/', 'never'],
  [`https://public.example/${'x'.repeat(2_048)}`, 'never'],
])('%s is %s where nothing more is allowed', async (text, expected) => {
  expect(await fate(guard, text)).toBe(expected);
});

it.each([
  ['http://inside.example:3000/', 'sent'],
  ['http://10.2.255.255:1/', 'sent'],
  ['http://[fd12::1]/', 'sent'],
  ['http://[::ffff:10.2.0.1]/', 'sent'],
  ['http://127.0.0.1:9/', 'sent'],
  ['http://127.0.0.2:9/', 'never'],
  ['http://10.3.0.1/', 'never'],
  ['https://mixed.example/', 'sent'],
  ['http://mixed.example/', 'refused'],
  ['http://public.example/', 'refused'],
  ['https://public.example:22/', 'refused'],
  ['https://mapped.example/', 'refused'],
])('%s is %s where networks are allowed', async (text, expected) => {
  expect(await fate(inside, text)).toBe(expected);
});

it('gives all the addresses that it has looked at', async () => {
  const found = await guard.addressesOf(guard.parseUrl('https://public.example/'));
  expect(found.map(({ address }) => address)).toEqual(HOSTS['public.example']);
});

it.each(['', '10.0.0.0/33', '::/129', 'example.com', '10.0.0.0/x', '10.0.0', '10.0.0.0/8,,'])(
  '%j is no list of networks',
  (text) => {
    expect(() => parseNetworks(text)).toThrow(/is no network; accepted: a list such as/);
  },
);
