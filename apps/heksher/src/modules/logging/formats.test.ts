import { prettyFormat } from './formats.js';

const record = { timestamp: '2024-01-01T12:34:56.789Z', logger: 'heksher', message: 'logged', field: 1 };
const printed = (level: string, isColoured: boolean) => {
  const info = prettyFormat(isColoured).transform({ ...record, level });
  return typeof info === 'object' ? info[Symbol.for('message')] : info;
};

describe('prettyFormat', () => {
  it.each([
    ['error', 31],
    ['warn', 33],
    ['info', 32],
    ['debug', 90],
  ])('gives %s the colour %i on a terminal', (level, code) => {
    expect(printed(level, true)).toContain(`\u001b[${code}m${level.toUpperCase()}`);
  });

  it('says the same without colours', () => {
    expect(printed('warn', false)).toBe('12:34:56.789 WARN  logged field=1 (heksher)');
  });
});
