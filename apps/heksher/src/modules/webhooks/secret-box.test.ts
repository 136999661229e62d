import { randomBytes } from 'node:crypto';
import { parseSecretKeys, SecretBox } from './secret-box.js';

const [one, other] = [randomBytes(32), randomBytes(32)];
const SECRET = Buffer.from('a secret of 32 bytes, or of more');

it('opens what any of its keys sealed, for its owner alone', () => {
  const box = new SecretBox(() => [one]).seal(SECRET, 'a');
  expect(box.includes(SECRET)).toBe(false);
  expect(new SecretBox(() => [other, one]).open(box, 'a')).toEqual(SECRET);
  expect(new SecretBox(() => [one]).open(box, 'b')).toBeUndefined();
  expect(new SecretBox(() => [other]).open(box, 'a')).toBeUndefined();
  expect(new SecretBox(() => []).open(box, 'a')).toBeUndefined();
});

it('never seals alike, and opens nothing that was touched', () => {
  const secrets = new SecretBox(() => [one]);
  const box = secrets.seal(SECRET, 'a');
  expect(secrets.seal(SECRET, 'a').equals(box)).toBe(false);
  for (let place = 0; place < box.length; place += 1) {
    const touched = Buffer.from(box);
    touched[place] = (touched[place] ?? 0) ^ 1;
    expect(secrets.open(touched, 'a')).toBeUndefined();
  }
  for (const length of [0, 5, 27, 28]) expect(secrets.open(box.subarray(0, length), 'a')).toBeUndefined();
});

it('seals nothing without a key', () => {
  expect(() => new SecretBox(() => []).seal(SECRET, 'a')).toThrow(/HEKSHER_SECRET_KEY is not set/);
});

it('reads one key, or several, and tells nothing of others', () => {
  const [text, another] = [one, other].map((key) => key.toString('base64'));
  expect(parseSecretKeys(`${text}, ${another}`)).toEqual([one, other]);
  for (const odd of ['', 'short', one.toString('hex'), `${text},`, randomBytes(31).toString('base64')]) {
    let message = '';
    try {
      parseSecretKeys(odd);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('32 random bytes in base64');
    if (odd !== '') expect(message).not.toContain(odd);
  }
});
