import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { onTestFinished } from 'vitest';
import { createProxyHost, emptyProgram, type OpenProxy } from '../../../src/proxy/host.ts';
import type { FaultProgram } from '../../../src/types-run.ts';
import { specOf } from './program.ts';

/** Starts an HTTP server for the test and gives its port. */
export async function serveHttp(listener: RequestListener, configure?: (server: HttpServer) => void) {
  const server = createServer(listener);
  configure?.(server);
  const port = await listenOn(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

/** Starts a TCP server for the test and gives its port. */
export async function serveTcp(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  const port = await listenOn(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}

/** Opens a proxy for the test, in its own worker. */
export async function openProxy(
  mapping: string,
  program: FaultProgram = emptyProgram(),
  more: object = {},
): Promise<OpenProxy> {
  const host = createProxyHost();
  onTestFinished(() => host.close());
  return host.open({ ...specOf(mapping), ...more }, program);
}

/** Connects a socket for the test; what comes in is collected as text. */
export function connectTo(port: number, host = '127.0.0.1') {
  const socket = connect({ port, host, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let error: NodeJS.ErrnoException | null = null;
  socket
    .on('data', (chunk) => chunks.push(chunk))
    .on('end', () => {
      // Where the last bytes and a reset are found at once, libuv tells of an end only: writing nothing finds the reset.
      if (socket.writable) socket.write('');
    })
    .on('error', (seen) => {
      error = seen;
    });
  onTestFinished(() => {
    socket.destroy();
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const ended = new Promise<void>((resolve) => {
    socket.once('end', resolve).once('close', () => resolve());
  });
  return {
    socket,
    closed,
    ended,
    bytes: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString('latin1'),
    error: () => error,
    /** Resolves once what came in matches. */
    async until(matches: (text: string) => boolean): Promise<string> {
      for (;;) {
        const text = Buffer.concat(chunks).toString('latin1');
        if (matches(text)) return text;
        if (socket.closed)
          throw new Error(`closed after ${JSON.stringify(text)} (${error?.code ?? 'no error'})`);
        await new Promise<void>((resolve) => {
          const done = () => {
            socket.off('data', done).off('close', done);
            resolve();
          };
          socket.once('data', done).once('close', done);
        });
      }
    },
  };
}

function listenOn(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
