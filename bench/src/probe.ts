import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Loaded into a service before it starts (`--expose-gc --import`): answers what it is asked over the channel. */
const delays = monitorEventLoopDelay({ resolution: 1 });

process.on('message', (asked) => {
  if (asked === 'memory') {
    globalThis.gc?.();
    process.send?.(process.memoryUsage());
    return;
  }
  // The delay includes the time until the timer was due.
  const longestMs = delays.max / 1e6 - 1;
  if (!delays.enable()) delays.reset();
  process.send?.(longestMs);
});
// Neither the listener nor the channel keeps the service running.
process.channel?.unref();
