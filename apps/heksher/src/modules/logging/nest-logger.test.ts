import { Writable } from 'node:stream';
import { Logger as NestFacade } from '@nestjs/common';
import { Logger, type LoggerOptions, openSinks } from './logger.js';
import { NestLogger } from './nest-logger.js';

const options: LoggerOptions = { level: 'debug', format: 'json', version: '1.2.3' };
let records: Record<string, unknown>[] = [];

/** Nest's own front of every logger, so that the calls are those that Nest makes. */
function nest(context?: string): NestFacade {
  const output = new Writable({
    write(chunk, _encoding, done) {
      records.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  NestFacade.overrideLogger(new NestLogger(new Logger(options, 'heksher', openSinks(options, output))));
  return context === undefined ? new NestFacade() : new NestFacade(context);
}

beforeEach(() => (records = []));
afterAll(() => void NestFacade.overrideLogger(false));

describe('what Nest says', () => {
  it('is debug, under the name of who said it', () => {
    nest('NestFactory').log('Starting Nest application...');
    nest('RoutesResolver').debug('mapped');
    expect(records).toMatchObject([
      { level: 'debug', logger: 'NestFactory', message: 'Starting Nest application...' },
      { level: 'debug', logger: 'RoutesResolver', message: 'mapped' },
    ]);
  });

  it('keeps its level when it is a warning or an error', () => {
    nest('X').warn('careful');
    nest('X').error('broken');
    nest('X').fatal('over');
    expect(records.map((record) => [record.level, record.message])).toEqual([
      ['warn', 'careful'],
      ['error', 'broken'],
      ['error', 'over'],
    ]);
  });

  it('keeps the stack apart from the context', () => {
    const { stack } = new Error('broken');
    nest('ExceptionsHandler').error('broken', stack);
    nest().error('broken', stack);
    expect(records).toMatchObject([
      { logger: 'ExceptionsHandler', message: 'broken', stack },
      { logger: 'Nest', message: 'broken', stack },
    ]);
    expect(records[0]).not.toHaveProperty('details');
  });

  it('may be an error, an object or several things', () => {
    nest('X').error(new TypeError('odd'));
    nest('X').warn({ reason: 1 });
    nest('X').warn('two', { more: 2 });
    expect(records).toMatchObject([
      { message: 'odd', error: { name: 'TypeError', message: 'odd' } },
      { message: 'message from Nest', data: { reason: 1 } },
      { message: 'two', details: [{ more: 2 }] },
    ]);
  });
});
