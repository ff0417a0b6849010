import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_MESSAGE_BYTES } from './message-limit.ts';

/** A longer body is cut off while it comes. */
const MAX_DROPPED_BYTES = 16 * MAX_MESSAGE_BYTES;

/** Why a request gets no answer of the protocol; `code` is JSON-RPC's. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly code?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ReadMessage =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads the one JSON value that a request brings. Batches are refused: protocol 2025-06-18 has dropped them. */
export async function readMessage(request: IncomingMessage): Promise<ReadMessage> {
  const text = await readBody(request);
  if (text === null) {
    return refused({ status: 413, message: `A message may have ${MAX_MESSAGE_BYTES} bytes at most.` });
  }
  const body = parse(text);
  if (body === undefined) return refused({ status: 400, message: 'The body is not JSON.', code: -32_700 });
  if (Array.isArray(body)) {
    const message = 'Batches are not served: send one message a request.';
    return refused({ status: 400, message, code: -32_600 });
  }
  return { ok: true, body };
}

/** Answers with a JSON-RPC error without an id, as for a message that could not be read. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, message, code = -32_000, headers = {} } = refusal;
  // The rest of a body that nobody wants would be read to the end.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }));
}

function refused(refusal: Refusal): ReadMessage {
  return { ok: false, refusal };
}

/**
 * The body as text; `null`: it is larger than a message may be. What is too much is read and dropped, for a client
 * that is cut off while it sends may lose the answer that says why (RFC 9112 §9.6).
 */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_DROPPED_BYTES) return null;
    if (bytes > MAX_MESSAGE_BYTES) chunks.length = 0;
    else chunks.push(chunk as Buffer);
  }
  return bytes > MAX_MESSAGE_BYTES ? null : Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
