import { AsyncLocalStorage } from 'node:async_hooks';
import { type Awaitable, type Backend } from './backend.js';
import { CallRefusedError, closed, invalidFor, RolloutError, unknownFunctionality } from './errors.js';
import {
  ADMITTED,
  checkName,
  checkPercentage,
  checkVariants,
  copyOf,
  type Decision,
  type Functionality,
  REFUSED,
} from './functionality.js';
import { type Guard, guardBy } from './guard.js';
import { type Check, type Item, type UnitId, unitOf } from './unit.js';

/** What `addFunc` can say of a functionality. */
export type FunctionalityOptions<T extends object = object> = Readonly<{
  /** The property that holds the id of an object, or a function that gives it; a function holds for this process alone. */
  check?: string | ((item: T) => UnitId);
  /** A whole number from 0 to 100; 100 where the functionality is new. */
  percentage?: number;
  /** Names of variants, between which the units that have the functionality are divided evenly. */
  variants?: readonly string[];
  /** Forget the ids and patterns registered before, and everything else. */
  reset?: boolean;
}>;

/**
 * What to answer when the back end cannot be reached: that nothing is enabled, an error (the default), or what a function
 * makes of the error.
 */
export type OnError = 'disabled' | 'throw' | ((error: RolloutError) => boolean);

/** Enables functionalities for some units: by a switch, a percentage, registered ids, and patterns. */
export class Rollout {
  readonly #opened: Backend;
  #isClosed = false;
  readonly #onError: OnError;
  readonly #checks = new Map<string, Check>();
  readonly #current = new AsyncLocalStorage<Item | undefined>();

  constructor(backend: Backend, { onError = 'throw' }: Readonly<{ onError?: OnError }> = {}) {
    this.#opened = backend;
    this.#onError = onError;
  }

  /**
   * Adds a functionality, switched on. Where it is there already, what is given is changed, and the rest (the switch,
   * registered ids, patterns) stays as it is, so that a program can do this at each of its starts.
   */
  async addFunc<T extends object>(name: string, options: FunctionalityOptions<T> = {}): Promise<void> {
    checkName(name);
    const { check, percentage, variants, reset = false } = options;
    await this.#backend.add(name, {
      percentage: percentage === undefined ? undefined : checkPercentage(name, percentage),
      variants: variants === undefined ? undefined : checkVariants(name, variants),
      check: typeof check === 'string' ? check : undefined,
      reset,
    });
    if (check === undefined && !reset) return;
    this.#checks.delete(name);
    // Callers of this functionality promise items of the type that the function takes.
    if (check !== undefined) this.#checks.set(name, typeof check === 'string' ? check : (item) => check(item as T));
  }

  /** Enables a functionality for one more unit, or for all whose id a pattern is found in. Twice is the same as once. */
  async register(name: string, item: Item | RegExp): Promise<void> {
    checkName(name);
    if (item instanceof RegExp) return this.#backend.change(name, { kind: 'pattern', pattern: copyOf(item) });
    return this.#backend.register(name, await this.#unitOf(name, item));
  }

  async setPercentage(name: string, percentage: number): Promise<void> {
    checkName(name);
    return this.#backend.change(name, { kind: 'percentage', percentage: checkPercentage(name, percentage) });
  }

  /** Switches a functionality on: it is enabled for the units that its percentage, ids and patterns admit. */
  async enable(name: string): Promise<void> {
    return this.#backend.change(checkName(name), { kind: 'switch', enabled: true });
  }

  /** Switches a functionality off for everybody. */
  async disable(name: string): Promise<void> {
    return this.#backend.change(checkName(name), { kind: 'switch', enabled: false });
  }

  /** Switches a functionality on if it is off, and off if it is on. */
  async toggle(name: string): Promise<void> {
    return this.#backend.change(checkName(name), { kind: 'toggle' });
  }

  /**
   * Whether a functionality is enabled for the item, or without one for the current id; without either, whether it is
   * switched on at all. One that is not there is enabled for nobody.
   */
  async isEnabled(name: string, ...item: [item?: Item]): Promise<boolean> {
    const asked = item.length === 0 ? this.#current.getStore() : given(name, item[0]);
    return (await this.#decide(name, asked)).isEnabled;
  }

  /** The variant of the item, or of the current id; undefined where it is not enabled, or has no variants. */
  async variant(name: string, ...item: [item?: Item]): Promise<string | undefined> {
    const asked = given(name, item.length === 0 ? this.#current.getStore() : item[0]);
    return (await this.#decide(name, asked)).variant;
  }

  /** The names of all functionalities, sorted. */
  async functionalities(): Promise<readonly string[]> {
    return this.#backend.list();
  }

  /** What is stored of a functionality, its registered ids apart. */
  async functionality(name: string): Promise<Functionality> {
    const found = await this.#backend.find(checkName(name));
    if (found === undefined) throw unknownFunctionality(name);
    return found;
  }

  /**
   * Sets the current id for what runs after this in the same asynchronous flow, such as the rest of a request's handler;
   * undefined takes it back. Another request's flow never sees it.
   */
  setCurrentId(id: Item | undefined): void {
    this.#current.enterWith(id);
  }

  /** Calls `work` with this current id, which holds in all that it awaits, and nowhere else. */
  withCurrentId<T>(id: Item, work: () => T): T {
    return this.#current.run(id, work);
  }

  /** A guard that lets calls through while the functionality is switched on, for any caller; else: CallRefusedError. */
  enabled(name: string): Guard {
    checkName(name);
    return guardBy(async (functionName) => {
      const { isEnabled } = await this.#decide(name, undefined);
      if (!isEnabled) throw new CallRefusedError(name, functionName, undefined);
    });
  }

  /**
   * A guard that lets calls through for units that have the functionality; else: CallRefusedError. The unit is the
   * argument at that position, counted from 1, or without one the current id.
   */
  check(name: string, argument?: number): Guard {
    checkName(name);
    if (argument !== undefined && !(Number.isInteger(argument) && argument >= 1)) {
      throw invalidFor(name, `${argument} is no position of an argument; accepted: 1, 2 and so on`);
    }
    return guardBy(async (functionName, args) => {
      const asked = argument === undefined ? this.#current.getStore() : (args[argument - 1] as Item | undefined);
      const item = given(name, asked, functionName, argument);
      if ((await this.#decide(name, item)).isEnabled) return;
      const unit = await this.#unitOf(name, item).catch(() => undefined);
      throw new CallRefusedError(name, functionName, unit);
    });
  }

  /**
   * Closes the back end, for all that share it. Calls after this fail with 'unavailable', and checks do what `onError`
   * says of it.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opened.close();
  }

  get #backend(): Backend {
    if (this.#isClosed) throw closed();
    return this.#opened;
  }

  /** At once where it can be; what it throws, the async methods that await it reject with. */
  #decide(name: string, item: Item | undefined): Awaitable<Decision> {
    checkName(name);
    if (typeof item === 'object')
      return this.#forgiving(async () => this.#backend.decide(name, await this.#unitOf(name, item)));
    const unit = item === undefined ? undefined : unitOf(name, item);
    if (this.#onError === 'throw') return this.#backend.decide(name, unit);
    return this.#forgiving(() => this.#backend.decide(name, unit));
  }

  async #forgiving(work: () => Awaitable<Decision>): Promise<Decision> {
    try {
      return await work();
    } catch (error) {
      if (this.#onError === 'throw' || !(error instanceof RolloutError) || error.code !== 'unavailable') throw error;
      return this.#onError !== 'disabled' && this.#onError(error) ? ADMITTED : REFUSED;
    }
  }

  /** What gives an object's id is stored with the functionality, if this process was given none. */
  async #unitOf(name: string, item: Item): Promise<string> {
    if (typeof item !== 'object') return unitOf(name, item);
    return unitOf(name, item, this.#checks.get(name) ?? (await this.#backend.find(name))?.check);
  }
}

/** An item that is asked about must be there: undefined, unlike no argument at all, is a mistake of the caller. */
function given(name: string, item: Item | null | undefined, functionName?: string, argument?: number): Item {
  if (item !== undefined && item !== null) return item;
  const where = argument === undefined ? 'no current id is set' : `argument ${argument} of ${functionName} is ${item}`;
  throw invalidFor(name, `it cannot be decided for nobody: ${functionName === undefined ? 'no id was given' : where}`);
}
