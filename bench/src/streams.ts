import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { start } from './processes.js';
import { type Scope } from './scope.js';

const CLIENT = fileURLToPath(new URL('stream-client.js', import.meta.url));

/** Streams of changes, in a process of their own: what they cost is at nobody's expense but the processors'. */
export type Streams = Readonly<{
  /** When the next event came to each of them, in milliseconds of the monotonic clock, sorted. To be called before it is made. */
  next: () => Promise<readonly number[]>;
  close: () => void;
}>;

type Said = Readonly<{ isReady?: boolean; arrivals?: readonly number[] }>;

export async function openStreams(scope: Scope, { url }: Readonly<{ url: string }>, count: number): Promise<Streams> {
  const child = start(scope, {
    file: process.execPath,
    args: [CLIENT, new URL(url).port, String(count)],
    hasChannel: true,
  });
  const ended = once(child, 'close').then(() => Promise.reject(new Error('the process with streams ended')));
  ended.catch(() => undefined);
  const said = async (): Promise<Said> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Said];
    return message;
  };
  await said();
  return {
    next: async () => [...((await said()).arrivals ?? [])].sort((one, other) => one - other),
    close: () => child.disconnect(),
  };
}

/** The present time of the clock that they go by, in milliseconds. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
