import { HeksherError, invalid } from '@heksher/core';

/** As much of AsyncLocalStorage as is used here. */
export type AsyncStorage<T> = Readonly<{
  run<Result>(store: T, work: () => Result): Result;
  getStore(): T | undefined;
}>;

type StorageClass = new <T>() => AsyncStorage<T>;

/** Storage that follows asynchronous work. Throws 'unavailable' where the runtime has none. */
export function makeAsyncStorage<T>(): AsyncStorage<T> {
  const Storage = findStorageClass();
  if (Storage !== undefined) return new Storage<T>();
  const instead = 'give contexts where settings are read, or by functions in the "context" option';
  throw new HeksherError(
    'unavailable',
    `withContext needs AsyncLocalStorage, which this runtime does not have; ${instead}`,
  );
}

type FileSystem = Readonly<{ readFile(path: string | URL, encoding: 'utf8'): Promise<string> }>;

/** The text of a file. Throws 'invalid' in browsers. */
export function readTextFile(path: string | URL): Promise<string> {
  const files = builtinModule<FileSystem>('node:fs/promises');
  if (files === undefined) throw invalid('this runtime reads no files; give the snapshot itself', 'bootstrap');
  return files.readFile(path, 'utf8');
}

type Runtime = Readonly<{
  AsyncLocalStorage?: StorageClass;
  process?: Readonly<{ getBuiltinModule?: (name: string) => unknown }>;
}>;

function findStorageClass(): StorageClass | undefined {
  const runtime: Runtime = globalThis;
  const hooks = builtinModule<Pick<Runtime, 'AsyncLocalStorage'>>('node:async_hooks');
  return hooks?.AsyncLocalStorage ?? runtime.AsyncLocalStorage;
}

/** Modules of Node are requested from the runtime, not imported, so that browsers can load this one. */
function builtinModule<Module>(name: string): Module | undefined {
  const runtime: Runtime = globalThis;
  return runtime.process?.getBuiltinModule?.(name) as Module | undefined;
}

type Socket = Readonly<{ unref?: () => unknown }>;
type Channel<Message> = Readonly<{
  subscribe(name: string, listener: (message: Message) => void): void;
  unsubscribe(name: string, listener: (message: Message) => void): void;
}>;
type HeadersSent = Readonly<{ headers?: unknown; socket?: Socket }>;

/**
 * Lets the program end while a request is under way: the fetch of Node tells by a diagnostics channel on which socket it sends one, which is
 * recognized by a text in its headers. `end` must be called; `isUnref` is false where another fetch was in use.
 */
export function unrefRequest(marker: string): Readonly<{ isUnref: () => boolean; end: () => void }> {
  const name = 'undici:client:sendHeaders';
  const channels = builtinModule<Channel<HeadersSent>>('node:diagnostics_channel');
  let isUnref = false;
  const listener = ({ headers, socket }: HeadersSent): void => {
    if (typeof headers !== 'string' || !headers.includes(marker) || typeof socket?.unref !== 'function') return;
    socket.unref();
    isUnref = true;
  };
  channels?.subscribe(name, listener);
  return { isUnref: () => isUnref, end: () => channels?.unsubscribe(name, listener) };
}

/** Whether `unrefRequest` can have an effect. */
export function canUnrefRequests(): boolean {
  return builtinModule('node:diagnostics_channel') !== undefined;
}
