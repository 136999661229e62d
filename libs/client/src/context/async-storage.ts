import { HeksherError } from '@heksher/core';

/** As much of AsyncLocalStorage as is used here. */
export type AsyncStorage<T> = Readonly<{
  run<Result>(store: T, work: () => Result): Result;
  getStore(): T | undefined;
}>;

type StorageClass = new <T>() => AsyncStorage<T>;

/**
 * Storage that follows asynchronous work. It is asked of the runtime, not imported: so the same module loads in browsers, which
 * do not have it, and where it is a global. Throws 'unavailable' where there is none.
 */
export function makeAsyncStorage<T>(): AsyncStorage<T> {
  const Storage = findStorageClass();
  if (Storage !== undefined) return new Storage<T>();
  const instead = 'give contexts where settings are read, or by functions in the "context" option';
  throw new HeksherError(
    'unavailable',
    `withContext needs AsyncLocalStorage, which this runtime does not have; ${instead}`,
  );
}

type Runtime = Readonly<{
  AsyncLocalStorage?: StorageClass;
  process?: Readonly<{
    getBuiltinModule?: (name: string) => Readonly<{ AsyncLocalStorage?: StorageClass }> | undefined;
  }>;
}>;

function findStorageClass(): StorageClass | undefined {
  const runtime: Runtime = globalThis;
  return runtime.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage ?? runtime.AsyncLocalStorage;
}
