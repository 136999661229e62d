/** Loaded into a service before it starts (`--expose-gc --import`): tells its memory, garbage collected, when asked. */
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
// Neither the listener nor the channel keeps the service running.
process.channel?.unref();
