import { randomUUID } from 'node:crypto';
import express from 'express';

export function createApp(database) {
  const app = express();
  app.use(express.json());

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });

  app.post('/stories', async (request, response) => {
    const title = request.body?.title;
    if (typeof title !== 'string' || title === '') {
      response.status(400).json({ error: 'title is needed' });
      return;
    }
    const story = { id: randomUUID(), title };
    await database.insert(story);
    response.status(201).json(story);
  });

  app.get('/stories', async (_request, response) => {
    response.json(await database.list());
  });

  app.get('/stories/:id', async (request, response) => {
    const story = await database.find(request.params.id);
    if (story === null) response.status(404).json({ error: 'there is no such story' });
    else response.json(story);
  });

  app.use((error, _request, response, _next) => {
    response
      .status(503)
      .json({ error: 'the stories cannot be reached', detail: error.code ?? error.message });
  });
  return app;
}
