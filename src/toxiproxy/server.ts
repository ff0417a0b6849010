import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { explainListenError } from '../listen-address.ts';
import { readVersion } from '../version.ts';
import { parseListen } from './addresses.ts';
import { ApiError, badBody, toApiError } from './api-error.ts';
import { checkCaller } from './guard.ts';
import { type CollectionDeps, ProxyCollection } from './proxy-collection.ts';
import { type ApiAnswer, answerRequest, type RouteDeps } from './routes.ts';

export interface ToxiproxyDeps extends CollectionDeps {
  /** `HOST:PORT`, loopback only. */
  readonly listen: string;
}

/** Toxiproxy's HTTP API, for its clients. */
export interface ToxiproxyServer {
  readonly host: string;
  readonly port: number;
  readonly proxies: ProxyCollection;
  /** Stops listening and closes the proxies that clients have opened; idempotent. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const HINTS = {
  taken: 'It may be Toxiproxy itself. Name another one, such as --toxiproxy 127.0.0.1:8475.',
  other: 'Name a port above 1023, such as --toxiproxy 127.0.0.1:8475.',
};
const BODY_LIMIT_BYTES = 1024 * 1024;
/** The API that is spoken, with ourselves as build metadata of the version (semver.org §10). */
const API_VERSION = '2.5.0';

/**
 * Serves the API on 127.0.0.1.
 *
 * @throws AppError BAD_INPUT for an address that is not loopback, PORT_IN_USE.
 */
export async function serveToxiproxy({ listen, ...deps }: ToxiproxyDeps): Promise<ToxiproxyServer> {
  const proxies = new ProxyCollection(deps);
  const routes = { proxies, version: `${API_VERSION}+breakwater.${readVersion()}` };
  const inTurn = createTurns();
  const server = createServer((request, response) => {
    void handle(request, routes, inTurn).then((answer) => send(response, answer));
  });
  const port = await listenOn(server, parseListen(listen));
  let closing: Promise<void> | null = null;
  return {
    host: HOST,
    port,
    proxies,
    close() {
      closing ??= (async () => {
        const stopped = new Promise<void>((resolve) => {
          server.close(() => resolve());
        });
        server.closeAllConnections();
        await stopped;
        await inTurn(() => proxies.closeAll());
      })();
      return closing;
    },
  };
}

type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** One request after another, so that two changes of a proxy do not cross. */
function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function handle(request: IncomingMessage, routes: RouteDeps, inTurn: Turns): Promise<ApiAnswer> {
  try {
    checkCaller(request);
    const [path = '/'] = (request.url ?? '/').split('?');
    const text = await readText(request);
    return await inTurn(() => answerRequest(routes, request.method ?? 'GET', path, parseJson(text)));
  } catch (error) {
    const { status, message } = toApiError(error);
    return { status, json: { error: message, status } };
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Breaking off must not destroy the socket, which still has to carry the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) {
      throw new ApiError(413, `bad request body: it is longer than ${BODY_LIMIT_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** An empty body is `{}`: clients send none with `reset`. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw badBody('it is not JSON');
  }
}

function send(response: ServerResponse, { status, json, text, textType }: ApiAnswer): void {
  if (response.destroyed) return;
  // What is left of a body that was too long is not waited for.
  if (status === 413) response.setHeader('connection', 'close');
  if (json !== undefined) response.setHeader('content-type', 'application/json');
  else if (text !== undefined) response.setHeader('content-type', textType ?? 'text/plain;charset=utf-8');
  response.writeHead(status).end(json === undefined ? text : JSON.stringify(json));
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(explainListenError(cause, { host: HOST, port }, HINTS)));
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
