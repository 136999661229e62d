import { createHash } from 'node:crypto';
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
const ATTEMPTS = 3;

/** Rules, units; the unit. 0 where there is no such functionality. */
const REGISTER = script(`
if redis.call('STRLEN', KEYS[1]) == 0 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
return 1`);

/** Rules, units; the rules as they were ('' for none), the new ones, their marks, whether to keep the units. */
const REPLACE = script(`
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[5] == 'keep' then redis.call('SREM', KEYS[2], ARGV[3]) else redis.call('DEL', KEYS[2]) end
redis.call('SADD', KEYS[2], ARGV[4])
return 1`);

/** Rules with their mark, which the SET holds beside the units: who knows rules sees by it whether they still hold. */
type Rules = Stored & Readonly<{ mark: string }>;

/**
 * Keeps the registered ids of each functionality in a SET in Redis, and the rest in a string. A check is one round trip
 * however many ids there are, and this process keeps none of them: best for many ids, and for ids that often change.
 */
export class RedisHighPerfBackend implements Backend {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #known = new Map<string, Rules>();

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
    const done = await this.#connection.run(REGISTER, this.#keys(name), [memberOf(unit)]);
    if (Number(done) === 0) throw unknownFunctionality(name);
  }

  /** Asks for the unit and for the mark of the rules that are known at once; after a change, reads the rules and asks again. */
  async decide(name: string, unit: string | undefined): Promise<Decision> {
    let rules = this.#known.get(name) ?? (await this.#current(name));
    for (let attempt = 1; rules !== undefined; attempt += 1) {
      const asked = ['SMISMEMBER', this.#key(name) + UNITS, rules.mark, memberOf(unit ?? '')];
      const [isCurrent, isRegistered] = (await this.#connection.command(asked)) as readonly unknown[];
      // Rules that were read just now will do: there is no mark where somebody else has deleted the SET.
      if (Number(isCurrent) === 1 || attempt === ATTEMPTS)
        return decide(rules.functionality, unit, Number(isRegistered) === 1);
      rules = await this.#current(name);
    }
    return REFUSED;
  }

  close(): void {
    this.#connection.close();
  }

  #replace(name: string, edit: Edit, units: 'keep' | 'forget' = 'keep'): Promise<void> {
    return replace(
      () => this.#current(name),
      edit,
      async (before, after) => {
        const args = [before, after, markOf(before), markOf(after), units];
        return Number(await this.#connection.run(REPLACE, this.#keys(name), args)) === 1;
      },
    );
  }

  async #current(name: string): Promise<Rules | undefined> {
    const reply = await this.#connection.command(['GET', this.#key(name) + RULES]);
    if (reply === null) {
      this.#known.delete(name);
      return undefined;
    }
    const stored = textOf(reply);
    const known = this.#known.get(name);
    if (known?.stored === stored) return known;
    const rules = { stored, functionality: parseStored(name, stored), mark: markOf(stored) };
    this.#known.set(name, rules);
    return rules;
  }

  #keys(name: string): readonly string[] {
    const key = this.#key(name);
    return [key + RULES, key + UNITS];
  }

  #key(name: string): string {
    return `${this.#prefix}{${name}}`;
  }
}

/** Unlike that of any unit. */
function markOf(stored: string): string {
  return `=${createHash('sha1').update(stored).digest('hex')}`;
}

function memberOf(unit: string): string {
  return `:${unit}`;
}
