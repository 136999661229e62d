import { once } from 'node:events';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type LoggerOptions, openSinks } from './logger.js';

const JSON_DEBUG: LoggerOptions = { level: 'debug', format: 'json', version: '1.2.3' };

type LogLine = Record<string, unknown>;
const parseRecord = (line: string) => JSON.parse(line) as LogLine;

/** A stdout that keeps what it is given. */
function capture(options: LoggerOptions = JSON_DEBUG) {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = new Logger(options, 'heksher', openSinks(options, output));
  const lines = () => text.split('\n').slice(0, -1);
  const records = () => lines().map(parseRecord);
  return { log, lines, records };
}

/** A Logstash that keeps the records it is sent. */
async function listenAsLogstash(port = 0) {
  let text = '';
  const server = createServer((socket) => socket.setEncoding('utf8').on('data', (part: string) => (text += part)));
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const records = () => text.split('\n').slice(0, -1).map(parseRecord);
  return { port: address.port, records, close: () => new Promise((resolve) => server.close(resolve)) };
}

function refuse(): never {
  throw new Error('no');
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds() && attempt < 600; attempt++) await sleep(5);
  expect(holds()).toBe(true);
}

describe('a JSON line', () => {
  it('has timestamp, level, logger, message and the fields, in this order', () => {
    const { log, lines } = capture();
    log.child('settings').info('setting created', { setting: 'x', version: '1.0', request_id: 'r1' });
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatch(
      /^\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info","logger":"settings","message":"setting created","setting":"x","version":"1.0","request_id":"r1"\}$/,
    );
  });

  it('keeps its own parts, and a field of the same name beside them', () => {
    const { log, records } = capture();
    const fields = {
      level: 'mine',
      message: 'mine',
      logger: 'mine',
      timestamp: 'mine',
      stack: 's',
    };
    log.warn('logged', fields);
    expect(records()).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-/) as unknown,
        level: 'warn',
        logger: 'heksher',
        message: 'logged',
        level_: 'mine',
        message_: 'mine',
        logger_: 'mine',
        timestamp_: 'mine',
        stack: 's',
      },
    ]);
  });

  it('carries an error with its cause', () => {
    const { log, records } = capture();
    const error = new Error('above', { cause: Object.assign(new Error('below'), { code: '57P01' }) });
    log.error('failed', { error });
    expect(records()[0]).toMatchObject({
      message: 'failed',
      error: { name: 'Error', message: 'above', stack: error.stack, cause: { message: 'below', code: '57P01' } },
    });
  });

  it('is written in spite of fields that JSON cannot hold', () => {
    const { log, records } = capture();
    const cycle: Record<string, unknown> = { big: 1n, skip: undefined, call: () => 1 };
    cycle.self = cycle;
    log.info('odd', cycle);
    const hostile = new Proxy<Record<string, unknown>>({}, { ownKeys: refuse });
    log.info('hostile', hostile);
    expect(records()).toMatchObject([
      { message: 'odd', big: '1', self: '[circular]' },
      { message: 'hostile', fields: '[unreadable]' },
    ]);
  });

  it('logs the fields as they were when it was logged', () => {
    const { log, records } = capture();
    const fields = { list: [1] };
    log.info('list', fields);
    fields.list.push(2);
    expect(records()[0]).toMatchObject({ list: [1] });
  });

  it('comes out for each of a burst, in order', () => {
    const { log, records } = capture();
    for (let number = 0; number < 2_000; number++) log.info('burst', { number });
    expect(records().map((record) => record.number)).toEqual(Array.from({ length: 2_000 }, (_, index) => index));
  });
});

describe('levels', () => {
  it.each([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ] as const)('at %s print %j and say so beforehand', (level, printed) => {
    const { log, records } = capture({ ...JSON_DEBUG, level });
    const all = ['error', 'warn', 'info', 'debug'] as const;
    for (const each of all) log[each]('x');
    expect(records().map((record) => record.level)).toEqual(printed);
    expect(all.filter((each) => log.isEnabled(each))).toEqual(printed);
  });
});

describe('a pretty line', () => {
  const pretty = { ...JSON_DEBUG, format: 'pretty' } as const;

  it('is one line of time, level, message, fields and logger, without colour where there is no terminal', () => {
    const { log, lines } = capture(pretty);
    log.info('setting created', { setting: 'x', note: 'two words', list: [1], gone: undefined });
    expect(lines()).toEqual([
      expect.stringMatching(
        /^[\d:]{8}\.\d{3} INFO {2}setting created setting=x note="two words" list=\[1\] \(heksher\)$/,
      ),
    ]);
  });

  it('names an error and its cause and puts their stacks beneath', () => {
    const { log, lines } = capture(pretty);
    log.error('failed', { error: new TypeError('above', { cause: new Error('below') }) });
    expect(lines()[0]).toContain('failed error="TypeError: above" (heksher)');
    expect(lines()[1]).toBe('    TypeError: above');
    expect(lines()).toContain('    Error: below');
  });

  it('lets no value break the line or command the terminal', () => {
    const { log, lines } = capture(pretty);
    log.info('odd\u001b[2J', { value: 'a\nb\u001b[2J\u009b2J\u007f', 'k\ney': 1 });
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).not.toMatch(/\p{Cc}/u);
  });
});

describe('a stdout that fails', () => {
  it('stops neither the process nor the logger', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('x'), { code: 'EPIPE' })),
    });
    const log = new Logger(JSON_DEBUG, 'heksher', openSinks(JSON_DEBUG, broken));
    log.info('one');
    await sleep(5);
    expect(() => log.info('two')).not.toThrow();
    expect(broken.errored).toMatchObject({ code: 'EPIPE' });
  });
});

describe('Logstash', () => {
  const tags = { env: 'prod', host: 'mine' };
  const withLogstash = (port: number, level: LoggerOptions['level'] = 'info'): LoggerOptions => ({
    ...JSON_DEBUG,
    logstash: { host: '127.0.0.1', port, level, tags },
  });

  it('gets each record under the names of python-logstash, with fields, tags and version', async () => {
    const logstash = await listenAsLogstash();
    const { log } = capture(withLogstash(logstash.port));
    const fields = { setting: 'x', host: 'db1', env: 'test', '@version': 9, request_id: 'r1' };
    log.child('settings').warn('setting created', fields);
    await log.close();
    await eventually(() => logstash.records().length === 1);
    await logstash.close();
    expect(logstash.records()).toEqual([
      {
        '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
        '@version': '1',
        message: 'setting created',
        level: 'WARNING',
        logger_name: 'settings',
        host: hostname(),
        heksher_version: '1.2.3',
        env: 'prod',
        host_: 'db1',
        setting: 'x',
        env_: 'test',
        '@version_': 9,
        request_id: 'r1',
      },
    ]);
  });

  it('has a level of its own, either way', async () => {
    const logstash = await listenAsLogstash();
    const { log, records } = capture({ ...withLogstash(logstash.port, 'debug'), level: 'warn' });
    expect(log.isEnabled('debug')).toBe(true);
    for (const level of ['error', 'warn', 'info', 'debug'] as const) log[level]('x');
    await log.close();
    await eventually(() => logstash.records().length === 4);
    await logstash.close();
    expect(logstash.records().map((record) => record.level)).toEqual(['ERROR', 'WARNING', 'INFO', 'DEBUG']);
    expect(records().map((record) => record.level)).toEqual(['error', 'warn']);
  });

  it('that is down is reported on stdout alone, and once', async () => {
    const spare = await listenAsLogstash();
    await spare.close();
    const { log, records } = capture(withLogstash(spare.port));
    log.info('meanwhile');
    await sleep(300);
    const logstash = await listenAsLogstash(spare.port);
    await eventually(() => logstash.records().length === 1);
    await log.close();
    await logstash.close();
    expect(logstash.records().map((record) => record.message)).toEqual(['meanwhile']);
    const warnings = records().filter((record) => record.logger === 'heksher.logstash' && record.level === 'warn');
    expect(warnings).toMatchObject([
      { message: 'logstash cannot be reached', address: `127.0.0.1:${spare.port}`, error: { code: 'ECONNREFUSED' } },
    ]);
  });

  it('that stays down holds up neither a line nor the shutdown, which counts what was lost', async () => {
    const spare = await listenAsLogstash();
    await spare.close();
    const { log, records } = capture(withLogstash(spare.port));
    log.info('one');
    log.info('two');
    await log.close();
    expect(records()).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'log lines dropped', count: 2 }),
    );
    log.info('after');
    expect(records().at(-1)).toMatchObject({ message: 'after' });
  });
});
