import { invalid, parseInstant, parseJson, quoted, writeJson } from '@heksher/core';
import { type Config } from './config.js';
import { type Database, openDatabase } from './database.js';
import { makeKey } from './modules/access/api-key.js';
import { type Reader } from './http/parsed.js';
import { featureValues } from './http/readers.js';
import { grantList, line, remark } from './modules/access/access-readers.js';
import { keyMembers } from './modules/access/key-answer.js';
import { originList, rateText } from './modules/access/public-keys.js';
import { type KeyDraft, KeysService } from './modules/access/keys.service.js';
import { RulesetService } from './modules/ruleset/ruleset.service.js';
import { Metrics } from './metrics/metrics.js';
import { RulesetWriter } from './modules/ruleset/ruleset-writer.js';
import { type Logger } from './modules/logging/index.js';

export const KEYS_USAGE = `       heksher keys create --subject NAME --grant GRANT... [--user] [--pin FEATURE=VALUE...]
                           [--expires 90d|TIME] [--description TEXT]
       heksher keys create --public --subject NAME --grant evaluate:SETTING... --origin ORIGIN... [--rate 600/m] ...
                          make a key, and print it: it is shown this once
       heksher keys list   print all keys, one JSON object a line
       heksher keys revoke ID
       heksher keys generate   print a key for HEKSHER_ADMIN_KEY_FILE; needs no database`;

/** Carries out `heksher keys ...`, and gives what it prints. Throws 'invalid' where it is not understood. */
export async function keysCommand([verb, ...args]: readonly string[], config: Config, log: Logger): Promise<string> {
  if (verb === 'generate' && args.length === 0) return makeKey().text;
  if (verb === 'create') {
    const draft = draftOf(args);
    return withKeys(config, log, async (keys) => (await keys.create(draft, CALLER)).text);
  }
  if (verb === 'list' && args.length === 0) {
    return withKeys(config, log, async (keys) =>
      (await keys.list()).map((key) => writeJson(keyMembers(key))).join('\n'),
    );
  }
  const [id, ...more] = args;
  if (verb !== 'revoke' || id === undefined || more.length > 0) throw invalid(`usage:\n${KEYS_USAGE}`);
  return withKeys(config, log, async (keys) => {
    await keys.revoke(id, CALLER);
    return '';
  });
}

const CALLER = { request_id: 'heksher keys', actor: 'heksher keys' };

async function withKeys<T>(config: Config, log: Logger, work: (keys: KeysService) => Promise<T>): Promise<T> {
  const database = await openDatabase(config, log);
  try {
    return await work(new KeysService(database.dataSource, writerOf(database, config, log), log));
  } finally {
    await database.close();
  }
}

/** Keys are not decided on a ruleset, so that none is loaded. */
function writerOf(
  { dataSource, connection, pastConnection, feedConnection }: Database,
  { reads, pool }: Config,
  log: Logger,
): RulesetWriter {
  const connections = { connection, pastConnection, feedConnection };
  const options = { ...reads, ...connections, isConnected: true, loadTimeoutMs: pool.statementTimeoutMs };
  const metrics = new Metrics();
  const rulesets = new RulesetService({ ...options, companion: undefined }, log, metrics);
  return new RulesetWriter(dataSource, rulesets, [], metrics, log);
}

function draftOf(args: readonly string[]): KeyDraft {
  const given = new Map<string, string[]>();
  let kind: KeyDraft['kind'] = 'machine';
  for (let index = 0; index < args.length; index += 1) {
    const name = args[index] ?? '';
    if (name === '--user' || name === '--public') {
      kind = name === '--user' ? 'user' : 'public';
      continue;
    }
    const value = args[(index += 1)];
    if (!OPTIONS.has(name) || value === undefined)
      throw invalid(`${quoted(name)} is not understood; usage:\n${KEYS_USAGE}`);
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  const all = (name: string): readonly string[] => given.get(name) ?? [];
  const last = (name: string): string | undefined => all(name).at(-1);
  const [subject, rate] = [last('--subject'), last('--rate')];
  if (subject === undefined || all('--grant').length === 0)
    throw invalid(`--subject and --grant are needed; usage:\n${KEYS_USAGE}`);
  return {
    subject: read(line('--subject'), subject),
    kind,
    grants: read(grantList(1), all('--grant')),
    pinned: new Map(read(PINS, Object.fromEntries(all('--pin').map(pinOf)))),
    description: read(remark('--description'), last('--description') ?? ''),
    expiresAt: expiryOf(last('--expires')),
    origins: read(originList, all('--origin')),
    rate: rate === undefined ? undefined : read(rateText, rate),
  };
}

const OPTIONS = new Set(['--subject', '--grant', '--pin', '--expires', '--description', '--origin', '--rate']);

const PINS = featureValues({ orNone: true, field: '--pin' });

/** As the API reads it. */
function read<T>(reader: Reader<T>, given: unknown): T {
  return reader.read(parseJson(JSON.stringify(given)));
}

function pinOf(text: string): readonly [string, string] {
  const [, feature, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (feature !== undefined && value !== undefined) return [feature, value];
  throw invalid(`${quoted(text)} pins nothing; accepted: a context feature and its value, such as account=jim`);
}

/** `90d`, or a time. */
function expiryOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = instantOf(text);
  if (at !== undefined && at > Date.now()) return new Date(at);
  const accepted = 'days such as 90d, or a time in the future such as 2099-03-01T09:00:00Z';
  throw invalid(`--expires must be ${accepted}; given: ${quoted(text)}`);
}

function instantOf(text: string): number | undefined {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (days !== undefined) return Date.now() + Number(days) * 86_400_000;
  try {
    return parseInstant(text, '--expires');
  } catch {
    return undefined;
  }
}
