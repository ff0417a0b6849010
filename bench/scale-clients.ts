import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { systemClock } from '../src/clock.ts';

/** Descriptors that a process needs besides two for each connection. */
const OTHER_DESCRIPTORS = 100;
const TOGETHER = 100;
const ROUND_TRIPS = 500;
/** No more than the fewest connections, so that two never wait on one. */
const LANES = 50;

/** As many as the limit of open files allows: the proxy needs two descriptors for each. */
export function mostConnections(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : Math.floor((limit - OTHER_DESCRIPTORS) / 2);
}

const REQUESTS = { tcp: 'x', http: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' } as const;
type Protocol = keyof typeof REQUESTS;

/** Opens connections, a hundred at a time, each having carried a request and its answer. */
export async function openMany(port: number, count: number, protocol: Protocol): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Math.min(TOGETHER, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => openOne(port, protocol)))));
  }
  return sockets;
}

function openOne(port: number, protocol: Protocol): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', reject)
      .once('data', () => resolve(socket))
      .write(REQUESTS[protocol]);
  });
}

/** Sends `count` requests round the connections, on fifty of them at a time. */
export async function exchangeMany(
  sockets: readonly Socket[],
  count: number,
  protocol: Protocol,
): Promise<void> {
  let sent = 0;
  const lane = async () => {
    while (sent < count) {
      const socket = sockets[sent % sockets.length];
      sent += 1;
      if (socket !== undefined) await exchange(socket, protocol);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Median time of one request and its answer. */
export async function medianRoundTripMs(socket: Socket, protocol: Protocol): Promise<number> {
  const times: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const startMs = systemClock.now();
    await exchange(socket, protocol);
    times.push(systemClock.now() - startMs);
  }
  return times.toSorted((a, b) => a - b)[ROUND_TRIPS / 2] ?? Number.NaN;
}

/** An answer is so small that it comes in one piece. */
function exchange(socket: Socket, protocol: Protocol): Promise<unknown> {
  const back = new Promise((resolve) => socket.once('data', resolve));
  socket.write(REQUESTS[protocol]);
  return back;
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
