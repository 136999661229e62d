import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { HeksherError } from '@heksher/core';
import { EnvironmentReader } from './environment.js';
import { SecretRenewal } from './secret-renewal.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heksher-secret-'));
  file = join(folder, 'secret');
  writeFileSync(file, 'first\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = { info: jest.fn(), error: jest.fn() };
beforeEach(() => jest.clearAllMocks());

function requireWord(text: string): string {
  if (/^\w+$/.test(text)) return text;
  throw new HeksherError('invalid', 'must be a word');
}

function renewed(uses = {}) {
  const reader = new EnvironmentReader({ SECRET_FILE: file });
  const current = reader.current('SECRET', requireWord);
  return { current, renewal: new SecretRenewal(reader.secrets, uses, log) };
}

it('takes what a file holds now, and says so once', () => {
  const { current, renewal } = renewed();
  renewal.renew();
  expect([current?.(), log.info.mock.calls.length]).toEqual(['first', 0]);
  writeFileSync(file, 'second');
  renewal.renew();
  renewal.renew();
  expect([current?.(), log.info.mock.calls.length]).toEqual(['second', 1]);
});

it.each([['not a word'], ['']])('goes on with the last one where the file holds %j, and does not show it', (text) => {
  const { current, renewal } = renewed();
  writeFileSync(file, text);
  renewal.renew();
  expect(current?.()).toBe('first');
  expect(log.error.mock.calls).toEqual([
    [
      expect.stringContaining('the last one goes on'),
      { variable: 'SECRET', problem: expect.stringContaining('SECRET') as unknown },
    ],
  ]);
  expect(JSON.stringify(log.error.mock.calls)).not.toContain('not a word');
});

it('goes on with the last one where there is no file, and takes the next that is there', () => {
  const { current, renewal } = renewed();
  rmSync(file);
  renewal.renew();
  expect([current?.(), log.error.mock.calls.length]).toEqual(['first', 1]);
  writeFileSync(file, 'second');
  renewal.renew();
  expect(current?.()).toBe('second');
});

it('has nothing to take again of what is in the variable itself', () => {
  const reader = new EnvironmentReader({ SECRET: 'given' });
  expect([reader.current('SECRET', requireWord)?.(), reader.secrets]).toEqual(['given', []]);
  expect(reader.current('OTHER', requireWord)).toBeUndefined();
});
