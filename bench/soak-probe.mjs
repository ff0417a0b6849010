// Preloaded into the server of the soak: tells its memory after a full collection, and its open handles, when asked.
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rssBytes: rss, heapBytes: heapUsed, handles: process.getActiveResourcesInfo() });
});
// The channel to the bench is no reason to live on.
process.channel?.unref();
