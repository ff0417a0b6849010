import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { listPageModules } from '../../src/review/syntax/page-modules.ts';
import { memoryIndex } from './memory-index.ts';

const PANEL = "'use client';\nimport { close } from '@/lib/orders';\nexport const Panel = () => close(1);\n";
const CLOSE = 'export const close = (url) => fetch(url);\n';

describe('modules of a page', () => {
  test.each([
    ['an alias', { 'web/panel.tsx': PANEL, 'web/lib/orders.ts': CLOSE }],
    ['an alias for a folder of sources', { 'web/panel.tsx': PANEL, 'web/src/lib/orders.ts': CLOSE }],
    [
      'the name of a package of the workspace',
      {
        'apps/web/panel.tsx':
          "import { close } from '@shop/lib/orders';\nexport const P = () => usePanel(close);\n",
        'packages/lib/src/orders.ts': CLOSE,
      },
    ],
    [
      'a relative path to an index, by way of another module',
      {
        'web/panel.tsx': "import { go } from './go.js';\nconst [a] = useState<number>(0);\n",
        'web/go.ts': "export * from './lib';\n",
        'web/lib/index.ts': CLOSE,
      },
    ],
  ])('are found through %s', (_name, files) => {
    expect([...listPageModules(new Map(Object.entries(files)))].sort()).toEqual(Object.keys(files).sort());
  });

  test.each([
    ['a route imports it as well', { 'web/api/route.ts': "import { close } from '../lib/orders';\n" }],
    ['it knows a secret', { 'web/lib/orders.ts': `const key = process.env.API_KEY;\n${CLOSE}` }],
    ['it is for servers only', { 'web/lib/orders.ts': `import 'server-only';\n${CLOSE}` }],
  ])('are not what a page imports when %s', (_name, more) => {
    const files = { 'web/panel.tsx': PANEL, 'web/lib/orders.ts': CLOSE, ...more };
    expect([...listPageModules(new Map(Object.entries(files)))]).toEqual(['web/panel.tsx']);
  });

  test('a file that nobody imports is none', () => {
    expect(listPageModules(new Map([['lib/orders.ts', CLOSE]])).size).toBe(0);
  });
});

async function findingsIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const rules = pickRules([
    'js-fetch-without-timeout',
    'go-server-without-timeouts',
    'js-fastify-without-request-timeout',
    'python-http-call-without-timeout',
    'go-http-client-without-timeout',
    'python-celery-task-lost-with-worker',
  ]);
  const { hits } = await reviewFiles(memoryIndex(files), rules, deps);
  return hits.map(({ file }) => file);
}

describe('a review', () => {
  test('leaves the modules of a page alone, until a route imports them', async () => {
    const files = { 'web/panel.tsx': PANEL, 'web/lib/orders.ts': CLOSE };
    expect(await findingsIn(files)).toEqual([]);
    const route = { 'web/api/route.ts': "import { close } from '@/lib/orders';\n" };
    expect(await findingsIn({ ...files, ...route })).toEqual(['web/lib/orders.ts']);
  });

  test('leaves the pages of a Nuxt package alone, and not what its server runs or imports', async () => {
    const send = 'export const send = (url) => fetch(url);\n';
    const files = {
      'web/package.json': '{"dependencies": {"ioredis": "5"}, "devDependencies": {"nuxt": "^4.0.3"}}',
      'web/lib/reset.ts': send,
      'web/app/server/route.ts': "import { send } from '../../shared/send';\nexport const go = send;\n",
      'web/shared/send.ts': send,
      'web/server/send.ts': send,
      'web/plugins/cache.ts': `import Redis from 'ioredis';\n${send}`,
      'api/package.json': '{"dependencies": {"express": "5"}}',
      'api/lib/reset.ts': send,
    };
    expect((await findingsIn(files)).sort()).toEqual([
      'api/lib/reset.ts',
      'web/plugins/cache.ts',
      'web/server/send.ts',
      'web/shared/send.ts',
    ]);
  });

  test('leaves a package alone that is made for pages, until one of its files works on a server', async () => {
    const files = {
      'tracker/package.json': '{}',
      'tracker/src/observer.ts': "export const seen = () => document.querySelectorAll('a');\n",
      'tracker/src/queue.ts': 'export const send = (url) => fetch(url);\n',
      'server/package.json': '{}',
      'server/send.ts': 'export const send = (url) => fetch(url);\n',
    };
    expect(await findingsIn(files)).toEqual(['server/send.ts']);
    const server = { 'tracker/src/server.ts': "import { createServer } from 'node:http';\n" };
    expect(await findingsIn({ ...files, ...server })).toEqual(['tracker/src/queue.ts', 'server/send.ts']);
  });

  test('leaves a package alone that extends a browser', async () => {
    const send = 'export const send = (url) => fetch(url);\nprocess.nextTick(send);\n';
    const files = {
      'ext/package.json': '{}',
      'ext/send.ts': send,
      'api/package.json': '{}',
      'api/send.ts': send,
    };
    expect(await findingsIn(files)).toEqual(['ext/send.ts', 'api/send.ts']);
    const background = { 'ext/background.ts': 'chrome.runtime.onMessage.addListener(send);\n' };
    expect(await findingsIn({ ...files, ...background })).toEqual(['api/send.ts']);
  });

  test('leaves the pages alone that stand beside the server in one package', async () => {
    const send = 'export const send = (url) => fetch(url);\n';
    const files = {
      'package.json': '{}',
      'client/src/orders.ts': `${send}export const step = 'next';\n`,
      'client/src/App.tsx': "import { send } from '@client/orders';\nexport const App = () => <a />;\n",
      'server/client/orders.ts': send,
      'server/types.ts': "import type { Order } from '../client/src/orders';\napp.listen(80);\n",
    };
    expect(await findingsIn(files)).toEqual(['server/client/orders.ts']);
    const called = { 'server/send.ts': "import { send } from '../client/src/orders';\n" };
    expect(await findingsIn({ ...files, ...called })).toEqual([
      'client/src/orders.ts',
      'server/client/orders.ts',
    ]);
    const served = { 'client/server.ts': "import express from 'express';\n" };
    expect(await findingsIn({ ...files, ...served })).toContain('client/src/orders.ts');
    const { 'client/src/App.tsx': _, ...plain } = files;
    expect(await findingsIn(plain)).toContain('client/src/orders.ts');
  });

  test('leaves the folder of the pages alone that is called app, beside that of the server', async () => {
    const send = 'export const send = (url) => fetch(url);\n';
    const start = "window.addEventListener('load', start);\n";
    const server = { 'server/main.js': "require('express')().listen(80);\n" };
    const files = { 'app/send.js': send, 'app/start.js': start, ...server };
    expect(await findingsIn(files)).toEqual([]);
    const called = { 'server/send.js': "const { send } = require('../app/send');\n" };
    expect(await findingsIn({ ...files, ...called })).toEqual(['app/send.js']);
    expect(await findingsIn({ ...files, 'app/start.js': 'start();\n' })).toEqual(['app/send.js']);
    expect(
      await findingsIn({ 'app/send.js': send, 'app/start.js': start, 'api/main.js': 'app.listen(80);\n' }),
    ).toEqual(['app/send.js']);
    const mobile = { 'mobile/send.js': send, 'mobile/start.js': start, ...server };
    expect(await findingsIn(mobile)).toEqual([]);
  });

  test('leaves alone what only a file imports that works on a page', async () => {
    const send = 'export const send = (url) => fetch(url);\n';
    const main = (line: string) => `import { send } from './send';\n${line}\nsend(other);\n`;
    const server = { 'server.js': "require('express')().listen(80);\n" };
    const inPage = (line: string) =>
      findingsIn({ ...server, 'app/send.js': send, 'app/main.js': main(line) });
    expect(await inPage("window.addEventListener('load', start);")).toEqual([]);
    expect(await inPage("const list = document.querySelector('ul');")).toEqual([]);
    for (const line of [
      'log(order.document.createElement);',
      "if (typeof window !== 'undefined') window.addEventListener('load', start);",
      "await page.evaluate(() => document.querySelector('ul'));",
      "const html = `<script>document.querySelector('ul')</script>`;",
      "import { readFile } from 'node:fs';\ndocument.querySelector('ul');",
      'app.listen(80, () => window.matchMedia);',
    ])
      expect(await inPage(line), line).toEqual(['app/send.js']);
  });

  test('leaves functions alone that only commands call', async () => {
    const units = 'import requests\ndef count_units():\n    return requests.get(url)\n';
    const manage = 'from flask import Flask\nfrom units import count_units\nprint(count_units())\n';
    const files = { 'units.py': units, 'manage.py': manage };
    expect(await findingsIn(files)).toEqual([]);
    expect(
      await findingsIn({ 'units.py': units, 'shop/management/commands/units.py': 'count_units()\n' }),
    ).toEqual([]);
    expect(await findingsIn({ 'units.py': units })).toEqual(['units.py']);
    const view = { 'view.py': 'VIEWS = [count_units]\n' };
    expect(await findingsIn({ ...files, ...view })).toEqual(['units.py']);
    const route = units.replace('def', '@app.get("/units")\ndef');
    expect(await findingsIn({ ...files, 'units.py': route })).toEqual(['units.py']);
    const worker = { 'units.py': units.replace('count', 'run'), 'cli.py': 'run_units()\n' };
    expect(await findingsIn(worker)).toEqual(['units.py']);
    const own = { 'shop/cli.py': 'def count_units():\n    pass\n' };
    expect(await findingsIn({ 'units.py': units, ...own })).toEqual(['units.py']);
  });

  test('leaves the package of a program for a desk alone', async () => {
    const send = 'export const send = (url) => fetch(url);\n';
    const desk = "import { app } from 'electron';\nimport { readFile } from 'node:fs';\n";
    const files = { 'desk/package.json': '{}', 'desk/main.ts': desk, 'desk/send.ts': send };
    expect(await findingsIn({ ...files, 'server/package.json': '{}', 'server/send.ts': send })).toEqual([
      'server/send.ts',
    ]);
  });

  test.each([
    ['@click.command()', 0],
    ['@app.cli.command("load")', 0],
    ['@app.route("/a")', 1],
    ['@bot.command()', 1],
  ])('takes a function below %s for %i finding(s)', async (decorator, findings) => {
    const text = `import click, requests\nfrom flask import Flask\n${decorator}\ndef load():\n    requests.get(url)\n`;
    expect(await findingsIn({ 'orders.py': text })).toHaveLength(findings);
  });

  test('leaves copies of the packages of others alone', async () => {
    const call = 'import requests\nrequests.get(url)\n';
    const copies = ['libs/requests/__init__.py', 'libs/six.py', 'libs/yaml/__init__.py'];
    const files = { 'app/orders.py': call, 'libs/tracker/client.py': call };
    expect(await findingsIn(files)).toEqual(['app/orders.py', 'libs/tracker/client.py']);
    const more = Object.fromEntries(copies.map((file) => [file, call]));
    expect(await findingsIn({ ...files, ...more })).toEqual(['app/orders.py']);
  });

  test('takes a path in a name, or at the start of a template, for the work of a page', async () => {
    const fetches = (target: string) =>
      `const api = '/orders';\nexport const a = (id) => fetch(${target});\n`;
    expect(await findingsIn({ 'a.ts': fetches('`$' + '{api}/$' + '{id}`') })).toEqual([]);
    expect(await findingsIn({ 'a.ts': fetches('host + api') })).toEqual(['a.ts']);
  });

  test('knows a server that another file starts', async () => {
    const app = "import fastify from 'fastify';\nexport const build = () => fastify();\n";
    expect(await findingsIn({ 'src/app.ts': app })).toEqual([]);
    const server = "import { build } from './app.js';\nawait build().listen({ port });\n";
    expect(await findingsIn({ 'src/app.ts': app, 'src/server.ts': server })).toEqual(['src/app.ts']);
  });

  test('leaves Python files out that are run by hand, or that are templates', async () => {
    const call = 'import requests\nrequests.get(url)\n';
    expect(await findingsIn({ 'a.py': call, 'b.py': `import sys\nurl = sys.argv[1]\n${call}` })).toEqual([
      'a.py',
    ]);
    expect(await findingsIn({ 'c.py': `{% block content %}\n${call}{% endblock %}\n` })).toEqual([]);
  });

  test('leaves Go files out that no build takes in', async () => {
    const code = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":80", nil) }\n';
    expect(await findingsIn({ 'a.go': code, 'b.go': `//go:build ignore\n\n${code}` })).toEqual(['a.go']);
    expect(await findingsIn({ 'c.go': `// +build ignore\n\n${code}` })).toEqual([]);
  });

  describe('of an application of Express 4', () => {
    const handler = (call: string) =>
      `import express from 'express';\nconst app = express();\napp.post('/a', async (req, res) => { res.json(${call}); });\n`;
    const NOTIFY = 'export const notify = async (agent) => await agent.send(1);\n';
    const CAREFUL =
      'export class Mail { async send(a) { try { await post(a); return true; } catch (error) { return false; } } }\n';
    const OPEN = 'export class Chat { async send(a) { return await post(a); } }\n';

    async function handlersIn(files: Readonly<Record<string, string>>): Promise<number> {
      const deps = { clock: systemClock, signal: new AbortController().signal };
      const index = memoryIndex(files, { versions: { express: '4.19.2' } });
      const rules = pickRules(['js-express-4-async-handler-without-catch', 'js-floating-promise']);
      return (await reviewFiles(index, rules, deps)).hits.length;
    }

    test.each([
      ['await notify(mail)', [NOTIFY, CAREFUL], 0],
      ['await notify(mail)', [NOTIFY, CAREFUL, OPEN], 1],
      ['await notify(mail)', [NOTIFY], 1],
      ['await mail.send(1)', [CAREFUL], 0],
      ['await new Promise((done) => setTimeout(done, 9))', [], 0],
      ['await Promise.all([mail.send(1), mail.send(2)])', [CAREFUL], 0],
      ['await Promise.all([mail.send(1), other(2)])', [CAREFUL], 1],
      ['await other().catch(() => null)', [], 0],
      ['await express.send(1)', [CAREFUL], 1],
      ['await client.register.metrics()', [], 0],
      ['await client.metrics()', [], 1],
      ['await fs.promises.readFile(PAGE)', [], 0],
      ["await readFile(join(__dirname, 'page.html'))", [], 0],
      ['await fs.promises.readFile(req.params.name)', [], 1],
      ['await fs.promises.readFile(req)', [], 1],
    ])('answers %s with what %j catches', async (call, modules, findings) => {
      const more = Object.fromEntries(modules.map((text, at) => [`src/m${at}.ts`, text]));
      expect(await handlersIn({ 'src/app.ts': handler(call), ...more })).toBe(findings);
    });

    test.each([
      [
        'a function that throws by itself',
        'export async function send(a) { if (!a) throw new Error(); }\n',
        1,
      ],
      [
        'what is handed on without await',
        'export async function send(a) { try { return post(a); } catch {} }\n',
        1,
      ],
      [
        'a catch that throws again',
        'export async function send(a) { try { await post(a); } catch (e) { throw e; } }\n',
        1,
      ],
      [
        'a function that calls itself',
        'export async function send(a) { return a > 9 ? null : await send(a + 1); }\n',
        0,
      ],
      ['a function without a promise', 'export function send(a) { return a.map(String); }\n', 0],
    ])('weighs %s', async (_name, module, findings) => {
      expect(await handlersIn({ 'src/app.ts': handler('await send(1)'), 'src/send.ts': module })).toBe(
        findings,
      );
    });

    test.each([
      ["import db from './db.js';", 'await db.send(1)', 0],
      ["import { send } from './db.js';", 'await send(1)', 0],
      ["import { send as tell } from './db';", 'await tell(1)', 0],
      ["const db = require('./other');", 'await db.send(1)', 1],
      ['', 'await db.send(1)', 1],
      ["import db from './db.js';", 'await Promise.all(rows.map((row) => db.send(row)))', 0],
      ["import db from './other.js';", 'await Promise.all(rows.map((row) => db.send(row)))', 1],
      ["import { send } from './db.js';", 'await Promise.all(rows.map(send))', 0],
    ])('knows namesakes apart by their modules: %s %s', async (line, call, findings) => {
      const files = { 'src/db.ts': CAREFUL, 'src/other.ts': OPEN };
      expect(await handlersIn({ 'src/app.ts': `${line}\n${handler(call)}`, ...files })).toBe(findings);
    });

    test.each([
      ['module.exports = { async fn(inputs) { try { await post(1); } catch (e) { log(e); } } };', 0],
      ['module.exports = { fn: async (inputs) => { await post(1); } };', 1],
      ['export default async (a) => { try { await post(a); } catch (e) { log(e); } };', 0],
      ['module.exports = async (a) => { await post(a); };', 1],
    ])('names the function of a module by its file: %s', async (text, findings) => {
      for (const call of ['await sails.helpers.sendMail(1)', 'await sails.helpers.sendMail.with({})'])
        expect(await handlersIn({ 'src/app.ts': handler(call), 'src/send-mail.ts': text })).toBe(findings);
    });

    test('knows what is awaited together later', async () => {
      const late = (each: string) =>
        `import express from 'express';\nconst app = express();\napp.post('/a', async (req, res) => { const all = rows.map(async (row) => { ${each} });\n await Promise.all(all); res.json({}); });\n`;
      expect(await handlersIn({ 'src/app.ts': late('try { await post(row); } catch { log(row); }') })).toBe(
        0,
      );
      expect(await handlersIn({ 'src/app.ts': late('await post(row);') })).toBe(1);
    });

    test('leaves a promise alone that cannot reject', async () => {
      const audit = "async function audit() { await send(1); }\napp.get('/a', () => { audit(); });\n";
      const files = { 'src/audit.ts': audit, 'src/mail.ts': CAREFUL };
      expect(await handlersIn(files)).toBe(0);
      expect(await handlersIn({ ...files, 'src/chat.ts': OPEN })).toBe(1);
    });
  });
});

describe('what only an option of tests or developers opens', () => {
  const go = (condition: string) =>
    `package a\nimport "net/http"\nfunc open(o Options) *http.Client {\n\tif ${condition} {\n\t\treturn &http.Client{Transport: &http.Transport{}}\n\t}\n\treturn nil\n}\n`;
  const js = (condition: string) =>
    `export async function load() {\n  if (${condition}) await fetch(url);\n}\n`;
  const py = (condition: string) =>
    `import requests\ndef load():\n    if ${condition}:\n        requests.get(url)\n`;

  test.each([
    ['a.go', go('o.SkipVerifyTestOnly')],
    ['a.go', go('o.Ready && o.AnyHostForTests')],
    ['a.js', js("process.env.NODE_ENV === 'test'")],
    ['a.py', py('settings.any_host_for_tests')],
    ['a.py', py('settings.DEBUG')],
    ['a.py', py('DEBUG and request.user')],
    ['a.js', js("process.env.NODE_ENV === 'development'")],
  ])('%s is left alone: %j', async (file, text) => {
    expect(await findingsIn({ [file]: text })).toEqual([]);
  });

  test.each([
    ['a.go', go('!o.SkipVerifyTestOnly')],
    ['a.go', go('o.Fastest')],
    ['a.js', js("process.env.NODE_ENV !== 'test'")],
    ['a.py', py('not settings.any_host_for_tests')],
    ['a.py', py('not settings.DEBUG')],
    ['a.py', py('settings.DEBUG or forced')],
    ['a.js', js("process.env.NODE_ENV !== 'development'")],
  ])('%s is not left alone: %j', async (file, text) => {
    expect(await findingsIn({ [file]: text })).toEqual([file]);
  });
});

describe('what a task of Celery waits for', () => {
  const task = (decorator: string) => `import requests\n${decorator}\ndef send():\n    requests.get(url)\n`;
  const limit = { 'shop/settings.py': 'CELERY_TASK_TIME_LIMIT = 60 * 60\n' };

  test.each(['@app.task', '@shared_task(bind=True)'])(
    'is ended by the limit of tasks: %s',
    async (decorator) => {
      expect(await findingsIn({ 'shop/mail.py': task(decorator) })).toEqual(['shop/mail.py']);
      expect(await findingsIn({ ...limit, 'shop/mail.py': task(decorator) })).toEqual([]);
    },
  );

  test('is not ended where the function is no task', async () => {
    expect(await findingsIn({ ...limit, 'shop/mail.py': task('@app.get("/a")') })).toEqual(['shop/mail.py']);
  });
});

describe('an application of Celery', () => {
  const sends = 'from celery import Celery\napp = Celery("tasks", broker=url)\nIMPORTS = "imports"\n';
  const works = 'from celery import Celery\napp = Celery("shop")\napp.autodiscover_tasks()\n';
  const task = '@app.task(queue="mail")\ndef send():\n    pass\n';

  test('that only sends is left alone where a worker runs another one', async () => {
    const files = { 'shop/tasks.py': sends, 'shop/worker.py': works, 'shop/mail.py': task };
    expect(await findingsIn(files)).toEqual(['shop/worker.py']);
  });

  test('is none of these where it is the only one, or has tasks or settings of its own', async () => {
    expect(await findingsIn({ 'shop/tasks.py': sends, 'shop/mail.py': task })).toEqual(['shop/tasks.py']);
    const included = {
      'shop/tasks.py': sends.replace('url', 'url, include=["shop.mail"]'),
      'shop/mail.py': task,
    };
    for (const files of [{ 'shop/tasks.py': `${sends}${task}` }, included])
      expect(await findingsIn({ ...files, 'shop/worker.py': works })).toEqual([
        'shop/tasks.py',
        'shop/worker.py',
      ]);
  });
});
