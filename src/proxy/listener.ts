import { createServer, type Server, type Socket } from 'node:net';
import { AppError, systemErrorCode } from '../errors.ts';
import { explainListenError } from '../listen-address.ts';

/** A port on this machine's loopback addresses. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

const FREE_PORT_ATTEMPTS = 5;
const HINTS = {
  taken: 'Name another port, or 0 for any free one.',
  other: 'Name a port above 1023, or 0 for any free one.',
};

/**
 * Listens on 127.0.0.1, and on ::1 with the same port where the machine has it. Port 0: any that is free on both.
 *
 * @throws AppError PORT_IN_USE, or BAD_INPUT when the port may not be taken.
 */
export async function listen(port: number, accept: (socket: Socket) => void): Promise<Listener> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await bind('127.0.0.1', port, accept);
    const taken = portOf(server);
    const second = await bind('::1', taken, accept).catch((error: unknown) => systemErrorCode(cause(error)));
    const isElsewhere = second === 'EADDRINUSE' && port === 0 && attempt < FREE_PORT_ATTEMPTS;
    if (isElsewhere) {
      await stop(server);
      continue;
    }
    const servers = typeof second === 'string' || second === null ? [server] : [server, second];
    return {
      port: taken,
      close: async () => {
        await Promise.all(servers.map(stop));
      },
    };
  }
}

function bind(host: string, port: number, accept: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    server.once('error', (error) => reject(explainListenError(error, { host, port }, HINTS)));
    server.listen({ host, port, backlog: 1_024 }, () => {
      server.removeAllListeners('error');
      // Too many open files and the like: one client is lost, the proxy goes on.
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}

function cause(error: unknown): unknown {
  return error instanceof AppError ? error.cause : error;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
