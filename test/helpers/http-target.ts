import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A plain HTTP server on a free port that ends with the test. */
export interface HttpTarget {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
}

/** Starts a server that answers by `listener`; by default with 200 and a small JSON text. */
export async function startTarget(listener: RequestListener = answerOk): Promise<HttpTarget> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, server };
}

function answerOk(...[, response]: Parameters<RequestListener>): void {
  response.setHeader('content-type', 'application/json').end('{"ok":true}');
}
