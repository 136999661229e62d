import { HeksherError, invalid, isContextFeatureName, quoted } from '@heksher/core';
import { reportToAll } from './problems.js';
import { type AsyncStorage, makeAsyncStorage } from './runtime.js';

/** The value of a context feature: a number or boolean stands for its JSON text, so 5 is '5'. */
export type ContextValue = string | number | boolean;

/**
 * Values of context features where settings are read. What is not given, or undefined, comes from the defaults of the client;
 * null says that there is no value, whatever the defaults.
 */
export type ContextOf<Feature extends string> = { readonly [F in Feature]?: ContextValue | null | undefined };

export type GivenContext = ContextOf<string>;

/** Where a feature's value comes from when it is not given: a constant, or a function that is called at each reading. */
export type ContextDefault = ContextValue | (() => ContextValue | null | undefined);

export type ContextDefaults = Readonly<Record<string, ContextDefault>>;

/**
 * What reading does where a feature that the setting is configurable by has no value: throw an error that names it, give the
 * setting's default, or resolve as the service does, for which no condition on that feature holds.
 */
export type MissingFeaturePolicy = 'throw' | 'default' | 'resolve';

/** Texts of features by name: null where it was said that there is no value. */
export type ScopedContext = ReadonlyMap<string, string | null>;

/** What is known of the context without being given: by `withContext`, and from the client's defaults. */
export class AmbientContext {
  private readonly constants = new Map<string, string>();
  private readonly functions = new Map<string, () => unknown>();
  /** Made when it is first needed: reading costs nothing for it before. */
  private storage: AsyncStorage<ScopedContext> | undefined;

  constructor(defaults: ContextDefaults = {}) {
    for (const [feature, value] of Object.entries(defaults)) {
      if (!isContextFeatureName(feature))
        throw invalid(`${quoted(feature)} is no name of a context feature`, 'context');
      const text = typeof value === 'function' ? undefined : contextText(feature, value);
      if (typeof value === 'function') this.functions.set(feature, value);
      else if (typeof text === 'string') this.constants.set(feature, text);
      else throw invalid(`the context feature ${quoted(feature)} has no value; leave it out, or give one`, 'context');
    }
  }

  run<Result>(given: GivenContext, work: () => Result): Result {
    requireContext(given);
    this.storage ??= makeAsyncStorage();
    const scoped = new Map(this.storage.getStore());
    for (const feature of Object.keys(given)) {
      const value = givenValue(given, feature);
      if (value !== undefined) scoped.set(feature, value);
    }
    return this.storage.run(scoped, work);
  }

  /** Of the `withContext` in which this is called. */
  scoped(): ScopedContext | undefined {
    return this.storage?.getStore();
  }

  /** Whether the default is a function of the program's. */
  isComputed(feature: string): boolean {
    return this.functions.has(feature);
  }

  /** Undefined where there is none, or a function. */
  constantOf(feature: string): string | undefined {
    return this.constants.get(feature);
  }

  /** What the program's function gives. */
  compute(feature: string): string | null | undefined {
    return contextText(feature, this.functions.get(feature)?.());
  }
}

/** Throws 'invalid' for what is not an object of features and values. */
export function requireContext(given: unknown): void {
  if (typeof given === 'object' && given !== null) return;
  const shown = typeof given === 'string' ? quoted(given) : String(given);
  throw invalid(`${shown} is given as a context; accepted: an object such as { user: 'guest' }, or nothing`, 'context');
}

/** The text of what is given for a feature: undefined where nothing is. Throws 'invalid' for what is no value. */
export function givenValue(given: GivenContext, feature: string): string | null | undefined {
  const value: unknown = given[feature];
  if (typeof value === 'string' || value === undefined || value === null) return value;
  // Such as "constructor", which every object inherits.
  return Object.hasOwn(given, feature) ? contextText(feature, value) : undefined;
}

/** The text of a feature's value; null and undefined are as they are. Throws 'invalid' for everything else. */
export function contextText(feature: string, value: unknown): string | null | undefined {
  if (typeof value === 'string' || value === undefined || value === null) return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return textOfNumber(feature, value);
  const shown = typeof value === 'number' ? String(value) : `of type ${typeof value}`;
  const message = `the value of the context feature ${quoted(feature)} is ${shown}; accepted: text, a number or a boolean`;
  throw new HeksherError('invalid', message, { errors: [{ field: feature, message }] });
}

function textOfNumber(feature: string, value: number): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const part = `the context feature "${feature}"`;
    const message = `${part} is given as an integer beyond 2^53, which JavaScript may have rounded; give it as text`;
    reportToAll({ kind: 'rounded', message, part });
  }
  // As JSON has it: -0 is "0".
  return JSON.stringify(value);
}
