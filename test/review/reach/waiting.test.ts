import { expect, test } from 'vitest';
import { languageOf } from '../../../src/rag/languages.ts';
import { readLeanTree } from '../../../src/rag/parse.ts';
import { isDroppedAt } from '../../../src/review/reach/dropped-calls.ts';
import { listUnits } from '../../../src/review/reach/list-units.ts';
import { createWaiting } from '../../../src/review/reach/waiting.ts';
import { readSourceText } from '../../../src/review/syntax/source-text.ts';
import { memoryIndex } from '../memory-index.ts';

type Texts = Readonly<Record<string, string>>;

async function read(file: string, text: string) {
  const language = languageOf(file);
  const root = language === null ? null : await readLeanTree(language, text);
  if (language === null || root === null) throw new Error('no tree');
  return readSourceText(file, language, text, root);
}

/** Whether the function that holds `MARK` is left alone, where line 1 of `handler` handles a route. */
async function isLeftAlone(texts: Texts, handler = 'routes.js'): Promise<boolean> {
  const sources = await Promise.all(Object.entries(texts).map(([file, text]) => read(file, text)));
  const { routes } = memoryIndex(texts, { routes: [{ endpoint: 'POST /a', file: handler, line: 1 }] });
  const [file, text] = Object.entries(texts).find(([, one]) => one.includes('MARK')) ?? ['', ''];
  const line = text.slice(0, text.indexOf('MARK')).split('\n').length;
  return createWaiting(sources.map(listUnits), routes).isLeftAlone({ file, startLine: line, endLine: line });
}

const HOOK = 'export async function notify(order) {\n  await fetch(MARK);\n}\n';
const calledBy = (call: string) => ({
  'hook.js': HOOK,
  'routes.js': `router.post('/a', async (req, res) => { ${call} });`,
});

test.each([
  'notify(order); res.end();',
  'notify(order).catch((error) => log.warn(error)); res.end();',
  'void notify(order);',
  'setTimeout(() => notify(order), 10);',
  'setImmediate(async () => { await notify(order); });',
  'setTimeout(notify, 10);',
  'await Promise.race([notify(order), late(5000)]);',
  'await withTimeout(notify(order), 5000);',
  '(async () => { await notify(order); })().catch(log);',
  'orders.forEach(async (order) => { await notify(order); });',
  'notify(order).then((response) => { if (!response.ok) throw new Error(); }).catch(log); res.end();',
])('nobody waits for what is called so: %s', async (call) => {
  expect(await isLeftAlone(calledBy(call))).toBe(true);
});

test.each([
  'await notify(order);',
  'return notify(order);',
  'const sent = notify(order); await sent;',
  'await Promise.all(orders.map((order) => notify(order)));',
  'notify(order, res);',
  'notify(order).then((sent) => res.json(sent));',
  'notify(order).catch(next);',
  'const all = []; orders.forEach((order) => { const sent = notify(order); all.push(sent); }); await Promise.all(all);',
  'void log(); await notify(order);',
])('somebody waits for what is called so: %s', async (call) => {
  expect(await isLeftAlone(calledBy(call))).toBe(false);
});

test('all calls of a name are left alone, or one of them is waited for', async () => {
  const areLeftAlone = async (text: string, name: string) =>
    createWaiting([listUnits(await read('a.js', text))], []).areLeftAlone('b.ts', name);
  const quiet = 'const tell = () => { mail.send(1).catch(log); };\nfunction f() { tell(); }\n';
  expect(await areLeftAlone(quiet, 'send')).toBe(true);
  expect(await areLeftAlone(`${quiet}async function g() { await mail.send(2); }\n`, 'send')).toBe(false);
  expect(await areLeftAlone(quiet, 'sendMail')).toBe(false);
});

test('one call that is waited for is enough, of any namesake and on any way', async () => {
  const routes = "router.post('/a', async (req, res) => { notify(1); await other.save(); });";
  const other =
    'export const other = { async save() { await deep(); } };\nasync function deep() { await notify(2); }\n';
  expect(await isLeftAlone({ 'hook.js': HOOK, 'routes.js': routes, 'other.js': other })).toBe(false);
  const left = routes.replace('await other', 'other');
  expect(await isLeftAlone({ 'hook.js': HOOK, 'routes.js': left, 'other.js': other })).toBe(true);
});

test('functions that call each other and that nobody else waits for are left alone', async () => {
  const pair = 'async function ping() { await pong(MARK); }\nasync function pong() { await ping(); }\n';
  expect(await isLeftAlone({ 'pair.js': pair, 'routes.js': "router.post('/a', () => { ping(); });" })).toBe(
    true,
  );
});

test('a function that nothing is seen to call is not left alone', async () => {
  expect(await isLeftAlone({ 'hook.js': HOOK, 'routes.js': "router.post('/a', () => {});" })).toBe(false);
});

test('a handler is waited for, whoever else calls it and drops it', async () => {
  const routes =
    'async function create(req, res) { await fetch(MARK); }\nfunction again() { create(); }\nagain();\n';
  expect(await isLeftAlone({ 'routes.js': routes })).toBe(false);
});

test('a goroutine is left alone where nothing awaits its end', async () => {
  const go = (body: string) => ({
    'hook.go': 'package a\nfunc notify(id int) {\n\thttp.Get(MARK)\n}\n',
    'routes.go': `package a; func create(w http.ResponseWriter, r *http.Request) { ${body} }\n`,
  });
  expect(await isLeftAlone(go('go notify(1)'), 'routes.go')).toBe(true);
  expect(await isLeftAlone(go('go func() { notify(1) }()'), 'routes.go')).toBe(true);
  expect(await isLeftAlone(go('<-r.Context().Done(); go notify(1)'), 'routes.go')).toBe(true);
  expect(await isLeftAlone(go('notify(1)'), 'routes.go')).toBe(false);
  expect(await isLeftAlone(go('defer group.Wait(); go notify(1)'), 'routes.go')).toBe(false);
  expect(await isLeftAlone(go('go func() { notify(1); ready <- 1 }(); <-ready'), 'routes.go')).toBe(false);
  expect(await isLeftAlone(go('go func() { notify(1); group.Done() }(); group.Wait()'), 'routes.go')).toBe(
    false,
  );
});

test('a task or a thread that nothing keeps is left alone', async () => {
  const python = (body: string) => ({
    'hook.py': 'async def notify(order):\n    await client.post(MARK)\n',
    'routes.py': `async def create(order): ${body}\n`,
  });
  expect(await isLeftAlone(python('asyncio.create_task(notify(order))'), 'routes.py')).toBe(true);
  expect(await isLeftAlone(python('tasks.add_task(notify, order)'), 'routes.py')).toBe(true);
  expect(await isLeftAlone(python('Thread(target=notify).start()'), 'routes.py')).toBe(true);
  expect(await isLeftAlone(python('await notify(order)'), 'routes.py')).toBe(false);
  expect(await isLeftAlone(python('sent = asyncio.create_task(notify(order))'), 'routes.py')).toBe(false);
});

test('the call at an offset is dropped with the innermost expression around it', async () => {
  const at = async (text: string) =>
    isDroppedAt(await read('a.js', `async function save(res) { ${text} }`), 27 + text.indexOf('fetch'));
  expect(await at('fetch(url).catch(log);')).toBe(true);
  expect(await at('await fetch(url);')).toBe(false);
  expect(await at('start(); await keep(fetch(url));')).toBe(false);
  expect(await at('load().then(() => fetch(url));')).toBe(true);
  expect(await at('return load().then(() => fetch(url));')).toBe(false);
});
