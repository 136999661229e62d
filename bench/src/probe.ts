import { writeHeapSnapshot } from 'node:v8';

/** Loaded into a service before it starts (`--expose-gc --import`): answers what it is asked over the channel. */
/** What asks for the heap, garbage collected before, in the file that is named behind it. */
const SNAPSHOT = 'snapshot ';

const AUTHENTICATOR = new URL('../../apps/heksher/dist/heksher-in-process.js', import.meta.url).href;

type Authenticator = { authenticate: (request: unknown) => unknown };

let firstUses: number[] | undefined;
let longestMs = 0;
let watching: NodeJS.Timeout | undefined;

process.on('message', (asked) => {
  if (asked === 'memory') {
    globalThis.gc?.();
    process.send?.(process.memoryUsage());
    return;
  }
  if (typeof asked === 'string' && asked.startsWith(SNAPSHOT)) {
    process.send?.(writeHeapSnapshot(asked.slice(SNAPSHOT.length)));
    return;
  }
  if (asked === 'first uses') {
    void tellFirstUses();
    return;
  }
  watching ??= watchLoop();
  process.send?.(longestMs);
  longestMs = 0;
});
// Neither the listener nor the channel keeps the service running.
process.channel?.unref();

/** How long each took since this was asked last, in milliseconds; at first nothing. */
async function tellFirstUses(): Promise<void> {
  if (firstUses === undefined) await watchFirstUses((firstUses = []));
  process.send?.(firstUses.splice(0));
}

/** Notes how long it takes from where a request is asked who sends it until that is known, where it is not known at once. */
async function watchFirstUses(times: number[]): Promise<void> {
  const { prototype } = ((await import(AUTHENTICATOR)) as { Authenticator: { prototype: Authenticator } })
    .Authenticator;
  const { authenticate } = prototype;
  prototype.authenticate = function (this: Authenticator, request) {
    const beganAt = performance.now();
    const found = authenticate.call(this, request);
    if (!(found instanceof Promise)) return found;
    return found.then((principal: unknown) => {
      times.push(performance.now() - beganAt);
      return principal;
    });
  };
}

/**
 * Notes the longest time between two turns of the event loop. Of the time on the clock and that of the processor the shorter
 * counts: the process may have waited for the latter, and other threads of it take some, too.
 */
function watchLoop(): NodeJS.Timeout {
  let clockMs = performance.now();
  let processorUs = processorTime();
  return setInterval(() => {
    const [clockNow, processorNow] = [performance.now(), processorTime()];
    longestMs = Math.max(longestMs, Math.min(clockNow - clockMs, (processorNow - processorUs) / 1_000));
    [clockMs, processorUs] = [clockNow, processorNow];
  }, 1).unref();
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
