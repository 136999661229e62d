import { subjectOf } from './client-certificates.js';

test.each([
  ['URI:spiffe://example.org/a', 'spiffe://example.org/a'],
  ['DNS:a.example.org', 'a.example.org'],
  ['DNS:a.example.org, DNS:b.example.org', 'a.example.org'],
  ['DNS:a.example.org, URI:spiffe://example.org/a, IP Address:10.0.0.1', 'spiffe://example.org/a'],
  ['email:a@example.org, DNS:a.example.org', 'a.example.org'],
  ['URI:spiffe://example.org/a, URI:spiffe://example.org/b', undefined],
  ['IP Address:10.0.0.1', undefined],
  ['', undefined],
  // Names in which a separator is hidden.
  ['DNS:"a.example.org, URI:spiffe://example.org/admin"', undefined],
  ['URI:"spiffe://example.org/a, URI:spiffe://example.org/admin"', undefined],
  ['email:"x, URI:spiffe://example.org/admin", DNS:a.example.org', 'a.example.org'],
  ['email:"\\", URI:spiffe://example.org/admin", DNS:a.example.org', 'a.example.org'],
  ['DNS:a.example.org, "', undefined],
])('the names %j are those of %s', (names, subject) => {
  expect(subjectOf(names)).toBe(subject);
});
