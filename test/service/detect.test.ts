import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import { type DetectedConfig, detectConfig } from '../../src/service/detect.ts';
import { makeProject } from './project.ts';

/** Proposes the file for a project of those files, writes it there, and reads it as Breakwater does. */
async function detect(
  files: Readonly<Record<string, string>>,
): Promise<Config & { detected: DetectedConfig }> {
  const root = await makeProject(files);
  const detected = await detectConfig(root);
  writeFileSync(join(root, 'breakwater.yaml'), detected.text);
  return { ...(await loadConfig({ workspace: root, stateHome: root })), detected };
}

test('a Node service is started by its start script, directly where node alone is called', async () => {
  const scripts = { start: 'node server.js --verbose', test: 'node --test' };
  const { app, spec } = await detect({
    'package.json': JSON.stringify({ scripts }),
    'package-lock.json': '{}',
    'src/app.js': "app.get('/healthz', ok); app.get('/openapi.json', doc);",
    'server.js': 'createApp().listen(process.env.PORT ?? 3100);',
  });
  expect(app).toMatchObject({
    command: ['node', 'server.js', '--verbose'],
    ready: 'http://127.0.0.1:{port}/healthz',
    env: { PORT: '{port}' },
    install: null,
    test: ['npm', 'test'],
  });
  expect(spec).toBe('http://127.0.0.1:3100/openapi.json');
});

test.each([
  ['needs a shell', 'NODE_ENV=production node server.js | tee log'],
  ['calls another program', 'tsx src/server.ts'],
])('a start script that %s is left to npm', async (_what, start) => {
  const { app } = await detect({ 'package.json': JSON.stringify({ scripts: { start } }) });
  expect(app?.command).toEqual(['npm', 'run', 'start']);
});

test('the test script that npm puts there is no test', async () => {
  const scripts = { start: 'node .', test: 'echo "Error: no test specified" && exit 1' };
  expect((await detect({ 'package.json': JSON.stringify({ scripts }) })).app?.test).toBeNull();
});

test('the web line of a Procfile wins, with {port} in place of $PORT', async () => {
  const { app } = await detect({
    Procfile: 'worker: node worker.js\nweb: gunicorn app:app --bind 127.0.0.1:$PORT\n',
    'requirements.txt': 'flask\npytest\n',
    'app.py': 'app = Flask(__name__)\n',
  });
  expect(app).toMatchObject({
    command: ['gunicorn', 'app:app', '--bind', '127.0.0.1:{port}'],
    env: {},
    test: ['python3', '-m', 'pytest', '-q'],
  });
});

test('a FastAPI application is started by uvicorn and serves its own document', async () => {
  const { app, spec } = await detect({
    'pyproject.toml': '[project]\ndependencies = ["fastapi"]\n',
    'src/main.py': 'api: FastAPI = FastAPI(title="x")\n',
  });
  expect(app?.command).toEqual(['python3', '-m', 'uvicorn', 'src.main:api', '--port', '{port}']);
  expect(spec).toBe('http://127.0.0.1:8000/openapi.json');
});

test.skipIf(process.platform === 'win32')(
  'a project with an environment of its own is started and tested by the Python of that, as it is installed',
  async () => {
    const { app } = await detect({
      'requirements.txt': 'fastapi\npytest\n',
      'main.py': 'api = FastAPI()\n',
      'venv/pyvenv.cfg': 'home = /usr/bin\n',
    });
    expect(app).toMatchObject({
      command: ['venv/bin/python', '-m', 'uvicorn', 'main:api', '--port', '{port}'],
      test: ['venv/bin/python', '-m', 'pytest', '-q'],
      install: null,
    });
  },
);

test.each([
  [{ Procfile: 'web: uvicorn main:api --port 9001' }, 9_001, 'Procfile'],
  [{ Dockerfile: 'FROM python\nEXPOSE 9002\n' }, 9_002, 'Dockerfile'],
  [{ '.env': 'PORT=9003\n' }, 9_003, '.env'],
  [{ 'run.py': 'uvicorn.run(\n  "main:api",\n  port=9004,\n)\n' }, 9_004, 'run.py'],
  [{}, 8_000, 'the default of uvicorn'],
])('the port of the document is the one that the project names: %j', async (files, port, why) => {
  const { spec, detected } = await detect({
    'requirements.txt': 'fastapi\n',
    'main.py': 'api = FastAPI()\n',
    ...files,
  });
  expect(spec).toBe(`http://127.0.0.1:${port}/openapi.json`);
  expect(detected.notes).toContain(
    `spec takes its port from ${why}: change it where the service listens on another.`,
  );
});

test('where nothing names the port it is asked for, and no placeholder is left in spec', async () => {
  const { spec, detected } = await detect({
    'package.json': JSON.stringify({ scripts: { start: 'node server.js' } }),
    'server.js': "app.get('/openapi.json', doc);",
  });
  expect(spec).toBeNull();
  expect(detected.notes).toContain(
    'The service serves /openapi.json, but nothing names its port: fill in spec.',
  );
});

test('databases of a compose file become dependencies at their published ports', async () => {
  const { dependencies } = await detect({
    'docker-compose.yml': `
services:
  web: { build: ., ports: ["8000:8000"] }
  db: { image: "postgres:16", ports: ["127.0.0.1:15432:5432"] }
  cache: { image: "redis:7", ports: [{ target: 6379, published: "16379" }] }
  queue: { image: "rabbitmq:3" }
`,
  });
  expect(dependencies).toEqual({
    db: 'psql://127.0.0.1:15432',
    cache: 'redis://127.0.0.1:16379',
    queue: 'tcp://127.0.0.1:5672',
  });
});

test('variables that hold addresses are routed, one that leads to a compose service to that one', async () => {
  const { app, dependencies } = await detect({
    'package.json': JSON.stringify({ scripts: { start: 'node .' } }),
    'compose.yaml': 'services: { db: { image: postgres, ports: ["5433:5432"] } }',
    '.env.example':
      'DATABASE_URL=postgres://app@db:5432/shop\nPAYMENTS_URL="http://localhost:7200"\nMODE=dev\n',
  });
  expect(dependencies).toEqual({ db: 'psql://127.0.0.1:5433', payments: 'http://127.0.0.1:7200' });
  expect(app?.env).toEqual({
    PORT: '{port}',
    DATABASE_URL: 'postgres://app@{db}/shop',
    PAYMENTS_URL: 'http://{payments}',
  });
});

test('variables of the compose file lead to its services where no .env file has them, drivers in the scheme or not', async () => {
  const { app, dependencies, detected } = await detect({
    Procfile: 'web: node .',
    'compose.yaml': `
services:
  api:
    build: { context: . }
    environment:
      DATABASE_URL: postgresql+psycopg://app:\${DB_PASSWORD}@db:5432/shop
      PRICES_URL: http://\${PRICES_HOST:-prices}:8080/v1
      REDIS_URL: redis://\${REDIS_HOST}:6379
      MODE: dev
  worker: { build: ./worker, environment: ["OTHER_URL=http://other:1"] }
  prices: { build: ./prices, ports: ["9100:8080"] }
  db: { image: "postgres:16", ports: ["15432:5432"] }
`,
    '.env': 'MODE=test\n',
  });
  expect(dependencies).toEqual({ db: 'psql://127.0.0.1:15432', prices: 'http://127.0.0.1:9100' });
  expect(app?.env).toEqual({
    PORT: '{port}',
    DATABASE_URL: 'postgresql+psycopg://app@{db}/shop',
    PRICES_URL: 'http://{prices}/v1',
  });
  expect(detected.notes).toContain('Secrets were left out; the service may need them: DATABASE_URL.');
});

test('no secret of a .env file is taken over, and what was left out is named', async () => {
  const { app, detected } = await detect({
    'package.json': JSON.stringify({ scripts: { start: 'node .' } }),
    '.env': [
      'DATABASE_URL=postgres://app:tiger99@localhost/shop?sslpassword=lion77',
      'STRIPE_API_KEY=rk_live_abcdef',
      'HOOK_URL=http://bear55@localhost:9000/',
    ].join('\n'),
  });
  expect(app?.env.DATABASE_URL).toBe('postgres://app@{database}/shop');
  expect(JSON.stringify(detected)).not.toMatch(/tiger99|lion77|rk_live|bear55/);
  expect(detected.notes).toContain(
    'Secrets were left out; the service may need them: DATABASE_URL, STRIPE_API_KEY.',
  );
});

test('two variables of one name but two addresses become two dependencies', async () => {
  const { dependencies } = await detect({
    '.env': 'DB_URL=redis://localhost:1\nDB_URI=redis://localhost:2\n',
  });
  expect(dependencies).toEqual({ db: 'redis://127.0.0.1:1', db_2: 'redis://127.0.0.1:2' });
});

test('of an empty project nothing is claimed, and the notes say what to fill in', async () => {
  const { app, dependencies, detected } = await detect({ 'README.md': '#' });
  expect([app, dependencies]).toEqual([null, {}]);
  expect(detected.notes[0]).toBe('No way to start the service was recognised: fill in app.command.');
});

test('broken files are passed over', async () => {
  const { app } = await detect({ 'package.json': '{', 'compose.yaml': 'a: [', '.env': '\0=x' });
  expect(app).toBeNull();
});

test.each(['orders', 'users-fastapi'])(
  'for examples/%s it proposes the command of its own file',
  async (name) => {
    const root = resolve('examples', name);
    const proposed = await makeProject({ 'breakwater.yaml': (await detectConfig(root)).text });
    const [expected, seen] = await Promise.all(
      [root, proposed].map((workspace) => loadConfig({ workspace, stateHome: proposed })),
    );
    expect(seen?.app?.command).toEqual(expected?.app?.command);
    expect(seen?.spec).toBe(expected?.spec);
  },
);
