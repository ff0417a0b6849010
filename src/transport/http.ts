import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServerFactory } from '@modelcontextprotocol/server';
import { AppError, systemErrorCode } from '../errors.ts';
import { checkAccess } from './access.ts';

export interface HttpOptions {
  /** Address or name to listen at; loopback unless the user says otherwise. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly token: string;
  readonly onError: (error: Error) => void;
}

export interface HttpService {
  /** Where clients connect, e.g. `http://127.0.0.1:7788/mcp`. */
  readonly url: string;
  /** Ends what is under way and stops listening. */
  close(): Promise<void>;
}

const PATH = '/mcp';
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_REQUESTS_AT_ONCE = 64;
/** Longest time in which a client may send its request. */
const RECEIVE_LIMIT_MS = 30_000;
const KEEP_ALIVE_MS = 15_000;

/**
 * Serves MCP over Streamable HTTP at `/mcp`: clients of 2026-07-28 and, without sessions, of 2025. Each request needs
 * the token and a `Host` (and `Origin`) of this server. Batches are refused: protocol 2025-06-18 has dropped them.
 *
 * @throws AppError PORT_IN_USE
 */
export async function serveOverHttp(factory: McpServerFactory, options: HttpOptions): Promise<HttpService> {
  const handler = createMcpHandler(factory, {
    legacy: 'stateless',
    keepAliveMs: KEEP_ALIVE_MS,
    maxRequestBodySize: MAX_BODY_BYTES,
    onerror: options.onError,
  });
  const handle = toNodeHandler(handler, { onerror: options.onError });
  let underWay = 0;
  const server = createServer({ requestTimeout: RECEIVE_LIMIT_MS }, (request, response) => {
    const refusal = checkAccess(request.headers, options);
    if (refusal !== null) {
      const challenge = refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      refuse(request, response, refusal.status, refusal.message, challenge);
    } else if (new URL(request.url ?? '/', 'http://localhost').pathname !== PATH) {
      refuse(request, response, 404, `There is nothing here; MCP is served at ${PATH}.`);
    } else if (underWay >= MAX_REQUESTS_AT_ONCE) {
      refuse(request, response, 503, 'Too many requests at a time.', { 'retry-after': '1' });
    } else {
      underWay += 1;
      response.once('close', () => {
        underWay -= 1;
      });
      answer(request, response).catch((error: unknown) => {
        options.onError(error instanceof Error ? error : new Error(String(error)));
        response.destroy();
      });
    }
  });

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = Object.assign(message, { method: message.method ?? 'GET', url: message.url ?? '/' });
    if (request.method !== 'POST') return handle(request, response);
    const text = await readBody(request);
    if (text === null)
      return refuse(request, response, 413, `A message may have ${MAX_BODY_BYTES} bytes at most.`);
    const body = parse(text);
    if (body === undefined) return refuse(request, response, 400, 'The body is not JSON.', {}, -32_700);
    if (Array.isArray(body)) {
      return refuse(
        request,
        response,
        400,
        'Batches are not served: send one message a request.',
        {},
        -32_600,
      );
    }
    return handle(request, response, body);
  }

  server.listen(options.port, options.host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]).catch((error: unknown) => {
    throw cannotListen(error, options);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}${PATH}`,
    async close() {
      await handler.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A JSON-RPC error without an id, as for a message that could not be read. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  code = -32_000,
): void {
  // The rest of a body that nobody wants would be read to the end.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }));
}

/** The body as text; `null`: it is larger than a message may be. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cannotListen(error: unknown, { host, port }: HttpOptions): AppError {
  const code = systemErrorCode(error) ?? 'unknown reason';
  if (code === 'EADDRINUSE') {
    return new AppError('PORT_IN_USE', `Port ${port} of ${host} is taken.`, {
      hint: 'Choose another one: --http 127.0.0.1:0 takes any that is free.',
      cause: error,
    });
  }
  return new AppError('BAD_INPUT', `The server cannot listen at ${host}:${port} (${code}).`, {
    hint: 'Give an address of this machine, as --http 127.0.0.1:7788.',
    cause: error,
  });
}
