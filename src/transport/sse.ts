import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type McpServer,
  type McpServerFactory,
  parseJSONRPCMessage,
  type Server,
  type Transport,
} from '@modelcontextprotocol/server';
import { type Count, createCount } from './count.ts';
import { readMessage, refuse } from './http-message.ts';

/** Where a client opens its stream, and where it posts its messages. */
export const SSE_PATH = '/sse';
export const MESSAGES_PATH = '/messages';

const MAX_STREAMS = 32;
const MAX_REQUESTS_A_STREAM = 64;
/** What a client may leave unread before its stream is ended. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

export interface SseOptions {
  readonly onError: (error: Error) => void;
  /** Time between two comments that keep a quiet stream open. */
  readonly keepAliveMs: number;
}

export interface SseStreams {
  /** Answers GET /sse: a stream that lives until the client goes. */
  open(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers POST /messages: 202 at once; the answer to the message comes on the stream. */
  receive(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Resolves once every request on every stream is answered, or after `limitMs`. */
  untilAnswered(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the transport of protocol 2024-11-05 (HTTP with SSE), for hosts that know no Streamable HTTP. Written here:
 * the SDK's own is deprecated, needs Express and a second copy of the SDK's core, and bounds neither what a client
 * leaves unread nor what it has under way.
 */
export function createSseStreams(factory: McpServerFactory, options: SseOptions): SseStreams {
  const streams = new Map<string, SseTransport>();
  const underWay = createCount();
  return {
    async open(request, response) {
      if (streams.size >= MAX_STREAMS) {
        const message = `${MAX_STREAMS} streams are open, which is the limit: close one.`;
        return refuse(request, response, { status: 503, message, headers: { 'retry-after': '1' } });
      }
      const transport = new SseTransport(response, options.keepAliveMs, underWay);
      streams.set(transport.sessionId, transport);
      response.once('close', () => streams.delete(transport.sessionId));
      const server: McpServer | Server = await factory({ era: 'legacy' });
      transport.onerror = options.onError;
      await server.connect(transport);
    },
    async receive(request, response) {
      const [, query] = (request.url ?? '').split('?');
      const id = new URLSearchParams(query).get('sessionId') ?? '';
      const transport = streams.get(id);
      if (transport === undefined) {
        const message = `No stream has this sessionId: open ${SSE_PATH} and post to the address that it names.`;
        return refuse(request, response, { status: 404, message });
      }
      const read = await readMessage(request);
      if (!read.ok) return refuse(request, response, read.refusal);
      const message = toMessage(read.body);
      if (message === null) {
        const reason = 'The body is no JSON-RPC 2.0 message.';
        return refuse(request, response, { status: 400, message: reason, code: -32_600 });
      }
      if (!transport.receive(message)) {
        const reason = `${MAX_REQUESTS_A_STREAM} requests of this stream are under way, which is the limit.`;
        const headers = { 'retry-after': '1' };
        return refuse(request, response, { status: 503, message: reason, headers });
      }
      response.writeHead(202).end();
    },
    untilAnswered: (limitMs) => underWay.untilNone(limitMs),
    async close() {
      await Promise.all([...streams.values()].map((transport) => transport.close()));
    },
  };
}

function toMessage(body: unknown): JSONRPCMessage | null {
  try {
    return parseJSONRPCMessage(body);
  } catch {
    return null;
  }
}

/** The id of the request that a message cancels: it gets no answer. */
function cancelledBy(message: JSONRPCMessage): string | number | null {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return null;
  const id: unknown = message.params?.requestId;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/** One client: its stream carries what goes to it, its posts what comes from it. */
class SseTransport implements Transport {
  readonly sessionId = randomUUID();
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #response: ServerResponse;
  readonly #keepAliveMs: number;
  readonly #allUnderWay: Count;
  /** By id of the request: ends its counting. */
  readonly #underWay = new Map<string | number, () => void>();

  constructor(response: ServerResponse, keepAliveMs: number, allUnderWay: Count) {
    this.#response = response;
    this.#keepAliveMs = keepAliveMs;
    this.#allUnderWay = allUnderWay;
  }

  async start(): Promise<void> {
    const response = this.#response;
    if (response.destroyed) throw new Error('The client went before its stream was open.');
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
    });
    response.write(`event: endpoint\ndata: ${MESSAGES_PATH}?sessionId=${this.sessionId}\n\n`);
    const timer = setInterval(() => this.#write(': still here\n\n'), this.#keepAliveMs);
    response.once('close', () => {
      clearInterval(timer);
      for (const end of this.#underWay.values()) end();
      this.#underWay.clear();
      this.onclose?.();
    });
  }

  /** Hands a message to the server; `false`: too many requests are under way already. */
  receive(message: JSONRPCMessage): boolean {
    if (isJSONRPCRequest(message)) {
      if (this.#underWay.size >= MAX_REQUESTS_A_STREAM) return false;
      this.#end(message.id);
      this.#underWay.set(message.id, this.#allUnderWay.enter());
    }
    const cancelled = cancelledBy(message);
    if (cancelled !== null) this.#end(cancelled);
    this.onmessage?.(message);
    return true;
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      if (message.id !== undefined) this.#end(message.id);
    }
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }

  async close(): Promise<void> {
    this.#response.end();
  }

  #end(id: string | number): void {
    this.#underWay.get(id)?.();
    this.#underWay.delete(id);
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#response.write(text);
    if (this.#response.writableLength <= MAX_UNREAD_BYTES) return;
    this.onerror?.(new Error(`A client left ${MAX_UNREAD_BYTES} bytes of its stream unread; it was ended.`));
    this.#response.destroy();
  }
}
