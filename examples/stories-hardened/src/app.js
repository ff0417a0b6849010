import { randomUUID } from 'node:crypto';
import express from 'express';

const LIST_FRESH_MS = 2_000;
const STORY_FRESH_MS = 5_000;
const REQUESTS_PER_MINUTE = 60_000;
const EXPORT_PAGE = 20;
const RETRY_AFTER_SECONDS = '1';

export function createApp({ database, cache }) {
  const app = express();
  app.use(express.json());

  /** Whether the process runs: a supervisor starts it again when it does not. */
  app.get('/live', (_request, response) => {
    response.json({ status: 'ok' });
  });

  /** Whether requests should be sent here: not without the database; without the cache they should. */
  app.get('/health', async (_request, response) => {
    try {
      await database.check();
      response.json({ status: 'ok' });
    } catch {
      response.status(503).json({ status: 'unavailable', database: 'away' });
    }
  });

  app.use(async (request, response, next) => {
    const minute = Math.floor(Date.now() / 60_000);
    const used = await cache.count(`rate:${request.ip}:${minute}`, 120);
    // Better served without a limit than not at all.
    if (used !== null && used > REQUESTS_PER_MINUTE)
      response.status(429).json({ error: 'too many requests' });
    else next();
  });

  for (const table of ['stories', 'drafts'])
    app.post(`/${table}`, async (request, response) => {
      const title = request.body?.title;
      if (typeof title !== 'string' || title === '') {
        response.status(400).json({ error: 'title is needed' });
        return;
      }
      const entry = { id: randomUUID(), title };
      await database.insert(table, entry);
      response.status(201).json(entry);
    });

  app.get('/stories', async (_request, response) => {
    response.json(await cache.readThrough('hardened:stories', LIST_FRESH_MS, () => database.list()));
  });

  app.get('/stories/:id', async (request, response) => {
    const { id } = request.params;
    const load = () => database.find('stories', id);
    sendFound(response, await cache.readThrough(`hardened:story:${id}`, STORY_FRESH_MS, load));
  });

  /** A page of what comes after a story; the last id of it is where the next page begins. */
  app.get('/export', async (request, response) => {
    response.json(await database.page(String(request.query.after ?? ''), EXPORT_PAGE));
  });

  app.get('/drafts/:id', async (request, response) => {
    sendFound(response, await database.find('drafts', request.params.id));
  });

  app.get('/search', async (request, response) => {
    response.json(await database.search(String(request.query.q ?? '')));
  });

  app.use((error, _request, response, _next) => {
    console.error(`${error.name}: ${error.message}`);
    response
      .status(503)
      .set('retry-after', RETRY_AFTER_SECONDS)
      .json({ error: 'this cannot be done right now; please try again soon' });
  });
  return app;
}

function sendFound(response, found) {
  if (found === null) response.status(404).json({ error: 'there is no such story' });
  else response.json(found);
}
