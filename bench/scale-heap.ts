// A proxy in the main thread of a process of its own; tells its heap when it is asked.
import { queryObjects } from 'node:v8';
import { systemClock } from '../src/clock.ts';
import { Connection } from '../src/proxy/connection.ts';
import { FaultProxy } from '../src/proxy/fault-proxy.ts';
import { emptyProgram } from '../src/proxy/host.ts';
import { createTimeline } from '../src/proxy/timeline.ts';

/** What lives after a full collection. */
export interface HeapReport {
  readonly port: number;
  readonly heapBytes: number;
  readonly livingConnections: number;
}

const upstream = { protocol: 'tcp', host: '127.0.0.1', port: Number(process.argv[2]) } as const;
const spec = { name: 'scale', listenPort: 0, upstream };
const proxy = new FaultProxy(spec, emptyProgram(), createTimeline(systemClock));
const port = await proxy.open(0);
process.on('message', () => {
  // Counting objects collects all garbage first.
  const livingConnections = queryObjects(Connection, { format: 'count' });
  const report: HeapReport = { port, heapBytes: process.memoryUsage().heapUsed, livingConnections };
  process.send?.(report);
});
