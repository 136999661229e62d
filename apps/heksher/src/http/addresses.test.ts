import { networkOf, parseAddress, parseNetworks } from './addresses.js';

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::FFFF:0a01:0203', '10.1.2.3'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['010.1.2.3', undefined],
  ['10.1.2', undefined],
  ['localhost', undefined],
  ['', undefined],
])('%s is %s', (text, expected) => {
  expect(parseAddress(text)).toBe(expected);
});

test('networks have their addresses, whichever way IPv4 is spelled', () => {
  const networks = parseNetworks('10.0.0.0/8, ::ffff:172.16.0.0/108,192.0.2.7,2001:db8::/32');
  const within = ['10.255.0.1', '172.31.0.1', '192.0.2.7', '2001:db8:ffff::1'];
  const outside = ['11.0.0.1', '172.32.0.1', '192.0.2.8', '2001:db9::1', '::1', '127.0.0.1'];
  expect(within.filter((one) => networks.has(one))).toEqual(within);
  expect(outside.filter((one) => networks.has(one))).toEqual([]);
});

test.each([
  '10.0.0.0/33',
  '10.0.0.0/',
  '/8',
  '10.0.0.0/8/8',
  '::ffff:10.0.0.0/8',
  '2001:db8::/129',
  'gateway',
  'fe80::1%1',
  '10.0.0.1,',
])('%j is refused by name', (text) => {
  expect(() => parseNetworks(text)).toThrow('is no network; accepted');
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001::2:3:4:5:6:7', '2001:0:2:3'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['_hidden', '_hidden'],
])('%s is an address of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
