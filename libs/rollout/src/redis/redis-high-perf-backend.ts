import { type Backend } from '../backend.js';
import { unknownFunctionality } from '../errors.js';
import {
  type Change,
  changed,
  decide,
  type Decision,
  defined,
  type Definition,
  type Functionality,
  REFUSED,
} from '../functionality.js';
import { RedisConnection, type RedisOptions, script, textOf } from './connection.js';
import { scanNames } from './names.js';
import { type Edit, replace, type Stored } from './replacing.js';
import { parseStored } from './stored.js';

const RULES = ':rules';
const UNITS = ':units';

/** Rules, units; the unit. What is stored, after '1' or '0': whether the unit is registered; '' for no functionality. */
const DECIDE = script(`
local stored = redis.call('GET', KEYS[1])
if not stored then return '' end
return redis.call('SISMEMBER', KEYS[2], ARGV[1]) .. stored`);

/** Rules, units; the unit. 0 where there is no such functionality. */
const REGISTER = script(`
if redis.call('STRLEN', KEYS[1]) == 0 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
return 1`);

/** Rules, units; the rules as they were ('' for none), the new ones, whether to keep the units. */
const REPLACE = script(`
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[3] ~= 'keep' then redis.call('DEL', KEYS[2]) end
return 1`);

/**
 * Keeps the registered ids of each functionality in a SET in Redis, and the rest in a string. A check is one round trip
 * however many ids there are, and this process keeps none of them: best for many ids, and for ids that often change.
 */
export class RedisHighPerfBackend implements Backend {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #known = new Map<string, Stored>();

  constructor({ prefix = 'rollout:', ...options }: RedisOptions) {
    this.#connection = new RedisConnection(options);
    this.#prefix = prefix;
  }

  list(): Promise<readonly string[]> {
    return scanNames(this.#connection, this.#prefix, RULES);
  }

  async find(name: string): Promise<Functionality | undefined> {
    return (await this.#current(name))?.functionality;
  }

  async add(name: string, definition: Definition): Promise<void> {
    await this.#replace(name, (before) => defined(name, before, definition), definition.reset ? 'forget' : 'keep');
  }

  async change(name: string, change: Change): Promise<void> {
    await this.#replace(name, (before) => {
      if (before === undefined) throw unknownFunctionality(name);
      return changed(before, change);
    });
  }

  async register(name: string, unit: string): Promise<void> {
    const done = await this.#connection.run(REGISTER, this.#keys(name), [unit]);
    if (Number(done) === 0) throw unknownFunctionality(name);
  }

  async decide(name: string, unit: string | undefined): Promise<Decision> {
    const reply = textOf(await this.#connection.run(DECIDE, this.#keys(name), [unit ?? '']));
    if (reply === '') return REFUSED;
    return decide(this.#parsed(name, reply.slice(1)), unit, reply.startsWith('1'));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #replace(name: string, edit: Edit, units: 'keep' | 'forget' = 'keep'): Promise<void> {
    return replace(
      () => this.#current(name),
      edit,
      async (before, after) =>
        Number(await this.#connection.run(REPLACE, this.#keys(name), [before, after, units])) === 1,
    );
  }

  async #current(name: string): Promise<Stored | undefined> {
    const [rules = ''] = this.#keys(name);
    const reply = await this.#connection.command(['GET', rules]);
    if (reply === null) return undefined;
    const stored = textOf(reply);
    return { stored, functionality: this.#parsed(name, stored) };
  }

  /** The text seldom changes from one check to the next. */
  #parsed(name: string, stored: string): Functionality {
    const known = this.#known.get(name);
    if (known?.stored === stored) return known.functionality;
    const functionality = parseStored(name, stored);
    this.#known.set(name, { stored, functionality });
    return functionality;
  }

  #keys(name: string): readonly string[] {
    const key = `${this.#prefix}{${name}}`;
    return [key + RULES, key + UNITS];
  }
}
