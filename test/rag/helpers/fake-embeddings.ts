import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** What the endpoint was asked. */
export interface EmbeddingsCall {
  readonly model: string;
  readonly input: readonly string[];
  readonly authorization: string | null;
}

/** An OpenAI-compatible endpoint on loopback that records what it is asked. */
export interface FakeEmbeddings {
  readonly baseUrl: string;
  readonly calls: readonly EmbeddingsCall[];
  /** Answers the next calls itself, where it says so. */
  onCall(answer: (call: EmbeddingsCall, number: number, response: ServerResponse) => boolean): void;
  setDimensions(dimensions: number): void;
  close(): Promise<void>;
}

const body = z.strictObject({
  model: z.string(),
  input: z.array(z.string().min(1)).min(1).max(2048),
  encoding_format: z.literal('float'),
});
/** Each line is a meaning: its words are one dimension. */
const MEANINGS = [
  /charge|payment|money|invoice/i,
  /user|login|authenticat|who is calling/i,
  /health|alive|heartbeat/i,
  /order|basket/i,
];

/** Starts it; texts about one thing are near to each other, whatever their words. */
export async function startFakeEmbeddings(): Promise<FakeEmbeddings> {
  const calls: EmbeddingsCall[] = [];
  let dimensions = 8;
  let answer: (call: EmbeddingsCall, number: number, response: ServerResponse) => boolean = () => false;
  const server = createServer(async (request, response) => {
    const read = body.safeParse(JSON.parse(await readBody(request)));
    if (request.method !== 'POST' || request.url !== '/v1/embeddings' || !read.success) {
      response.writeHead(404).end('{"error":"not the documented request"}');
      return;
    }
    const call = { ...read.data, authorization: request.headers.authorization ?? null };
    calls.push(call);
    if (answer(call, calls.length, response)) return;
    const data = call.input.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: embed(text, dimensions),
    }));
    // Order is told by `index`, not by place.
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'list', model: call.model, data: data.reverse() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    calls,
    onCall: (given) => {
      answer = given;
    },
    setDimensions: (given) => {
      dimensions = given;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function embed(text: string, dimensions: number): number[] {
  const vector = MEANINGS.map((meaning) => (meaning.test(text) ? 3 : 0.01));
  return [
    ...vector,
    ...Array.from({ length: dimensions - vector.length }, (_, at) => (at === 0 ? 0.5 : 0.1)),
  ];
}

/** The text of a request's body. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
