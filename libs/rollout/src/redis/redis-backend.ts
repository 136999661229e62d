import { randomUUID } from 'node:crypto';
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

/**
 * The string of a functionality: a stamp, which changes with each write, so that a reader of the string sees by the
 * stamp alone whether it is still the same; the functionality; and each registered id, as JSON, on a line of its own.
 */
type Snapshot = Stored & Readonly<{ stamp: string; units: ReadonlySet<string> }>;

const STAMP_LENGTH = 36;

/** Key; the new stamp, the line of the unit. 0 where there is no such functionality. */
const REGISTER = script(`
local text = redis.call('GET', KEYS[1])
if not text then return 0 end
if not string.find(text, '\\n' .. ARGV[2] .. '\\n', ${STAMP_LENGTH + 1}, true) then
  redis.call('APPEND', KEYS[1], ARGV[2] .. '\\n')
  redis.call('SETRANGE', KEYS[1], 0, ARGV[1])
end
return 1`);

/** Key; the new stamp, the line of the functionality as it was ('' for none), the new line, whether to keep the ids. */
const REPLACE = script(`
local text = redis.call('GET', KEYS[1]) or ''
local ending = string.find(text, '\\n', ${STAMP_LENGTH + 2}, true) or 0
if string.sub(text, ${STAMP_LENGTH + 2}, ending - 1) ~= ARGV[2] then return 0 end
local units = '\\n'
if ARGV[4] == 'keep' and text ~= '' then units = string.sub(text, ending) end
redis.call('SET', KEYS[1], ARGV[1] .. '\\n' .. ARGV[3] .. units)
return 1`);

/**
 * Keeps each functionality, with its registered ids, in one string in Redis. A check asks Redis whether the string is still
 * the one this process knows, and reads it again only if not: best where checks are many and changes few.
 */
export class RedisBackend implements Backend {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #known = new Map<string, Snapshot>();
  readonly #reading = new Map<string, Promise<Snapshot | undefined>>();

  constructor({ prefix = 'rollout:', ...options }: RedisOptions) {
    this.#connection = new RedisConnection(options);
    this.#prefix = prefix;
  }

  list(): Promise<readonly string[]> {
    return scanNames(this.#connection, this.#prefix, '');
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
    const done = await this.#connection.run(REGISTER, [this.#key(name)], [randomUUID(), JSON.stringify(unit)]);
    if (Number(done) === 0) throw unknownFunctionality(name);
  }

  async decide(name: string, unit: string | undefined): Promise<Decision> {
    const snapshot = await this.#current(name);
    if (snapshot === undefined) return REFUSED;
    return decide(snapshot.functionality, unit, unit !== undefined && snapshot.units.has(JSON.stringify(unit)));
  }

  close(): void {
    this.#connection.close();
  }

  #replace(name: string, edit: Edit, units: 'keep' | 'forget' = 'keep'): Promise<void> {
    return replace(
      () => this.#current(name),
      edit,
      async (before, after) => {
        const args = [randomUUID(), before, after, units];
        return Number(await this.#connection.run(REPLACE, [this.#key(name)], args)) === 1;
      },
    );
  }

  async #current(name: string): Promise<Snapshot | undefined> {
    const range = ['GETRANGE', this.#key(name), '0', String(STAMP_LENGTH - 1)];
    const stamp = textOf(await this.#connection.command(range));
    const known = this.#known.get(name);
    if (known !== undefined && known.stamp === stamp) return known;
    if (stamp === '') {
      this.#known.delete(name);
      return undefined;
    }
    return this.#read(name, stamp);
  }

  /** Many checks that see one new stamp read the string once. */
  async #read(name: string, stamp: string): Promise<Snapshot | undefined> {
    const underWay = `${stamp}${name}`;
    let reading = this.#reading.get(underWay);
    if (reading === undefined) {
      reading = this.#readNow(name).finally(() => this.#reading.delete(underWay));
      this.#reading.set(underWay, reading);
    }
    return reading;
  }

  async #readNow(name: string): Promise<Snapshot | undefined> {
    const text = await this.#connection.command(['GET', this.#key(name)]);
    if (text === null) return undefined;
    const [stamp = '', stored = '', ...units] = textOf(text).split('\n');
    const snapshot = { stamp, stored, functionality: parseStored(name, stored), units: new Set(units) };
    this.#known.set(name, snapshot);
    return snapshot;
  }

  #key(name: string): string {
    return `${this.#prefix}{${name}}`;
  }
}
