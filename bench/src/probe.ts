import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

/**
 * Loaded into a service before it starts (`--expose-gc --import`). Asked for `memory`, it tells that, garbage collected; asked
 * for `block`, the longest that the event loop was held up since it was asked last, in milliseconds.
 */
process.on('message', (asked) => {
  if (asked === 'block') {
    process.send?.(Math.max(0, delays.max / 1e6 - RESOLUTION_MS));
    delays.reset();
    return;
  }
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
// Neither the listener nor the channel keeps the service running.
process.channel?.unref();
