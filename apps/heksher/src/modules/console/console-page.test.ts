import { baseAt, consolePolicy, pageAt } from './console-page.js';

it.each([
  ['/console', '/console/'],
  ['/console/', '/console/'],
  ['/console/settings', '/console/'],
  ['/console/settings/a.b', '/console/'],
  ['/console/settings/a%2Fb/rollouts/3', '/console/'],
  ['/console/values/user/', '/console/'],
])('addresses in the page at %s are relative to /console/, below any prefix', (path, base) => {
  for (const prefix of ['', '/ops/heksher'])
    expect(new URL(baseAt(path), `https://host${prefix}${path}`).pathname).toBe(prefix + base);
});

it('the base address comes before every other', () => {
  expect(pageAt('<html><head><link href="./a.css"></head></html>', '/console/x')).toMatch(
    /<head>\s*<base href=".\/" \/><link/,
  );
});

it('the policy names the issuer that gives tokens, and nobody else', () => {
  expect(consolePolicy()).toContain("connect-src 'self';");
  expect(consolePolicy('https://id.example/token')).toContain("connect-src 'self' https://id.example;");
});
