import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServerFactory } from '@modelcontextprotocol/server';
import { explainListenError } from '../listen-address.ts';
import { checkAccess } from './access.ts';
import { createCount } from './count.ts';
import { type Refusal, readMessage, refuse } from './http-message.ts';
import { MAX_MESSAGE_BYTES } from './message-limit.ts';
import { createSessions } from './sessions.ts';
import { createSseStreams, MESSAGES_PATH, SSE_PATH } from './sse.ts';

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
  /** Stops listening, gives what is under way half a second to be answered, and closes all connections. */
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const PATH = '/mcp';
const HINTS = {
  taken: 'Choose another one: --http 127.0.0.1:0 takes any that is free.',
  other: 'Give an address of this machine, as --http 127.0.0.1:7788.',
};
const MAX_REQUESTS_AT_ONCE = 64;
/** Longest time in which a client may send its request. */
const RECEIVE_LIMIT_MS = 30_000;
const KEEP_ALIVE_MS = 15_000;
const MAX_SESSIONS = 64;
const SESSION_IDLE_MS = 60 * 60_000;
/** Time that answers get when the server closes: runs have ended by then, and calls that waited for them know it. */
const ANSWER_GRACE_MS = 500;

/**
 * Serves MCP over Streamable HTTP at `/mcp`, to clients of 2026-07-28 and of 2025 (with a session, if they can ask
 * their user; else without); over HTTP with SSE at `/sse` to those of 2024. Each request needs the token and a `Host` (and `Origin`) of this server.
 *
 * @throws AppError PORT_IN_USE
 */
export async function serveOverHttp(factory: McpServerFactory, options: HttpOptions): Promise<HttpService> {
  const handler = createMcpHandler(factory, {
    legacy: 'stateless',
    keepAliveMs: KEEP_ALIVE_MS,
    maxRequestBodySize: MAX_MESSAGE_BYTES,
    onerror: options.onError,
  });
  const handle = toNodeHandler(handler, { onerror: options.onError });
  const underWay = createCount();
  const sse = createSseStreams(factory, { onError: options.onError, keepAliveMs: KEEP_ALIVE_MS });
  const sessions = createSessions(factory, {
    ...{ onError: options.onError, keepAliveMs: KEEP_ALIVE_MS },
    ...{ most: MAX_SESSIONS, idleMs: SESSION_IDLE_MS },
  });
  const server = createServer({ requestTimeout: RECEIVE_LIMIT_MS }, (request, response) => {
    const answer = checkAccess(request.headers, options) ?? route(request);
    if (typeof answer !== 'function') return refuse(request, response, answer);
    answer(request, response).catch((error: unknown) => {
      options.onError(error instanceof Error ? error : new Error(String(error)));
      response.destroy();
    });
  });

  function route(request: IncomingMessage): Answer | Refusal {
    const { method, url } = request;
    const [path] = (url ?? '/').split('?');
    // A stream stays open as long as its client and is counted apart.
    if (path === SSE_PATH && method === 'GET') return sse.open;
    if (path === MESSAGES_PATH && method === 'POST') return counted(sse.receive);
    if (path === PATH && method === 'GET' && sessions.concerns(request)) return sessions.answer;
    if (path === PATH) return counted(answerStreamable);
    if (path === SSE_PATH || path === MESSAGES_PATH) {
      const allowed = path === SSE_PATH ? 'GET' : 'POST';
      return { status: 405, message: `${path} takes ${allowed} only.`, headers: { allow: allowed } };
    }
    const message = `There is nothing here; MCP is served at ${PATH}, and at ${SSE_PATH} for older hosts.`;
    return { status: 404, message };
  }

  function counted(answer: Answer): Answer | Refusal {
    if (underWay.size() >= MAX_REQUESTS_AT_ONCE) {
      return { status: 503, message: 'Too many requests at a time.', headers: { 'retry-after': '1' } };
    }
    return (request, response) => {
      response.once('close', underWay.enter());
      return answer(request, response);
    };
  }

  async function answerStreamable(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = Object.assign(message, { method: message.method ?? 'GET', url: message.url ?? '/' });
    const read = request.method === 'POST' ? await readMessage(request) : null;
    if (read?.ok === false) return refuse(request, response, read.refusal);
    if (sessions.concerns(request, read?.body)) return sessions.answer(request, response, read?.body);
    return handle(request, response, read?.body);
  }

  server.listen(options.port, options.host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]).catch((error: unknown) => {
    throw explainListenError(error, options, HINTS);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}${PATH}`,
    async close() {
      server.close();
      await Promise.all([underWay.untilNone(ANSWER_GRACE_MS), sse.untilAnswered(ANSWER_GRACE_MS)]);
      await Promise.all([handler.close(), sse.close(), sessions.close()]);
      server.closeAllConnections();
    },
  };
}
