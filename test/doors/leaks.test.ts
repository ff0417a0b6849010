import { openSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printError } from '../../src/cli/print-error.ts';
import { AppError, toAppError } from '../../src/errors.ts';
import { openLog } from '../../src/log.ts';
import { RESOURCES } from '../../src/resources/index.ts';
import { openStore } from '../../src/store.ts';
import { keepDrillAnswer, keepDrillRun } from '../../src/tools/session/drill-store.ts';
import { ApiError } from '../../src/toxiproxy/api-error.ts';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { startFakeEmbeddings } from '../rag/helpers/fake-embeddings.ts';
import { weakRun } from '../scenario/drill/support/services.ts';
import { SPECIMENS } from './secrets-corpus.ts';
import { openTools } from './tool-session.ts';

/** Demands that no specimen stands in `text`, also not as it is written in JSON, XML or a URL. */
function expectNoSecret(text: string, where: string, among = SPECIMENS): void {
  const found = among.flatMap(({ name, secret }) =>
    [secret, encodeURIComponent(secret), secret.replaceAll('\n', '\\n')].flatMap((form) => {
      const at = text.indexOf(form);
      return at === -1 ? [] : [`${name}: …${text.slice(Math.max(0, at - 60), at + form.length)}`];
    }),
  );
  expect(found, where).toEqual([]);
}

/** The texts of all files below `folder`, by path; not those that hold the user's code as it is. */
async function readTexts(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = new Map<string, string>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !/\/index\/|\/patches\//.test(path)) texts.set(path, await readFile(path, 'utf8'));
  }
  return texts;
}

/** A service whose answers and failures are full of secrets; the n-th path gives the n-th of them. */
async function startLeaky() {
  return startTarget((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const { text = '', secret = '' } = SPECIMENS[Number(pathname.slice(2))] ?? {};
    response.writeHead(500, {
      'content-type': 'text/plain',
      'set-cookie': `sid=${encodeURIComponent(secret)}; Path=/`,
      'x-trace': encodeURIComponent(secret),
    });
    response.end(`it failed: ${text}`);
  });
}

const one = (text: string) => JSON.stringify(text);

test('what a service answers comes out of a run nowhere: files, reports in each format, answers, resources', async () => {
  const { url } = await startLeaky();
  const tools = await openTools();
  const items = SPECIMENS.map(
    ({ secret }, at) =>
      `- call:\n    url: ${one(`${url}/a${at}?access_token=${encodeURIComponent(secret)}`)}\n    headers: { Authorization: ${one(`Bearer ${secret.replaceAll('\n', '')}`)}, X-Note: ${one(`password=${secret.replaceAll('\n', '')}`)} }\n    method: POST\n    body: ${one(JSON.stringify({ user: 'ann', password: secret }))}\n  expect: { status: 200 }`,
  );
  await writeFile(join(tools.workspace, 's.yaml'), `title: T\nitems:\n${items.join('\n')}\n`);
  const texts = [await tools.call('scenario_run', { file: 's.yaml', parallel: 64, wait_seconds: 120 })];
  expect(texts[0]).toContain(`${SPECIMENS.length} fail`);
  for (const view of ['summary', 'full', 'failures', 'item', 'compare', 'suggest_slos']) {
    const more = view === 'item' ? { item: 'item-3' } : view === 'compare' ? { compare_to: 'latest' } : {};
    texts.push(
      await tools.call('run_report', { run_id: 'latest', view, ...more }).catch((error) => error.message),
    );
  }
  for (const format of ['markdown', 'json', 'html', 'junit']) {
    const output = `out/${format}.txt`;
    texts.push(await tools.call('run_report', { run_id: 'latest', format, output }));
    texts.push(await readFile(join(tools.workspace, output), 'utf8'));
  }
  texts.push(await tools.call('review_code', { run_id: 'latest', format: 'sarif', output: 'out/r.sarif' }));
  for (const [at, text] of texts.entries()) expectNoSecret(text, `answer ${at}`);
  const files = await readTexts(join(tools.workspace, '.breakwater'));
  expect([...files.keys()].map((path) => path.split('/').at(-1))).toEqual(
    expect.arrayContaining([
      'run.json',
      'samples.ndjson',
      'scenario.yaml',
      'verdict.json',
      'report.md',
      'report.html',
      'brief.md',
    ]),
  );
  for (const [path, text] of files) expectNoSecret(text, path);
  expect([...files.values()].join('')).toContain('it failed: ');
  const store = openStore(tools.workspace);
  for (const family of RESOURCES) {
    for (const { uri } of await family.list(store)) {
      const [folder = '', id = '', file = ''] = uri.replace('breakwater://', '').split('/');
      const variable = /\{(\w+)\}/.exec(family.uriTemplate)?.[1] ?? '';
      expectNoSecret((await family.read({ [variable]: id, file }, store)) ?? '', `${folder}/${file}`);
    }
  }
});

test('a run whose call held a secret is not repeated as another call', async () => {
  const { url } = await startTarget();
  const tools = await openTools();
  const yaml = `title: T\nitems:\n- call: { url: "${url}/?access_token=t4711", method: GET }\n  expect: { status: 200 }\n`;
  await tools.call('scenario_run', { yaml, wait_seconds: 60 });
  await expect(tools.call('scenario_run', { run_id: 'latest' })).rejects.toThrow(
    'was not stored with this run',
  );
});

test('passwords that a document’s examples make are no secrets, and such a run can be repeated', async () => {
  const { url } = await startTarget();
  const tools = await openTools();
  const bodies = ['{"password":"string"}', '{"password":"pa$$word"}', '{"password":"{{uuid}}"}'];
  const items = bodies.map(
    (body) => `- call: { url: "${url}/", method: POST, body: ${one(body)} }\n  expect: { status: 200 }`,
  );
  const yaml = `title: T\nitems:\n${items.join('\n')}\n`;
  await tools.call('scenario_run', { yaml, wait_seconds: 60 });
  expect(await tools.call('scenario_run', { run_id: 'latest', wait_seconds: 60 })).toContain('3 pass');
});

test('what a service says while it is drilled comes out of the kept drills nowhere', async () => {
  const store = openStore(await makeTempFolder());
  const said = SPECIMENS.map(({ text }) => text).join('\n');
  const run = weakRun();
  const results = run.results.map((result) => ({
    ...result,
    problem: said,
    broke: said,
    acted: { value: true, evidence: said },
  }));
  await keepDrillRun({ ...run, id: 'drl_1', results }, store);
  await keepDrillAnswer('drl_1', { text: said, facts: { said }, next: [], verdict: null }, store);
  const files = await readTexts(store.folder);
  expect([...files.values()].join('')).toContain('***');
  for (const [path, text] of files) expectNoSecret(text, path);
});

/** A project with each specimen in a comment and in a text, beside code that has findings. */
async function makeProject(config = '') {
  const tools = await openTools(config);
  const lines = SPECIMENS.flatMap(({ text }, at) => [
    `// order ${at}: ${text.replaceAll('\n', '\n// ')}`,
    `export const order${at} = ${one(text)};`,
    `export async function pay${at}() { return fetch('http://127.0.0.1:9/pay'); }`,
  ]);
  await writeFile(join(tools.workspace, 'pay.js'), `${lines.join('\n')}\n`);
  await writeFile(join(tools.workspace, 'package.json'), '{"name":"shop","type":"module"}');
  await writeFile(join(tools.workspace, 'earlier.md'), SPECIMENS.map(({ text }) => text).join('\n\n'));
  return tools;
}

/** In code that is shown in pieces, keys of several lines begin and end anywhere. */
const ON_ONE_LINE = SPECIMENS.filter(({ text }) => !text.includes('\n'));

test('what stands in code comes out of searches, contexts, reviews and patches nowhere', async () => {
  const tools = await makeProject();
  const texts = [await tools.call('code_index')];
  for (const query of ['order', 'password', 'token secret key', 'pay']) {
    texts.push(await tools.call('code_search', { query, limit: 50 }));
  }
  for (const symbol of ['pay0', 'pay20', 'order30']) {
    texts.push(
      await tools.call('code_context', { symbol, budget_tokens: 7_000 }).catch((error) => error.message),
    );
  }
  const context_files = ['earlier.md'];
  for (const format of ['markdown', 'json', 'sarif', 'baseline']) {
    texts.push(await tools.call('review_code', { context_files, format, output: `out/${format}` }));
    texts.push(await readFile(join(tools.workspace, 'out', format), 'utf8'));
  }
  const findings = [...new Set(texts.join('\n').match(/fnd_[0-9a-f]{12}/g))].slice(0, 20);
  expect(findings.length).toBeGreaterThan(3);
  const edits = [{ file: 'pay.js', search: 'export const order10 =', replace: 'export const other =' }];
  texts.push(await tools.call('patch_propose', { edits }));
  texts.push(await tools.call('patch_propose', { finding_ids: findings }).catch((error) => error.message));
  for (const [at, text] of texts.entries())
    expectNoSecret(text, `answer ${at}: ${text.slice(0, 80)}`, ON_ONE_LINE);
  const files = await readTexts(join(tools.workspace, '.breakwater'));
  for (const [path, text] of files) expectNoSecret(text, path, ON_ONE_LINE);
  const store = openStore(tools.workspace);
  const patches = RESOURCES.find(({ name }) => name === 'patch-files');
  const listed = (await patches?.list(store)) ?? [];
  expect(listed.length).toBeGreaterThan(0);
  for (const { uri } of listed) {
    const [, id = '', file = ''] = uri.replace('breakwater://', '').split('/');
    expectNoSecret((await patches?.read({ patch_id: id, file }, store)) ?? '', uri, ON_ONE_LINE);
  }
});

/** An endpoint that keeps what it is sent. */
async function startModel() {
  const sent: string[] = [];
  const { url } = await startTarget((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      sent.push(text);
      const message = { role: 'assistant', content: '{"sections":[]}' };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, choices: [{ index: 0, message }] }),
      );
    });
  });
  return { url, sent };
}

test('neither a model nor an endpoint for embeddings is sent a secret', async () => {
  const [model, embeddings] = [await startModel(), await startFakeEmbeddings()];
  const config = `model: { base_url: "${model.url}/v1", model: m }\nembeddings: { base_url: "${embeddings.baseUrl}", model: e }\n`;
  const tools = await makeProject(config);
  await tools.call('review_code', { context_files: ['earlier.md'], model: 'configured' });
  await tools.call('code_index', { embeddings: 'configured' });
  for (const { text } of SPECIMENS.slice(0, 5)) await tools.call('code_search', { query: text });
  await embeddings.close();
  expect(model.sent.join('')).toContain('Earlier report earlier.md');
  expectNoSecret(model.sent.join('\n'), 'the model', ON_ONE_LINE);
  const embedded = embeddings.calls.flatMap(({ input }) => input);
  expect(embedded.length).toBeGreaterThan(50);
  expectNoSecret(embedded.join('\n'), 'embeddings', ON_ONE_LINE);
});

test.each(SPECIMENS)(
  'an error that quotes $name does not show it: in the log, in a terminal, to Toxiproxy’s clients',
  async ({ text }) => {
    const folder = await makeTempFolder();
    const file = join(folder, 'log');
    const log = openLog('debug', openSync(file, 'w'));
    log.error({ err: new Error(text), headers: { any: text } }, text);
    log.info(text);
    expectNoSecret(await readFile(file, 'utf8'), 'the log');
    expectNoSecret(new ApiError(400, `seen ${text}`).message, 'the answer');
    const written: string[] = [];
    const keep = (part: unknown) => Boolean(written.push(String(part)));
    const [out, err] = [process.stdout.write, process.stderr.write];
    Object.assign(process.stdout, { write: keep });
    Object.assign(process.stderr, { write: keep });
    try {
      for (const error of [
        toAppError(new Error(text)),
        new AppError('BAD_INPUT', text, { hint: text, details: { text } }),
      ]) {
        printError(error, true);
        printError(error, false);
      }
    } finally {
      Object.assign(process.stdout, { write: out });
      Object.assign(process.stderr, { write: err });
    }
    expect(written.join('')).toContain('***');
    expectNoSecret(written.join(''), 'the terminal');
  },
);

test('over MCP, what a user’s slip holds does not come back: arguments, files, breakwater.yaml', async () => {
  const workspace = await makeTempFolder();
  const all = ON_ONE_LINE.map(({ text }) => text);
  await writeFile(join(workspace, 'bad.yaml'), `title: T\nitems: [${one(all.join(' '))}]\n`);
  await writeFile(join(workspace, 'spec.json'), `{"openapi": ${one(all.join('\n'))}, "info": {`);
  const { call } = await startHost({ workspace });
  const calls: (readonly [string, object])[] = [
    ['scenario_run', { file: 'bad.yaml' }],
    ['scenario_generate', { spec: 'spec.json' }],
    ...all.flatMap((text): (readonly [string, object])[] => [
      ['proxy_open', { upstream: text }],
      ['scenario_generate', { spec: text }],
      ['fault_probe', { url: text, faults: [{ type: 'latency', mean: 1 }] }],
    ]),
  ];
  for (const [tool, args] of calls) {
    const { text, isError } = await call(tool, { ...args });
    expect(isError, text).toBe(true);
    expectNoSecret(text, tool);
  }
  for (const text of all.slice(0, 20)) {
    await writeFile(join(workspace, 'breakwater.yaml'), `spec: [${one(text)}]\n${text}: x\n`);
    expectNoSecret((await call('proxy_list')).text, 'breakwater.yaml');
    expectNoSecret((await call('scenario_generate', {})).text, 'breakwater.yaml');
  }
});
