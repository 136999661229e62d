import { parseLogLevel } from './levels.js';

describe('parseLogLevel', () => {
  it.each([
    ['debug', 'debug'],
    ['Info', 'info'],
    ['warn', 'warn'],
    ['WARNING', 'warn'],
    ['error', 'error'],
    ['CRITICAL', 'error'],
    ['fatal', 'error'],
    ['NOTSET', 'debug'],
    [' info ', 'info'],
  ])('takes the name %j as %s', (text, level) => {
    expect(parseLogLevel(text)).toBe(level);
  });

  it.each([
    ['0', 'debug'],
    ['10', 'debug'],
    ['19', 'info'],
    ['20', 'info'],
    ['29', 'warn'],
    ['30', 'warn'],
    ['39', 'error'],
    ['40', 'error'],
    ['50', 'error'],
    ['1000', 'error'],
  ])('takes the Python number %s as %s', (text, level) => {
    expect(parseLogLevel(text)).toBe(level);
  });

  it.each(['', 'loud', '-10', '20.5', '1e1', '0x14', 'constructor', 'info warn'])('knows no level %j', (text) => {
    expect(parseLogLevel(text)).toBeUndefined();
  });
});
