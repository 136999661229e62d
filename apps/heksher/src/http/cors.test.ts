import { Cors, parseCorsOrigins, parseHeaderNames } from './cors.js';

it.each<[text: string, origins: '*' | readonly string[]]>([
  ['*', '*'],
  [' * ', '*'],
  ['https://app.example.com', ['https://app.example.com']],
  ['http://localhost:3000, https://a.b', ['http://localhost:3000', 'https://a.b']],
  ['http://127.0.0.1:8080', ['http://127.0.0.1:8080']],
  ['http://[::1]:8080', ['http://[::1]:8080']],
  ['capacitor://localhost', ['capacitor://localhost']],
  ['https://a.b,https://a.b', ['https://a.b']],
])('%j names origins', (text, origins) => {
  expect(parseCorsOrigins(text)).toEqual(origins === '*' ? '*' : { exact: new Set(origins), below: [] });
});

it.each([
  'app.example.com',
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://App.example.com',
  'https://app.example.com:443',
  'https://user@app.example.com',
  'https://*.example.com/',
  'https://a.*.example.com',
  'https://app*.example.com',
  'https://*',
  '*.example.com',
  'https://a.b,',
  'https://a.b,*',
  'https://a.b https://c.d',
  'null',
  ',',
  'https://',
  'javascript:alert(1)',
])('%j is refused, with what is accepted', (text) => {
  expect(() => parseCorsOrigins(text)).toThrow(/is no origin; accepted: "\*", or origins/);
});

const SUBDOMAINS = new Cors(parseCorsOrigins('https://*.example.com, http://*.local.test:8080, https://a.b'), []);

it.each(['https://app.example.com', 'https://a.b.example.com', 'http://x.local.test:8080', 'https://a.b'])(
  'the subdomain %s is allowed',
  (origin) => {
    expect(SUBDOMAINS.allows(origin)).toBe(true);
  },
);

it.each([
  'https://example.com',
  'https://.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com.evil.test',
  'https://evilexample.com',
  'https://evil.test/.example.com',
  'https://evil.test#.example.com',
  'https://user@x.example.com',
  'http://x.local.test',
  'null',
])('%s is no subdomain that is allowed', (origin) => {
  expect(SUBDOMAINS.allows(origin)).toBe(false);
});

it('names of headers are parsed, and anything else is refused', () => {
  expect(parseHeaderNames('traceparent, X-Tenant')).toEqual(['traceparent', 'X-Tenant']);
  expect(() => parseHeaderNames('a b')).toThrow(/is no name of a header; accepted: a list such as/);
  expect(() => parseHeaderNames('a,')).toThrow(/is no name of a header/);
});
