// A proxy in the main thread of a process of its own; tells its heap and processor time when it is asked.
import { queryObjects } from 'node:v8';
import { systemClock } from '../src/clock.ts';
import { Connection } from '../src/proxy/connection.ts';
import { FaultProxy } from '../src/proxy/fault-proxy.ts';
import { createTimeline } from '../src/proxy/timeline.ts';
import { faultProgram } from './fault-program.ts';
import type { ScaleSubject } from './scale-processes.ts';

/** What lives after a full collection. */
export interface HeapReport {
  readonly port: number;
  readonly heapBytes: number;
  readonly livingConnections: number;
  /** Processor time of the process so far, without that of collecting for the report. */
  readonly cpuMs: number;
}

const [upstreamPort = '0', subject = '{}'] = process.argv.slice(2);
const { protocol, faults }: ScaleSubject = JSON.parse(subject);
const upstream = { protocol, host: '127.0.0.1', port: Number(upstreamPort) };
const program = faultProgram(...faults);
const proxy = new FaultProxy(
  { name: 'scale', listenPort: 0, upstream },
  program,
  createTimeline(systemClock),
);
const port = await proxy.open(0);
let reportingMs = 0;
process.on('message', (what: 'report' | 'drain') => void tell(what));

async function tell(what: 'report' | 'drain'): Promise<void> {
  const beforeMs = cpuMs();
  if (what === 'drain') await proxy.take(false);
  // Counting objects collects all garbage first.
  const livingConnections = queryObjects(Connection, { format: 'count' });
  const report: HeapReport = {
    port,
    heapBytes: process.memoryUsage().heapUsed,
    livingConnections,
    cpuMs: beforeMs - reportingMs,
  };
  reportingMs += cpuMs() - beforeMs;
  process.send?.(report);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
