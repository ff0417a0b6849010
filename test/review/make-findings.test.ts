import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readOwnRules } from '../../src/review/own-rules.ts';
import { type ReviewRequest, reviewCode } from '../../src/review/review.ts';
import { isTrusted } from '../../src/review/rule-records.ts';
import { memoryIndex } from './memory-index.ts';

const UNREAD =
  "import { request } from 'undici';\nasync function orders(id) {\n  const { statusCode } = await request(urlOf(id));\n  return statusCode;\n}\n";
const READS =
  'async function orders(id) {\n  const order = await findOrder(id);\n  const rates = await findRates(1);\n  return [order, rates];\n}\n';
const FETCH = 'async function unused() {\n  return await fetch(url);\n}\n';

async function orderOf(texts: Readonly<Record<string, string>>, reaches: readonly string[]) {
  const { findings } = await reviewOf(texts, reaches);
  return findings.map(({ place, severity }) => [place.file, severity]);
}

async function reviewOf(
  texts: Readonly<Record<string, string>>,
  reaches: readonly string[],
  more: Partial<ReviewRequest> = {},
  trusts: typeof isTrusted = () => true,
) {
  const route = { endpoint: 'GET /orders/{id}', file: 'src/orders.js', line: 1, reaches };
  return reviewCode(
    {
      id: 'rev_test',
      index: memoryIndex(texts, { routes: [route], versions: { mongodb: '4.10.0' } }),
      run: null,
      operations: [],
      rules: [],
      role: 'developer',
      contextTexts: [],
      ...more,
    },
    { clock: systemClock, signal: new AbortController().signal, isTrusted: trusts },
  );
}

test('what an operation reaches is a finding, what none reaches is a lead and weighs less', async () => {
  const texts = { 'src/orders.js': UNREAD, 'src/unused.js': FETCH };
  const { findings, leads } = await reviewOf(texts, ['src/orders.js']);
  expect(findings.map(({ place, severity }) => [place.file, severity])).toEqual([['src/orders.js', 'low']]);
  expect(leads.map(({ place, severity }) => [place.file, severity])).toEqual([['src/unused.js', 'medium']]);
});

test('where operations are asked for by name, leads that they do not reach are not told', async () => {
  const texts = { 'src/orders.js': READS, 'src/unused.js': FETCH };
  const told = async (operations: readonly string[]) =>
    (await reviewOf(texts, ['src/orders.js'], { operations }, isTrusted)).leads.map(
      ({ place }) => place.file,
    );
  expect(await told([])).toEqual(['src/unused.js', 'src/orders.js']);
  expect(await told(['GET /orders/{id}'])).toEqual(['src/orders.js']);
});

test('a lead that a baseline knows is left out', async () => {
  const texts = { 'src/orders.js': UNREAD, 'src/unused.js': FETCH };
  const [lead] = (await reviewOf(texts, ['src/orders.js'])).leads;
  const again = await reviewOf(texts, ['src/orders.js'], { baseline: new Set([lead?.id ?? '']) });
  expect(again.leads).toEqual([]);
  expect(again.findings).toHaveLength(1);
});

test('what is made when the process starts keeps its weight: operations may use it', async () => {
  const made = "import axios from 'axios';\nexport const rates = axios.create({ baseURL });\n";
  expect(await orderOf({ 'src/orders.js': UNREAD, 'src/start.js': made }, ['src/orders.js'])).toEqual([
    ['src/start.js', 'high'],
    ['src/orders.js', 'low'],
  ]);
});

test.each([
  ['export const rates = await fetch(url);\n'],
  ['async function load() {\n  return await fetch(url);\n}\nawait load();\n'],
  ['cron.schedule("* * * * *", async () => {\n  await fetch(url);\n});\n'],
  ['async function load() {\n  return await fetch(url);\n}\nsetInterval(load, 1000);\nawait load();\n'],
  [
    "import { MongoClient } from 'mongodb';\nasync function load() {\n  const client = new MongoClient(url);\n  await client.db().command(one);\n  await client.close();\n}\nawait load();\n",
  ],
])('a call that no operation is known to wait for is a lead: %j', async (start) => {
  const { findings, leads } = await reviewOf({ 'src/orders.js': UNREAD, 'src/start.js': start }, [
    'src/orders.js',
  ]);
  expect(findings.map(({ place }) => place.file)).toEqual(['src/orders.js']);
  expect(leads.map(({ place, severity }) => [place.file, severity])).toEqual([
    ['src/start.js', expect.any(String)],
  ]);
});

test.each([
  ['an operation seems to reach is a finding', ['src/orders.js', 'server.go'], [1, 0]],
  ['nothing reaches is a lead', ['src/orders.js'], [0, 1]],
])('a server that %s, and no operation is named', async (_what, reaches, counts) => {
  const server =
    'package web\nimport "net/http"\nfunc (s *Server) Run() {\n\ts.http = &http.Server{Addr: ":80"}\n\ts.http.ListenAndServe()\n}\n';
  const { findings, leads } = await reviewOf({ 'src/orders.js': UNREAD, 'server.go': server }, reaches);
  const found = [findings, leads].map((list) =>
    list.filter(({ ruleId }) => ruleId === 'go-server-without-timeouts'),
  );
  expect(found.map((list) => list.length)).toEqual(counts);
  expect(found.flat().map(({ reachedFrom }) => reachedFrom)).toEqual([[]]);
});

test('what a program that ends makes for itself is a lead, what others import is none', async () => {
  const made = "import axios from 'axios';\nconst api = axios.create({ baseURL });\n";
  const filesOf = async (text: string) => {
    const { findings, leads } = await reviewOf({ 'src/orders.js': UNREAD, 'src/move.js': text }, [
      'src/orders.js',
    ]);
    return [findings, leads].map((list) => list.map(({ place }) => place.file));
  };
  expect(await filesOf(`${made}async function main() {\n  await api.get(one);\n}\nmain();\n`)).toEqual([
    ['src/orders.js'],
    ['src/move.js'],
  ]);
  expect(await filesOf(`${made}export async function main() {\n  await api.get(one);\n}\nmain();\n`)).toEqual(
    [['src/move.js', 'src/orders.js'], []],
  );
});

test('where no operation is known, a call of the start is a finding', async () => {
  const { findings } = await reviewOf({ 'src/start.js': 'await fetch(url);\n' }, [], {
    index: memoryIndex({ 'src/start.js': 'await fetch(url);\n' }),
  });
  expect(findings.map(({ place }) => place.file)).toEqual(['src/start.js']);
});

test('what the code cannot tell to be harm is a lead, though an operation reaches it', async () => {
  const read = (given: string) =>
    `async function orders(id) {\n  try {\n    const r = await fetch(id, { signal });\n    return await r.json();\n  } catch (error) {\n    ${given}\n  }\n}\n`;
  const listsOf = async (given: string) => {
    const { findings, leads } = await reviewOf({ 'src/orders.js': read(given) }, ['src/orders.js']);
    return [findings.length, leads.length];
  };
  expect(await listsOf('throw error;')).toEqual([1, 0]);
  expect(await listsOf('return null;')).toEqual([0, 1]);
});

test('a transport of mails is a lead where nobody waits for a mail', async () => {
  const listsOf = async (send: string) => {
    const mail = `import nodemailer from 'nodemailer';\nconst transport = nodemailer.createTransport({ host });\nexport async function tell(a) {\n  ${send}\n}\n`;
    const { findings, leads } = await reviewOf({ 'src/orders.js': mail }, ['src/orders.js']);
    return [findings.length, leads.length];
  };
  expect(await listsOf('await transport.sendMail(a);')).toEqual([1, 0]);
  expect(await listsOf('transport.sendMail(a).catch(log);')).toEqual([0, 1]);
  expect(await listsOf('')).toEqual([1, 0]);
});

test('a call that nobody waits for is a lead, though an operation starts it', async () => {
  const call = 'async function orders(id) {\n  await notify(id);\n}\n';
  const hook = 'async function notify(id) {\n  return fetch(urlOf(id));\n}\n';
  const reaches = ['src/orders.js', 'src/hook.js'];
  const waited = await reviewOf({ 'src/orders.js': call, 'src/hook.js': hook }, reaches);
  expect([waited.findings.length, waited.leads.length]).toEqual([1, 0]);
  const dropped = call.replace('await notify', 'notify');
  const alone = await reviewOf({ 'src/orders.js': dropped, 'src/hook.js': hook }, reaches);
  expect([alone.findings.length, alone.leads.length]).toEqual([0, 1]);
  const here = 'async function orders(id) {\n  fetch(urlOf(id)).catch(log);\n}\n';
  const atOnce = await reviewOf({ 'src/orders.js': here }, ['src/orders.js']);
  expect([atOnce.findings.length, atOnce.leads.length]).toEqual([0, 1]);
});

test('a client that is made at the start and kept is a finding: operations use it', async () => {
  const start =
    "import { Pool } from 'pg';\nasync function load() {\n  const pool = new Pool({ max: 5 });\n  return pool;\n}\nexport const db = await load();\n";
  const { findings } = await reviewOf({ 'src/orders.js': UNREAD, 'src/start.js': start }, ['src/orders.js']);
  expect(findings.map(({ place }) => place.file)).toContain('src/start.js');
});

test('reads one after the other are a lead, and nothing where no operation waits for them', async () => {
  const texts = { 'src/orders.js': READS, 'src/job.js': READS };
  const placesOf = async (reaches: readonly string[]) => {
    const { findings, leads } = await reviewOf(texts, reaches, {}, isTrusted);
    return [findings, leads].map((list) => list.map(({ place }) => place.file));
  };
  expect(await placesOf([])).toEqual([[], ['src/orders.js']]);
  expect(await placesOf(['src/job.js'])).toEqual([[], ['src/job.js', 'src/orders.js']]);
});

test('a call by name that is known to mean another class reaches no namesake', async () => {
  const client = 'export class Client {\n  charge(order) {\n    return fetch(order);\n  }\n}\n';
  const route = 'export const pay = (req) => payments.charge(req.body);\n';
  const texts = { 'src/orders.js': route, 'src/a.js': client };
  const both = { ...texts, 'src/b.js': client };
  expect((await reviewOf(texts, [])).findings.map(({ place }) => place.file)).toEqual(['src/a.js']);
  expect((await reviewOf(both, [])).findings.map(({ place }) => place.file)).toEqual([
    'src/a.js',
    'src/b.js',
  ]);
  const { findings, leads } = await reviewOf(both, ['src/b.js']);
  expect(findings.map(({ place }) => place.file)).toEqual(['src/b.js']);
  expect(leads.map(({ place }) => place.file)).toEqual(['src/a.js']);
});

test('a rule of the user’s own finds wherever it matches', async () => {
  const text = `id: no-fetch
languages: [javascript]
severity: low
message: fetched
query: |
  ((call_expression function: (identifier) @callee) @finding
    (#eq? @callee "fetch"))
`;
  const ownRules = await readOwnRules([{ source: 'rules/own.yaml', text }]);
  const texts = { 'src/orders.js': UNREAD, 'src/unused.js': FETCH };
  const { findings, leads } = await reviewOf(texts, ['src/orders.js'], { ownRules });
  expect(findings.map(({ ruleId }) => ruleId)).toContain('no-fetch');
  expect(leads.map(({ ruleId }) => ruleId)).toEqual(['js-fetch-without-timeout']);
});

describe('a wait in a task that has a time limit', () => {
  const call = (name: string) => `import requests\ndef ${name}():\n    requests.get(url)\n`;
  const files = { 'orders.py': call('orders'), 'tasks.py': call('run') };
  const reaches = ['orders.py'];

  test.each([
    ['app.conf.update(task_time_limit=1800)'],
    ['app.conf.task_soft_time_limit = LIMIT'],
    ['CELERY_TASK_TIME_LIMIT = 30 * 60'],
    ['conf = {"task_time_limit": 60}'],
  ])('is left out, and the review says so: %s', async (limit) => {
    const { findings, leads, notices } = await reviewOf({ ...files, 'config.py': `${limit}\n` }, reaches);
    expect(findings.map(({ place }) => place.file)).toEqual(['orders.py']);
    expect(leads).toEqual([]);
    expect(notices.find(({ where }) => where === 'tasks')?.message).toMatch(/^1 wait/);
  });

  test.each([['task_time_limit = None'], ['# no task_time_limit'], ['CELERY_TASK_TIME_LIMIT = 0']])(
    'is a lead without one: %s',
    async (none) => {
      const { findings, leads, notices } = await reviewOf({ ...files, 'config.py': `${none}\n` }, reaches);
      expect([findings, leads].map((list) => list.map(({ place }) => place.file))).toEqual([
        ['orders.py'],
        ['tasks.py'],
      ]);
      expect(notices).toEqual([]);
    },
  );
});

test('a rule that was right in operations alone gives leads elsewhere', async () => {
  const texts = { 'src/orders.js': UNREAD, 'cache.py': 'import redis\nclient = redis.Redis(host=HOST)\n' };
  const started = await reviewOf(texts, ['src/orders.js'], {}, isTrusted);
  expect(started.leads.map(({ ruleId }) => ruleId)).toContain('python-redis-without-timeout');
  const request = 'import redis\ndef load():\n    return redis.Redis(host=HOST).get("a")\n';
  const reaches = ['src/orders.js', 'cache.py'];
  const reached = await reviewOf({ ...texts, 'cache.py': request }, reaches, {}, isTrusted);
  expect(reached.findings.map(({ ruleId }) => ruleId)).toEqual(['python-redis-without-timeout']);
});

test('a rule that is asked for by name is trusted', async () => {
  const code =
    'from fastapi import Depends, FastAPI\nfrom sqlalchemy.orm import Session\napp = FastAPI()\n@app.get("/a")\nasync def read(db: Session = Depends(get_db)):\n    return db.query(User).all()\n';
  const listsOf = async (rules: readonly string[]) => {
    const { findings, leads } = await reviewCode(
      {
        id: 'rev_test',
        index: memoryIndex(
          { 'app.py': code },
          { routes: [{ endpoint: 'GET /a', file: 'app.py', line: 5, reaches: ['app.py'] }] },
        ),
        run: null,
        operations: [],
        rules,
        role: 'developer',
        contextTexts: [],
      },
      { clock: systemClock, signal: new AbortController().signal },
    );
    const id = 'python-sync-session-in-async-route';
    return [findings, leads].map((list) => list.filter(({ ruleId }) => ruleId === id).length);
  };
  expect(await listsOf([])).toEqual([0, 1]);
  expect(await listsOf(['python-sync-session-in-async-route'])).toEqual([1, 0]);
});

test('advice that a measurement has to ask for is a lead until one does', async () => {
  const calls = 'export async function one() {\n  await fetch(a);\n  await fetch(b);\n}\n';
  const app = "import express from 'express';\nconst app = express();\napp.listen(3000);\n";
  const texts = {
    'package.json': '{"dependencies":{"express":"4"}}',
    'src/app.js': app,
    'src/orders.js': calls,
  };
  const more = { rules: ['service-without-circuit-breaker'] };
  const { findings, leads } = await reviewOf(texts, ['src/orders.js', 'src/app.js'], more, isTrusted);
  expect(findings).toEqual([]);
  expect(leads.map(({ ruleId }) => ruleId)).toEqual(['service-without-circuit-breaker']);
});
