import { randomUUID } from 'node:crypto';
import express from 'express';
import { readThrough } from './cache.js';
import { limitRate } from './rate-limit.js';

const LIST_TTL_SECONDS = 2;
const STORY_TTL_SECONDS = 5;

/** `redis: null` does without a cache and without a limit of requests. */
export function createApp({ database, redis, drafts }) {
  const app = express();
  app.use(express.json());

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });

  if (redis !== null) app.use(limitRate(redis));

  app.post('/stories', async (request, response) => {
    const title = readTitle(request, response);
    if (title === null) return;
    const story = { id: randomUUID(), title };
    await database.insert(story);
    response.status(201).json(story);
  });

  app.get('/stories', async (_request, response) => {
    response.json(await readThrough(redis, 'stories', LIST_TTL_SECONDS, () => database.list()));
  });

  app.get('/stories/:id', async (request, response) => {
    const { id } = request.params;
    sendFound(response, await readThrough(redis, `story:${id}`, STORY_TTL_SECONDS, () => database.find(id)));
  });

  app.get('/search', async (request, response) => {
    response.json(await database.search(String(request.query.q ?? '')));
  });

  const exported = new Map();
  app.get('/export', async (request, response) => {
    const after = String(request.query.after ?? '');
    if (!exported.has(after)) exported.set(after, JSON.stringify(await database.listAfter(after)));
    response.type('json').send(exported.get(after));
  });

  app.post('/drafts', (request, response) => {
    const title = readTitle(request, response);
    if (title === null) return;
    response.status(201).json(drafts.keep({ id: randomUUID(), title }));
  });

  app.get('/drafts/:id', async (request, response) => {
    sendFound(response, await drafts.find(request.params.id));
  });

  app.use((error, _request, response, _next) => {
    const status = /timeout/i.test(error.message) ? 503 : 500;
    response.status(status).json({ error: error.message, stack: error.stack });
  });
  return app;
}

function readTitle(request, response) {
  const title = request.body?.title;
  if (typeof title === 'string' && title !== '') return title;
  response.status(400).json({ error: 'title is needed' });
  return null;
}

function sendFound(response, found) {
  if (found === null) response.status(404).json({ error: 'there is no such story' });
  else response.json(found);
}
