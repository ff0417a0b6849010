import { createServer, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody } from './fake-embeddings.ts';

/** One request that the server was sent. */
export interface QdrantCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly apiKey: string | null;
}

/** A server on loopback with the part of Qdrant's REST API that is used; what its documents do not allow is 400. */
export interface FakeQdrant {
  readonly url: string;
  readonly calls: readonly QdrantCall[];
  readonly indexes: ReadonlySet<string>;
  readonly pointCount: () => number;
  /** Answers the next calls itself, where it says so. */
  onCall(answer: (call: QdrantCall, response: ServerResponse) => boolean): void;
  close(): Promise<void>;
}

const uuid = z.uuid();
const sparse = z
  .strictObject({
    indices: z.array(z.number().int().min(0).max(0xffffffff)),
    values: z.array(z.number()),
  })
  .refine(
    ({ indices, values }) => indices.length === values.length && new Set(indices).size === indices.length,
  );
const filter = z.strictObject({
  must: z.array(z.strictObject({ key: z.string(), match: z.strictObject({ value: z.string() }) })),
});
const point = z.strictObject({
  id: uuid,
  vector: z.strictObject({ meaning: z.array(z.number()), words: sparse }),
  payload: z.record(z.string(), z.unknown()),
});
const prefetch = z.strictObject({
  query: z.union([z.array(z.number()), sparse]),
  using: z.enum(['meaning', 'words']),
  limit: z.number().int().positive(),
  filter: filter.optional(),
});
const bodies = {
  create: z.strictObject({
    vectors: z.strictObject({
      meaning: z.strictObject({ size: z.number().int().positive(), distance: z.enum(['Cosine', 'Dot']) }),
    }),
    sparse_vectors: z.strictObject({ words: z.strictObject({ modifier: z.enum(['idf', 'none']) }) }),
  }),
  index: z.strictObject({ field_name: z.string(), field_schema: z.enum(['keyword', 'integer', 'bool']) }),
  upsert: z.strictObject({ points: z.array(point).min(1) }),
  remove: z.strictObject({ points: z.array(uuid).min(1) }),
  scroll: z.strictObject({
    limit: z.number().int().positive(),
    with_payload: z.boolean(),
    with_vector: z.boolean(),
    offset: uuid.optional(),
  }),
  query: z.strictObject({
    prefetch: z.array(prefetch).min(1),
    query: z.strictObject({ fusion: z.enum(['rrf', 'dbsf']) }),
    limit: z.number().int().positive(),
    with_payload: z.boolean(),
  }),
};

type Point = z.output<typeof point>;

interface Reply {
  readonly status: number;
  readonly result: unknown;
}

class Collections {
  size: number | null = null;
  readonly indexes = new Set<string>();
  readonly points = new Map<string, Point>();

  answer(method: string, rest: string, body: unknown): Reply {
    const ok = (result: unknown): Reply => ({ status: 200, result });
    if (`${method} ${rest}` === 'PUT ') {
      if (this.size !== null) return { status: 409, result: null };
      this.size = bodies.create.parse(body).vectors.meaning.size;
      return ok(true);
    }
    if (`${method} ${rest}` === 'DELETE ') {
      const was = this.size !== null;
      this.size = null;
      this.indexes.clear();
      this.points.clear();
      return ok(was);
    }
    const { size } = this;
    if (size === null) return { status: 404, result: null };
    switch (`${method} ${rest}`) {
      case 'GET ':
        return ok({
          status: 'green',
          config: { params: { vectors: { meaning: { size, distance: 'Cosine' } } } },
        });
      case 'PUT /index?wait=true':
        this.indexes.add(bodies.index.parse(body).field_name);
        return ok({ operation_id: 1, status: 'completed' });
      case 'PUT /points?wait=true':
        for (const one of bodies.upsert.parse(body).points) {
          if (one.vector.meaning.length !== size) return { status: 400, result: null };
          this.points.set(one.id, one);
        }
        return ok({ operation_id: 2, status: 'completed' });
      case 'POST /points/delete?wait=true':
        for (const id of bodies.remove.parse(body).points) this.points.delete(id);
        return ok({ operation_id: 3, status: 'completed' });
      case 'POST /points/scroll':
        return ok(this.#scroll(bodies.scroll.parse(body)));
      case 'POST /points/query':
        return ok(this.#query(bodies.query.parse(body)));
      default:
        return { status: 404, result: null };
    }
  }

  #scroll({ limit, offset }: z.output<typeof bodies.scroll>): unknown {
    // Small pages, so that several are needed.
    const size = Math.min(limit, 10);
    const ids = [...this.points.keys()].sort().filter((id) => offset === undefined || id >= offset);
    return { points: ids.slice(0, size).map((id) => ({ id })), next_page_offset: ids[size] ?? null };
  }

  #query({ prefetch: parts, limit }: z.output<typeof bodies.query>): unknown {
    const scores = new Map<string, number>();
    for (const part of parts) {
      const ranked = [...this.points.values()]
        .filter(({ payload }) =>
          (part.filter?.must ?? []).every(({ key, match }) => holds(payload[key], match.value)),
        )
        .map((one) => ({ id: one.id, score: likeness(one, part.query) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, part.limit);
      for (const [rank, { id }] of ranked.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (2 + rank));
    }
    const points = [...scores].map(([id, score]) => ({ id, version: 1, score }));
    return { points: points.sort((a, b) => b.score - a.score).slice(0, limit) };
  }
}

function holds(value: unknown, wanted: string): boolean {
  return Array.isArray(value) ? value.includes(wanted) : value === wanted;
}

function likeness({ vector }: Point, query: z.output<typeof prefetch>['query']): number {
  if (Array.isArray(query))
    return query.reduce((sum, value, at) => sum + value * (vector.meaning[at] ?? 0), 0);
  return query.indices.reduce((sum, place, at) => {
    const found = vector.words.indices.indexOf(place);
    return found < 0 ? sum : sum + (query.values[at] ?? 0) * (vector.words.values[found] ?? 0);
  }, 0);
}

/** Starts it, on a port of its own. */
export async function startFakeQdrant(): Promise<FakeQdrant> {
  const calls: QdrantCall[] = [];
  const collections = new Collections();
  let answer: (call: QdrantCall, response: ServerResponse) => boolean = () => false;
  const server = createServer(async (request, response) => {
    const text = await readBody(request);
    const body: unknown = text === '' ? null : JSON.parse(text);
    const key = request.headers['api-key'];
    const path = request.url ?? '';
    const call = { method: request.method ?? '', path, body, apiKey: typeof key === 'string' ? key : null };
    calls.push(call);
    if (answer(call, response)) return;
    const [, rest] = /^\/collections\/[\w-]+(.*)$/.exec(path) ?? [];
    const reply = rest === undefined ? { status: 404, result: null } : tryAnswer(collections, call, rest);
    response.writeHead(reply.status, { 'content-type': 'application/json' });
    const status = reply.status === 200 ? 'ok' : { error: String(reply.result) };
    response.end(JSON.stringify({ time: 0.001, status, result: reply.result }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
    calls,
    indexes: collections.indexes,
    pointCount: () => collections.points.size,
    onCall: (given) => {
      answer = given;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tryAnswer(collections: Collections, { method, body }: QdrantCall, rest: string): Reply {
  try {
    return collections.answer(method, rest, body);
  } catch (error) {
    return { status: 400, result: error instanceof Error ? error.message : 'refused' };
  }
}
