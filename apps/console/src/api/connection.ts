import { useSyncExternalStore } from 'react';

/** How the service answered last. */
export type Connection = Readonly<{
  /** Since when it has not answered, as a time of this clock; undefined: it does. */
  awaySince: number | undefined;
  /** When it answered last. */
  answeredAt: number;
  /** By how many seconds answers lag behind the database, where that does not answer. */
  staleS: number | undefined;
}>;

let connection: Connection = { awaySince: undefined, answeredAt: Date.now(), staleS: undefined };
const listeners = new Set<() => void>();

export function noteAnswer(staleS: number | undefined): void {
  const isNews = connection.awaySince !== undefined || connection.staleS !== staleS;
  connection = { awaySince: undefined, answeredAt: Date.now(), staleS };
  if (isNews) listeners.forEach((listener) => listener());
}

export function noteSilence(): void {
  if (connection.awaySince !== undefined) return;
  connection = { ...connection, awaySince: Date.now() };
  listeners.forEach((listener) => listener());
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => connection);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
