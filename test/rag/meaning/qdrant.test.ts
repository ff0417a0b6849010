import { randomUUID } from 'node:crypto';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { EmbedDeps } from '../../../src/rag/meaning/embed-pieces.ts';
import { Meaning } from '../../../src/rag/meaning/meaning.ts';
import type { WorkspaceIndex } from '../../../src/rag/workspace-index.ts';
import { createRandom } from '../../../src/random.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';
import { type FakeEmbeddings, startFakeEmbeddings } from '../helpers/fake-embeddings.ts';
import { type FakeQdrant, startFakeQdrant } from '../helpers/fake-qdrant.ts';
import { fixture, indexFolder } from '../helpers/index-fixture.ts';
import { noteWaits } from '../helpers/note-waits.ts';

/** A real server: docker run -p 127.0.0.1:6333:6333 qdrant/qdrant, then QDRANT_URL=http://127.0.0.1:6333 */
const REAL_URL = process.env.QDRANT_URL;

let embeddings: FakeEmbeddings;
let root: string;
let state: string;
let index: WorkspaceIndex;
let waits: ReturnType<typeof noteWaits>;

beforeEach(async () => {
  embeddings = await startFakeEmbeddings();
  root = await makeTempFolder();
  await cp(fixture('express'), root, { recursive: true });
  state = join(root, '.breakwater', 'index');
  index = await indexFolder(root, state);
  waits = noteWaits();
});
afterEach(async () => {
  index.close();
  await embeddings.close();
});

function meaning(url: string, key: string | null = null): Meaning {
  const endpoint = { baseUrl: embeddings.baseUrl, model: 'small', key: null };
  return new Meaning(root, state, { embeddings: endpoint, qdrant: { url, key } });
}

const deps = (): EmbedDeps => ({
  clock: waits.clock,
  random: createRandom(7),
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

describe('requests, against the documented API', () => {
  let qdrant: FakeQdrant;
  beforeEach(async () => {
    qdrant = await startFakeQdrant();
  });
  afterEach(() => qdrant.close());

  const find = (query: string, more = {}) =>
    meaning(qdrant.url).find(index.reader, query, { limit: 20, ...more }, deps());

  test('a collection is made with indexes of what is filtered by, and holds every piece', async () => {
    const summary = await meaning(qdrant.url, 'the-key').embed(index.reader, deps());
    expect(summary.points).toBe(index.reader.pieces.length);
    expect(qdrant.pointCount()).toBe(index.reader.pieces.length);
    expect([...qdrant.indexes].sort()).toEqual(['kind', 'language', 'places']);
    expect(new Set(qdrant.calls.map(({ apiKey }) => apiKey))).toEqual(new Set(['the-key']));
  });

  test('texts stay here: Qdrant is given places, names and numbers', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    const sent = JSON.stringify(qdrant.calls);
    expect(sent).toContain('src/auth.js');
    expect(sent).not.toContain('next()');
  });

  test('only new pieces are written, and those that are gone are deleted', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    await rm(join(root, 'src/health.js'));
    await writeFile(join(root, 'src/extra.js'), 'export function zebra() { return 1; }\n');
    const changed = await indexFolder(root, state);
    const { points } = await meaning(qdrant.url).embed(changed.reader, deps());
    expect(points).toBe(1);
    expect(qdrant.pointCount()).toBe(changed.reader.pieces.length);
    changed.close();
  });

  test('a search asks for meaning and words at once, and finds what shares no word', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    const { hits, withoutMeaning } = await find('who is calling');
    expect(withoutMeaning).toBeNull();
    const hit = hits.find(({ symbol }) => symbol === 'authenticate');
    expect(hit?.why).toMatch(/near in meaning \(Qdrant \d/);
    const asked = qdrant.calls.at(-1)?.body;
    expect(asked).toMatchObject({
      prefetch: [{ using: 'meaning' }, { using: 'words' }],
      query: { fusion: 'rrf' },
    });
  });

  test('the filter goes with both parts of the search', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    const { hits } = await find('money', { path: 'src/services', language: 'javascript' });
    expect(new Set(hits.map(({ file }) => file))).toEqual(new Set(['src/services/orders.js']));
    const must = [
      { key: 'places', match: { value: 'src/services' } },
      { key: 'language', match: { value: 'javascript' } },
    ];
    expect(qdrant.calls.at(-1)?.body).toMatchObject({
      prefetch: [{ filter: { must } }, { filter: { must } }],
    });
  });

  test('vectors of another length make the collection anew', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    embeddings.setDimensions(12);
    await writeFile(join(root, 'src/extra.js'), 'export function zebra() { return 1; }\n');
    const changed = await indexFolder(root, state);
    expect((await meaning(qdrant.url).embed(changed.reader, deps())).points).toBe(
      changed.reader.pieces.length,
    );
    changed.close();
  });

  test('a failure in the middle is tried again with growing waits', async () => {
    let failures = 0;
    qdrant.onCall(({ path }, response) => {
      if (!path.includes('/points?wait') || failures === 3) return false;
      failures++;
      if (failures === 2) response.socket?.destroy();
      else response.writeHead(503).end('{"status":{"error":"overloaded"}}');
      return true;
    });
    await meaning(qdrant.url).embed(index.reader, deps());
    expect(qdrant.pointCount()).toBe(index.reader.pieces.length);
    const [first = 0, second = 0, third = 0] = waits.waitsMs.filter((ms) => ms > 0);
    expect([first >= 250, second >= 500, third >= 1_000]).toEqual([true, true, true]);
  });

  test('what a failed run has written is not written again', async () => {
    for (let file = 0; file < 200; file++)
      await writeFile(join(root, `src/m${file}.js`), `export function zebra${file}() { return ${file}; }\n`);
    const many = await indexFolder(root, state);
    let upserts = 0;
    qdrant.onCall(({ path }, response) => {
      if (!path.includes('/points?wait') || ++upserts === 1) return false;
      response.writeHead(403).end('{"status":{"error":"forbidden"}}');
      return true;
    });
    const failed = meaning(qdrant.url).embed(many.reader, deps());
    await expect(failed).rejects.toMatchObject({ code: 'QDRANT_UNREACHABLE' });
    qdrant.onCall(() => false);
    const sentBefore = embeddings.calls.length;
    const { points } = await meaning(qdrant.url).embed(many.reader, deps());
    expect(points).toBe(many.reader.pieces.length - 128);
    expect(embeddings.calls).toHaveLength(sentBefore);
    many.close();
  });

  test('two processes that begin at once both end well', async () => {
    const both = [meaning(qdrant.url), meaning(qdrant.url)];
    await Promise.all(both.map((one) => one.embed(index.reader, deps())));
    expect(qdrant.pointCount()).toBe(index.reader.pieces.length);
  });

  test('words serve alone, and say so by name, when the server is down', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    await qdrant.close();
    const { hits, withoutMeaning } = await find('authenticate');
    expect(hits[0]?.symbol).toBe('authenticate');
    expect(withoutMeaning).toMatch(
      /^QDRANT_UNREACHABLE: Qdrant at 127\.0\.0\.1:\d+: it could not be reached/,
    );
  });

  test('a collection that is gone is named, with what to do', async () => {
    await meaning(qdrant.url).embed(index.reader, deps());
    const path = qdrant.calls[0]?.path ?? '';
    await fetch(`${qdrant.url}${path}`, { method: 'DELETE' });
    expect((await find('authenticate')).withoutMeaning).toMatch(
      /has no collection of this workspace.*code_index/,
    );
  });
});

describe.skipIf(REAL_URL === undefined)('a real server', () => {
  test('holds, filters, forgets and is asked as the fake one', async () => {
    const url = REAL_URL ?? '';
    const real = { ...deps(), clock: systemClock };
    await writeFile(join(root, 'src/unique.js'), `export const id = '${randomUUID()}';\n`);
    const first = await indexFolder(root, state);
    const one = meaning(url, process.env.QDRANT_API_KEY ?? null);
    expect((await one.embed(first.reader, real)).points).toBe(first.reader.pieces.length);
    const { hits, withoutMeaning } = await one.find(first.reader, 'who is calling', { limit: 20 }, real);
    expect(withoutMeaning).toBeNull();
    expect(hits.map(({ symbol }) => symbol)).toContain('authenticate');
    const within = await one.find(first.reader, 'money', { limit: 20, path: 'src/services' }, real);
    expect(new Set(within.hits.map(({ file }) => file))).toEqual(new Set(['src/services/orders.js']));
    await rm(join(root, 'src/unique.js'));
    const second = await indexFolder(root, state);
    expect((await one.embed(second.reader, real)).points).toBe(0);
    first.close();
    second.close();
  });
});
