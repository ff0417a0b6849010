import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const FILES = {
  'src/app.js': `const express = require('express');
const routes = require('./routes/v1');
const app = express();
app.use('/v1', routes);
module.exports = app;
`,
  'src/routes/v1/index.js': `const express = require('express');
const authRoute = require('./auth.route');
const userRoute = require('./user.route');
const router = express.Router();
const defaultRoutes = [
  { path: '/auth', route: authRoute },
  { path: '/users', route: userRoute },
];
defaultRoutes.forEach((route) => {
  router.use(route.path, route.route);
});
module.exports = router;
`,
  'src/routes/v1/auth.route.js': `const express = require('express');
const router = express.Router();
router.post('/login', (req, res) => res.send('in'));
module.exports = router;
`,
  'src/routes/v1/user.route.js': `const express = require('express');
const router = express.Router();
router.route('/:userId').get((req, res) => res.send(req.params.userId));
module.exports = router;
`,
};

test('routers that a loop mounts from a table are found below the path of their row, and nowhere else', async () => {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const index = await indexFolder(root);
  onTestFinished(() => index.close());
  expect(index.routes.map(({ method, path, handler }) => `${method} ${path} ${handler.file}`).sort()).toEqual(
    ['GET /v1/users/{userId} src/routes/v1/user.route.js', 'POST /v1/auth/login src/routes/v1/auth.route.js'],
  );
  expect(index.findHandlers({ method: 'POST', path: '/login', operationId: null })).toEqual([]);
});
