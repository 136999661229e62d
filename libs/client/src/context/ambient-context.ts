import { HeksherError, invalid, isContextFeatureName, quoted } from '@heksher/core';
import { type AsyncStorage, makeAsyncStorage } from './async-storage.js';
import { type ContextDefault, type ContextDefaults, type GivenContext } from './context.js';

/** Values of features by name: null where it was said that there is none. */
export type Surroundings = ReadonlyMap<string, string | null>;

/** What is known of the context without being given: by `withContext`, and from the client's defaults. */
export class AmbientContext {
  private readonly defaults: ReadonlyMap<string, ContextDefault>;
  /** Made when it is first needed: reading costs nothing for it before. */
  private storage: AsyncStorage<Surroundings> | undefined;

  constructor(defaults: ContextDefaults = {}) {
    this.defaults = new Map(Object.entries(defaults));
    for (const [feature, value] of this.defaults) {
      if (!isContextFeatureName(feature))
        throw invalid(`${quoted(feature)} is no name of a context feature`, 'context');
      if (typeof value === 'string' || typeof value === 'function') continue;
      throw invalid(
        `the context feature ${quoted(feature)} has a ${typeof value}; accepted: text or a function`,
        'context',
      );
    }
  }

  run<Result>(given: GivenContext, work: () => Result): Result {
    this.storage ??= makeAsyncStorage();
    const surroundings = new Map(this.storage.getStore());
    for (const feature of Object.keys(given)) {
      const value = givenValue(given, feature);
      if (value !== undefined) surroundings.set(feature, value);
    }
    return this.storage.run(surroundings, work);
  }

  /** Of the `withContext` in which this is called. */
  surroundings(): Surroundings | undefined {
    return this.storage?.getStore();
  }

  /** Whether the default is a function of the program's. */
  isComputed(feature: string): boolean {
    return typeof this.defaults.get(feature) === 'function';
  }

  /** Undefined where there is none, or a function. */
  constantOf(feature: string): string | undefined {
    const found = this.defaults.get(feature);
    return typeof found === 'string' ? found : undefined;
  }

  /** What the program's function gives. */
  compute(feature: string): string | null | undefined {
    const found = this.defaults.get(feature);
    if (typeof found !== 'function') return undefined;
    const value: unknown = found();
    return typeof value === 'string' || value === undefined || value === null ? value : refuse(feature, value);
  }
}

/** What is given for a feature: undefined where nothing is. Throws 'invalid' for what is neither text nor null. */
export function givenValue(given: GivenContext, feature: string): string | null | undefined {
  const value: unknown = given[feature];
  if (typeof value === 'string' || value === undefined || value === null) return value;
  // Such as "constructor", which every object inherits.
  return Object.hasOwn(given, feature) ? refuse(feature, value) : undefined;
}

function refuse(feature: string, value: unknown): never {
  const message = `the context feature ${quoted(feature)} has a ${typeof value} as its value; accepted: text`;
  throw new HeksherError('invalid', message, { errors: [{ field: feature, message }] });
}
