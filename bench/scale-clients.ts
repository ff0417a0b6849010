import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { systemClock } from '../src/clock.ts';

/** Descriptors that a process needs besides two for each connection. */
const OTHER_DESCRIPTORS = 100;
const TOGETHER = 100;
const ROUND_TRIPS = 500;

/** As many as the limit of open files allows: the proxy needs two descriptors for each. */
export function mostConnections(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : Math.floor((limit - OTHER_DESCRIPTORS) / 2);
}

/** Opens connections, a hundred at a time, each having carried one byte both ways. */
export async function openMany(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Math.min(TOGETHER, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => openOne(port)))));
  }
  return sockets;
}

/** Opens a connection that has carried one byte both ways. */
function openOne(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', reject)
      .once('data', () => resolve(socket))
      .write('x');
  });
}

/** Median time of one byte there and back. */
export async function medianRoundTripMs(socket: Socket): Promise<number> {
  const times: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const startMs = systemClock.now();
    const back = new Promise((resolve) => socket.once('data', resolve));
    socket.write('x');
    await back;
    times.push(systemClock.now() - startMs);
  }
  return times.toSorted((a, b) => a - b)[ROUND_TRIPS / 2] ?? Number.NaN;
}

/** Ends connections, and waits until they are closed. */
export async function closeMany(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve()).end();
        }),
    ),
  );
}
