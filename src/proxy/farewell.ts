import type { Socket } from 'node:net';
import { resetSocket } from './reset-socket.ts';
import type { Timeline } from './timeline.ts';

/** Time that a client has to take note of an orderly close. */
const LINGER_MS = 2_000;
/**
 * Time between the last bytes and a reset. A receiver built on libuv that finds both at once takes them for an
 * orderly end (it looks no further when a short read comes with a hang-up).
 */
const RESET_GAP_MS = 3;

/** Ends a client's stream: what was sent arrives, then the end; after 2 s its socket is closed either way. */
export function closeInOrder(client: Socket, timeline: Timeline): void {
  // Unread bytes would turn the end into a reset.
  client.resume();
  client.end();
  const linger = timeline.at(timeline.now() + LINGER_MS, () => client.destroy());
  client.once('close', () => linger.cancel());
}

/** Ends a client's connection by RST, as soon as it has what was sent to it, the last of it at `lastSentAtMs`. */
export function resetAfterBytes(client: Socket, lastSentAtMs: number, timeline: Timeline): void {
  const reset = () => resetSocket(client);
  const atMs = lastSentAtMs + RESET_GAP_MS;
  if (client.destroyed || atMs <= timeline.now()) reset();
  else if (client.writableLength === 0) timeline.at(atMs, reset);
  else {
    const linger = timeline.at(timeline.now() + LINGER_MS, reset);
    client.write('', () => {
      linger.cancel();
      timeline.at(timeline.now() + RESET_GAP_MS, reset);
    });
  }
}

/**
 * Finds out whether a client whose stream has ended has in fact reset its connection: where that comes together with
 * bytes, libuv tells of an end only. Writing nothing sends nothing, and is an error on a connection that is gone.
 */
export function findReset(client: Socket): void {
  if (client.writable) client.write('');
}
