import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import type { McpServer, McpServerFactory, Server } from '@modelcontextprotocol/server';
import { refuse } from './http-message.ts';

export interface SessionsOptions {
  readonly onError: (error: Error) => void;
  /** Time between two comments that keep a quiet stream open. */
  readonly keepAliveMs: number;
  /** Sessions at most; one more takes the place of the one that has been quiet longest. */
  readonly most: number;
  /** A session without a request or stream for this long is ended. */
  readonly idleMs: number;
}

export interface Sessions {
  /**
   * Whether a request is one of a session, or opens one. A `body` opens one that is an `initialize` of a client that
   * can ask its user: only those gain by a session, for the server's question needs a way to be answered.
   */
  concerns(request: IncomingMessage, body?: unknown): boolean;
  answer(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void>;
  size(): number;
  close(): Promise<void>;
}

interface Entry {
  readonly id: string;
  readonly transport: NodeStreamableHTTPServerTransport;
  /** Requests and streams under way. */
  open: number;
  idle: NodeJS.Timeout | null;
}

/** Keeps one server for each `Mcp-Session-Id` (protocol 2025, Streamable HTTP, session management). */
export function createSessions(factory: McpServerFactory, options: SessionsOptions): Sessions {
  /** The longest quiet first. */
  const entries = new Map<string, Entry>();

  function end(id: string): void {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    if (entry.idle !== null) clearTimeout(entry.idle);
    entry.transport.close().catch(options.onError);
  }

  /** Makes a place for one more; `false`: all sessions have something under way. */
  function makeRoom(): boolean {
    if (entries.size < options.most) return true;
    for (const [id, { open }] of entries) {
      if (open > 0) continue;
      end(id);
      return true;
    }
    return false;
  }

  async function openEntry(): Promise<Entry> {
    const id = randomUUID();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      keepAliveMs: options.keepAliveMs,
    });
    const entry: Entry = { id, transport, open: 0, idle: null };
    const server: McpServer | Server = await factory({ era: 'legacy' });
    transport.onclose = () => end(id);
    transport.onerror = options.onError;
    await server.connect(transport);
    entries.set(id, entry);
    return entry;
  }

  /** Counts a request as under way until its answer or stream ends; then the time to the end of the session begins. */
  function hold(entry: Entry, response: ServerResponse): void {
    entry.open += 1;
    if (entry.idle !== null) clearTimeout(entry.idle);
    response.once('close', () => {
      entry.open -= 1;
      if (entry.open > 0 || entries.get(entry.id) !== entry) return;
      // Its `initialize` was refused.
      if (entry.transport.sessionId === undefined) return end(entry.id);
      entries.delete(entry.id);
      entries.set(entry.id, entry);
      entry.idle = setTimeout(() => end(entry.id), options.idleMs).unref();
    });
  }

  return {
    concerns: (request, body) => idOf(request) !== null || canBeAsked(body),
    async answer(request, response, body) {
      const id = idOf(request);
      let entry = id === null ? undefined : entries.get(id);
      if (id !== null && entry === undefined) {
        const message = 'No session has this Mcp-Session-Id (any more): send initialize without one.';
        return refuse(request, response, { status: 404, message, code: -32_001 });
      }
      if (entry === undefined && !makeRoom()) {
        const message = `${options.most} sessions are in use, which is the limit: close one.`;
        return refuse(request, response, { status: 503, message, headers: { 'retry-after': '1' } });
      }
      entry ??= await openEntry();
      hold(entry, response);
      await entry.transport.handleRequest(request, response, body);
    },
    size: () => entries.size,
    async close() {
      for (const id of [...entries.keys()]) end(id);
    },
  };
}

/** Protocol 2026-07-28 has no sessions. */
function idOf({ headers }: IncomingMessage): string | null {
  if (String(headers['mcp-protocol-version'] ?? '') >= '2026') return null;
  const id = headers['mcp-session-id'];
  return typeof id === 'string' && id !== '' ? id : null;
}

function canBeAsked(body: unknown): boolean {
  if (!isRecord(body) || body.method !== 'initialize' || !isRecord(body.params)) return false;
  return isRecord(body.params.capabilities) && isRecord(body.params.capabilities.elicitation);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
