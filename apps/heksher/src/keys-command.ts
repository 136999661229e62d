import { invalid, parseInstant, quoted, writeJson } from '@heksher/core';
import { parseGrant } from './access/grants.js';
import { type Config } from './config.js';
import { type Database, openDatabase } from './database.js';
import { makeKey } from './modules/access/api-key.js';
import { parseRate } from './http/rate.js';
import { isLine, LINE_RULE } from './modules/access/access-readers.js';
import { keyMembers } from './modules/access/key-answer.js';
import { requireOrigin } from './modules/access/public-keys.js';
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
  const subject = given.get('--subject')?.at(-1);
  const grants = (given.get('--grant') ?? []).map(parseGrant);
  if (subject === undefined || grants.length === 0)
    throw invalid(`--subject and --grant are needed; usage:\n${KEYS_USAGE}`);
  if (!isLine(subject)) throw invalid(`--subject must be ${LINE_RULE}; given: ${quoted(subject)}`);
  const rate = given.get('--rate')?.at(-1);
  return {
    subject,
    kind,
    grants,
    pinned: new Map((given.get('--pin') ?? []).map(pinOf)),
    description: given.get('--description')?.at(-1) ?? '',
    expiresAt: expiryOf(given.get('--expires')?.at(-1)),
    origins: (given.get('--origin') ?? []).map(requireOrigin),
    rate: rate === undefined ? undefined : parseRate(rate),
  };
}

const OPTIONS = new Set(['--subject', '--grant', '--pin', '--expires', '--description', '--origin', '--rate']);

function pinOf(text: string): readonly [string, string] {
  const [, feature, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (feature !== undefined && value !== undefined) return [feature, value];
  throw invalid(`${quoted(text)} pins nothing; accepted: a context feature and its value, such as account=jim`);
}

/** `90d`, or a time. */
function expiryOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (days !== undefined) return new Date(Date.now() + Number(days) * 86_400_000);
  try {
    return new Date(parseInstant(text, '--expires'));
  } catch {
    throw invalid(`--expires must be days such as 90d, or a time such as 2027-03-01T09:00:00Z; given: ${quoted(text)}`);
  }
}
