/**
 * Guards a function: as a method decorator, standard or legacy, or called with a function. The guarded function answers a
 * promise, as it asks the back end first; so decorated methods must be async.
 */
export interface Guard {
  <This, Args extends unknown[], Result>(
    method: (this: This, ...args: Args) => Promise<Result>,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Promise<Result>>,
  ): (this: This, ...args: Args) => Promise<Result>;
  <Method extends (...args: never[]) => Promise<unknown>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
  <This, Args extends unknown[], Result>(
    plain: (this: This, ...args: Args) => Result,
  ): (this: This, ...args: Args) => Promise<Awaited<Result>>;
}

/** Throws where the function of that name may not be called with these arguments. */
export type Admit = (functionName: string, args: readonly unknown[]) => Promise<void>;

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The guard that asks `admit` before each call. */
export function guardBy(admit: Admit): Guard {
  function guard(
    subject: AnyFunction | object,
    key?: string | symbol | ClassMethodDecoratorContext,
    descriptor?: TypedPropertyDescriptor<AnyFunction>,
  ): AnyFunction | undefined {
    const name = typeof key === 'object' ? key.name : key;
    if (descriptor?.value !== undefined) {
      descriptor.value = guarded(admit, descriptor.value, String(name));
      return undefined;
    }
    if (typeof subject !== 'function') throw new TypeError('only methods and functions can be guarded');
    return guarded(admit, subject as AnyFunction, String(name ?? subject.name));
  }
  return guard as Guard;
}

function guarded(admit: Admit, call: AnyFunction, name: string): AnyFunction {
  const wrapper = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    await admit(name, args);
    return call.apply(this, args);
  };
  return Object.defineProperties(wrapper, {
    name: { value: name, configurable: true },
    length: { value: call.length, configurable: true },
  });
}
