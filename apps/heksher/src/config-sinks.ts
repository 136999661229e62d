import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { errorMessage, HeksherError } from '@heksher/core';
import { type EnvironmentReader } from './environment.js';
import { areNatsCredentials, type NatsSinkOptions } from './modules/sinks/nats-stream.js';
import { type RedisSinkOptions } from './modules/sinks/redis-stream.js';
import { type SinkOptions } from './modules/sinks/sinks.module.js';
import { requireRedisUrl } from './redis-url.js';

export function readSinks(reader: EnvironmentReader): SinkOptions {
  return { redis: readRedisSink(reader), nats: readNatsSink(reader) };
}

function readRedisSink(reader: EnvironmentReader): RedisSinkOptions | undefined {
  const url = reader.current('HEKSHER_SINK_REDIS_URL', requireRedisUrl);
  const stream = reader.text('HEKSHER_SINK_REDIS_STREAM', 'heksher:changes');
  const most = reader.integer('HEKSHER_SINK_REDIS_MAXLEN', 100_000, 1, 1_000_000_000);
  return url === undefined ? undefined : { url, stream, most };
}

function readNatsSink(reader: EnvironmentReader): NatsSinkOptions | undefined {
  const servers = reader.current('HEKSHER_SINK_NATS_URL', requireNatsUrls);
  const stream = reader.parsed('HEKSHER_SINK_NATS_STREAM', requireStreamName) ?? 'heksher';
  const subject = reader.parsed('HEKSHER_SINK_NATS_SUBJECT', requireSubject) ?? 'heksher.changes';
  const most = reader.integer('HEKSHER_SINK_NATS_MAX_MSGS', 100_000, 1, 1_000_000_000);
  const credentials = readNatsCredentials(reader, servers?.() ?? []);
  const tls = readNatsTls(reader);
  return servers === undefined ? undefined : { servers, credentials, tls, stream, subject, most };
}

function readNatsCredentials(reader: EnvironmentReader, servers: readonly URL[]): (() => string) | undefined {
  const name = 'HEKSHER_SINK_NATS_CREDS';
  const credentials = reader.current(name, requireNatsCredentials);
  if (credentials !== undefined && servers.some(({ username }) => username !== ''))
    reader.problem(name, 'cannot be used where HEKSHER_SINK_NATS_URL has a user or token: only one of them can hold');
  return credentials;
}

function requireNatsCredentials(text: string): string {
  if (areNatsCredentials(text)) return text;
  throw new HeksherError('invalid', 'must be credentials of a user, as nsc writes them, or the seed of an nkey (SU…)');
}

function readNatsTls(reader: EnvironmentReader): NatsSinkOptions['tls'] {
  const ca = reader.current('HEKSHER_SINK_NATS_CA', requireCertificates);
  const cert = reader.current('HEKSHER_SINK_NATS_CERT', requireCertificates);
  const key = reader.current('HEKSHER_SINK_NATS_KEY', (text) => text);
  if ((cert === undefined) !== (key === undefined))
    reader.problem(
      `HEKSHER_SINK_NATS_${cert === undefined ? 'CERT' : 'KEY'}`,
      'is required: a certificate needs its key',
    );
  else if (cert !== undefined && key !== undefined) requirePair(reader, cert(), key());
  return { ca, cert, key };
}

function requireCertificates(text: string): string {
  try {
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw new HeksherError('invalid', `must be certificates in PEM: ${errorMessage(error)}`);
  }
}

function requirePair(reader: EnvironmentReader, cert: string, key: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    reader.problem('HEKSHER_SINK_NATS_CERT', `cannot be used with HEKSHER_SINK_NATS_KEY: ${errorMessage(error)}`);
  }
}

/** It may have a password in it, so that the error does not say what was given. */
function requireNatsUrls(text: string): readonly URL[] {
  const urls = text.split(',').flatMap((one) => (URL.canParse(one.trim()) ? [new URL(one.trim())] : []));
  const isGood = ({ protocol, hostname }: URL): boolean => /^(nats|tls):$/.test(protocol) && hostname !== '';
  if (urls.length === text.split(',').length && urls.every(isGood)) return urls;
  throw new HeksherError('invalid', 'must be a list of addresses that begin with nats:// or tls://');
}

function requireStreamName(text: string): string {
  if (/^[\w-]{1,255}$/.test(text)) return text;
  throw new HeksherError('invalid', `must be 1 to 255 letters, digits, _ and -, not "${text}"`);
}

function requireSubject(text: string): string {
  if (/^[\w-]+(\.[\w-]+)*$/.test(text) && text.length <= 255) return text;
  throw new HeksherError('invalid', `must be words with dots between, such as heksher.changes, not "${text}"`);
}
