import type { Socket } from 'node:net';

/**
 * Ends a socket by RST. While the end that was written is still on its way libuv refuses that (EINVAL), and Node would
 * then keep the socket for ever: the thread could not end. Such a socket is only closed.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
