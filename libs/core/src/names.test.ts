import { isContextFeatureName, isFeatureValue, isMetadataKey, isSettingName } from './names.js';

/** Which of the four rules admit a text: s(etting), c(ontext feature), m(etadata key), v(alue of a feature). */
const admittedAs = (text: string): string => {
  const rules = { s: isSettingName, c: isContextFeatureName, m: isMetadataKey, v: isFeatureValue };
  return Object.entries(rules)
    .filter(([, rule]) => rule(text))
    .map(([letter]) => letter)
    .join('');
};

describe('names', () => {
  it.each([
    ['cache_size', 'scmv'],
    ['A9_', 'scmv'],
    ['__proto__', 'scmv'],
    ['a.b', 'sv'],
    ['.', 'v'],
    ['..', 'v'],
    ['...', 'sv'],
    ['a-b', 'mv'],
    ['john@example.com', 'v'],
    ['a+b/c=d~e#f', 'v'],
    ['été', 'v'],
    ['דוגמה', 'v'],
    ['١٢', 'v'],
    ['हिन्दी', 'v'],
    ['ภาษาไทย', 'v'],
    ['தமிழ்', 'v'],
    ['বাংলা', 'v'],
    ['u\u0308ber', 'v'],
    ['\u0308', 'v'],
    ['x²Ⅷ', 'v'],
    ['क्\u200dष', ''],
    ['', ''],
    ['a ', ''],
    ['a\n', ''],
    ['\na', ''],
    ['a,b', ''],
    ['a:b', ''],
    ['(a)', ''],
    ['*', ''],
    ['"a"', ''],
    ["a'", ''],
    ['a\u0000', ''],
    ['a\u00a0b', ''],
    ['😀', ''],
    ['\ud800', ''],
    ['a%20', ''],
  ])('%j is a name by the rules %j', (text, rules) => {
    expect(admittedAs(text)).toBe(rules);
  });

  it('have at most 255 characters, of values each code point counts as one', () => {
    expect(admittedAs('a'.repeat(255))).toBe('scmv');
    expect(admittedAs('a'.repeat(256))).toBe('');
    expect(isFeatureValue('𠀀'.repeat(255))).toBe(true);
    expect(isFeatureValue('𠀀'.repeat(256))).toBe(false);
  });
});
