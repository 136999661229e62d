import { parseAddress, reasonOf } from './address.js';

it.each([
  ['redis://127.0.0.1', 'Redis at 127.0.0.1:6379', false],
  ['redis://jim:p%40ss@redis.example.com:6380/3', 'Redis at redis.example.com:6380', false],
  ['rediss://[::1]/', 'Redis at [::1]:6379', true],
  ['unix:///run/redis.sock', 'Redis at its socket', false],
])('%s is shown as %s', (url, where, isTls) => {
  expect(parseAddress(url)).toEqual({ url, where, isTls });
});

it.each([
  [{ message: 'WRONGPASS invalid username-password pair' }, false, /refuses the user or password .*\(WRONGPASS/],
  [{ message: 'ERR AUTH <password> called without any password configured' }, false, /refuses the user or password/],
  [{ message: 'NOAUTH HELLO must be called' }, false, /wants a password, and the url has none/],
  [{ message: 'ERR invalid DB index' }, false, /no database of that number/],
  [{ code: 'ECONNREFUSED', message: '' }, true, /nothing listens on that port \(ECONNREFUSED\)/],
  [{ code: 'EAI_AGAIN', message: 'getaddrinfo' }, false, /name of the host/],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' }, true, /certificate is not trusted/],
  [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER', message: 'wrong version number' }, true, /does not speak TLS/],
  [{ message: 'Connection timeout' }, true, /does not speak TLS/],
  [{ message: 'Connection timeout' }, false, /^Connection timeout$/],
  [{ code: 'ECONNRESET', message: 'read ECONNRESET' }, false, /where it wants TLS/],
  [{ code: 'ECONNRESET', message: 'read ECONNRESET' }, true, /^read ECONNRESET$/],
  ['what is no error', false, /^what is no error$/],
])('%j, with TLS: %j, is explained', (error, isTls, reason) => {
  expect(reasonOf(error, isTls)).toMatch(reason);
});
