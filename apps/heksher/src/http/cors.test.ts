import { parseCorsOrigins } from './cors.js';

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
  expect(parseCorsOrigins(text)).toEqual(origins === '*' ? '*' : new Set(origins));
});

it.each([
  'app.example.com',
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://App.example.com',
  'https://app.example.com:443',
  'https://user@app.example.com',
  'https://*.example.com',
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
