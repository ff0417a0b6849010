import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmbedDeps } from '../../../src/rag/meaning/embed-pieces.ts';
import { Meaning } from '../../../src/rag/meaning/meaning.ts';
import type { WorkspaceIndex } from '../../../src/rag/workspace-index.ts';
import { createRandom } from '../../../src/random.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';
import { type FakeEmbeddings, startFakeEmbeddings } from '../helpers/fake-embeddings.ts';
import { fixture, indexFolder } from '../helpers/index-fixture.ts';
import { noteWaits } from '../helpers/note-waits.ts';

let server: FakeEmbeddings;
let root: string;
let state: string;
let index: WorkspaceIndex;
let waits: ReturnType<typeof noteWaits>;

beforeEach(async () => {
  server = await startFakeEmbeddings();
  root = await makeTempFolder();
  await cp(fixture('express'), root, { recursive: true });
  state = join(root, '.breakwater', 'index');
  index = await indexFolder(root, state);
  waits = noteWaits();
});
afterEach(async () => {
  index.close();
  await server.close();
});

function deps(signal = new AbortController().signal): EmbedDeps {
  return { clock: waits.clock, random: createRandom(7), signal, onProgress: () => undefined };
}

function meaning(key: string | null = null): Meaning {
  return new Meaning(root, state, {
    embeddings: { baseUrl: server.baseUrl, model: 'small', key },
    qdrant: null,
  });
}

const textsSent = () => server.calls.flatMap((call) => call.input);
const find = (query: string, by = meaning()) => by.find(index.reader, query, { limit: 5 }, deps());

describe('embedding', () => {
  test('every text is sent once, in batches, with the key as a bearer token', async () => {
    const summary = await meaning('sk-secret').embed(index.reader, deps());
    const hashes = new Set(index.reader.pieces.map(({ hash }) => hash));
    expect(summary).toEqual({ texts: hashes.size, sent: hashes.size, dimensions: 8, points: null });
    expect(textsSent()).toHaveLength(hashes.size);
    expect(server.calls.length).toBe(Math.ceil(hashes.size / 32));
    expect(new Set(server.calls.map((call) => call.authorization))).toEqual(new Set(['Bearer sk-secret']));
  });

  test('a second time nothing is sent; after a change only what is new', async () => {
    await meaning().embed(index.reader, deps());
    const before = textsSent().length;
    expect((await meaning().embed(index.reader, deps())).sent).toBe(0);
    await writeFile(join(root, 'src/extra.js'), 'export function zebra() { return 1; }\n');
    const changed = await indexFolder(root, state);
    expect((await meaning().embed(changed.reader, deps())).sent).toBe(1);
    changed.close();
    expect(textsSent().slice(before)).toEqual([expect.stringContaining('zebra')]);
  });

  test('secrets in the code do not leave', async () => {
    await writeFile(join(root, 'src/leak.js'), "const url = 'postgres://app:hunter2@db/shop';\n");
    const changed = await indexFolder(root, state);
    await meaning().embed(changed.reader, deps());
    changed.close();
    expect(textsSent().join('\n')).not.toContain('hunter2');
    expect(textsSent().join('\n')).toContain('postgres://app:***@db/shop');
  });

  test('load is waited for: back-off that grows, and never less than Retry-After', async () => {
    server.onCall((_call, number, response) => {
      if (number > 3) return false;
      response.writeHead([503, 429, 500][number - 1] ?? 500, number === 2 ? { 'retry-after': '7' } : {});
      response.end('{"error":{"message":"overloaded"}}');
      return true;
    });
    expect((await meaning().embed(index.reader, deps())).dimensions).toBe(8);
    const [first = 0, second = 0, third = 0] = waits.waitsMs.filter((ms) => ms > 0);
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThan(500);
    expect(second).toBe(7_000);
    expect(third).toBeGreaterThanOrEqual(1_000);
  });

  test('a connection that breaks in the middle is tried again', async () => {
    server.onCall((_call, number, response) => {
      if (number > 1) return false;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"data":[');
      response.socket?.destroy();
      return true;
    });
    expect((await meaning().embed(index.reader, deps())).sent).toBeGreaterThan(0);
  });

  test('a failure keeps what was embedded, and the next time goes on from there', async () => {
    for (let file = 0; file < 200; file++)
      await writeFile(join(root, `src/m${file}.js`), `export function zebra${file}() { return ${file}; }\n`);
    const many = await indexFolder(root, state);
    server.onCall((_call, number, response) => {
      if (number <= 4) return false;
      response.writeHead(401).end('{"error":{"message":"quota of sk-123 is used up"}}');
      return true;
    });
    const failed = meaning().embed(many.reader, deps());
    await expect(failed).rejects.toMatchObject({ code: 'EMBEDDINGS_FAILED' });
    await expect(failed).rejects.toThrow(/it answered 401/);
    server.onCall(() => false);
    const before = textsSent().length;
    const { texts, sent } = await meaning().embed(many.reader, deps());
    many.close();
    expect(sent).toBe(texts - 128);
    expect(textsSent().slice(before)).toHaveLength(sent);
  });

  test('a batch that is too large is halved, and a text that is too long is cut', async () => {
    server.onCall(({ input }, _number, response) => {
      if (input.length <= 3 && input.every((text) => text.length <= 300)) return false;
      response.writeHead(400).end('{"error":{"message":"maximum context length"}}');
      return true;
    });
    const { texts, sent } = await meaning().embed(index.reader, deps());
    expect(sent).toBe(texts);
  });

  test('a model that gives vectors of another length is embedded anew, whole', async () => {
    await meaning().embed(index.reader, deps());
    server.setDimensions(12);
    await writeFile(join(root, 'src/extra.js'), 'export function zebra() { return 1; }\n');
    const changed = await indexFolder(root, state);
    const { texts, dimensions } = await meaning().embed(changed.reader, deps());
    expect(dimensions).toBe(12);
    const [hit] = (await meaning().find(changed.reader, 'zebra', { limit: 1 }, deps())).hits;
    expect(hit?.symbol).toBe('zebra');
    expect(textsSent().length).toBeGreaterThanOrEqual(2 * texts - 1);
    changed.close();
  });

  test.each([
    ['no JSON', 'not json', /no JSON/],
    ['another form', '{"data":"AAAA"}', /holds no embeddings/],
    ['too few', '{"data":[{"index":0,"embedding":[1,2]}]}', /gave 1 embeddings/],
  ])('an answer that is %s is named, and nothing is stored', async (_name, text, message) => {
    server.onCall((_call, _number, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(text);
      return true;
    });
    const failed = meaning().embed(index.reader, deps());
    await expect(failed).rejects.toThrow(message);
    await expect(readdir(join(state, 'vectors'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('many segments are joined, and two at once do no harm', async () => {
    for (let turn = 0; turn < 12; turn++) {
      await writeFile(join(root, `src/n${turn}.js`), `export function gnu${turn}() { return ${turn}; }\n`);
      const changed = await indexFolder(root, state);
      await Promise.all([meaning(), meaning()].map((one) => one.embed(changed.reader, deps())));
      changed.close();
    }
    const [folder = ''] = await readdir(join(state, 'vectors'));
    expect((await readdir(join(state, 'vectors', folder))).length).toBeLessThan(20);
    const last = await indexFolder(root, state);
    const before = textsSent().length;
    expect((await meaning().embed(last.reader, deps())).sent).toBe(0);
    expect(textsSent()).toHaveLength(before);
    last.close();
    expect((await readdir(join(state, 'private'))).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

describe('search by meaning', () => {
  test('finds what shares no word with the query, and says why', async () => {
    expect((await find('who is calling')).hits.map(({ symbol }) => symbol)).not.toContain('authenticate');
    await meaning().embed(index.reader, deps());
    const { hits, withoutMeaning } = await find('who is calling');
    const hit = hits.find(({ symbol }) => symbol === 'authenticate');
    expect(hit?.why).toMatch(/near in meaning \(cosine [01]\.\d\d\)/);
    expect(withoutMeaning).toBeNull();
  });

  test('keeps to the filter', async () => {
    await meaning().embed(index.reader, deps());
    const options = { limit: 20, path: 'src/services' };
    const { hits } = await meaning().find(index.reader, 'money', options, deps());
    expect(new Set(hits.map(({ file }) => file))).toEqual(new Set(['src/services/orders.js']));
  });

  test('a query is sent once, and none before anything was embedded', async () => {
    await find('money');
    expect(server.calls).toHaveLength(0);
    const one = meaning();
    await one.embed(index.reader, deps());
    const before = server.calls.length;
    await find('money', one);
    await find('money', one);
    expect(server.calls).toHaveLength(before + 1);
  });

  test('words serve alone, and say so, when the endpoint is down', async () => {
    const one = meaning();
    await one.embed(index.reader, deps());
    await server.close();
    const { hits, withoutMeaning } = await find('authenticate', one);
    expect(hits[0]?.symbol).toBe('authenticate');
    expect(withoutMeaning).toMatch(/^EMBEDDINGS_FAILED: .*could not be reached \(ECONNREFUSED\)/);
  });
});
