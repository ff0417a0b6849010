import { expect, test } from 'vitest';
import type { Rule } from '../../../src/review/rule.ts';
import axiosDownload from '../../../src/review/rules/js-axios-download-without-limit.ts';
import fetchResult from '../../../src/review/rules/js-fetch-result-without-status.ts';
import pgPoolErrors from '../../../src/review/rules/js-pg-pool-without-error-listener.ts';
import metrics from '../../../src/review/rules/service-without-metrics.ts';
import { hitsIn } from './rule-testing.ts';

/** For each match, whether it is a lead until a run shows its harm. */
async function leadsIn(rule: Rule, code: string) {
  const hits = await hitsIn([rule], code, 'javascript');
  return hits.map(({ match }) => match.leadUntilMeasured === true);
}

const download = (code: string) => `import axios from 'axios';\n${code}`;
const get = (url: string) => `await axios.get(${url}, { responseType: 'arraybuffer', timeout: 9 });`;

test.each([
  [`app.post('/a', async (req, res) => { ${get('req.body.url')} });`, false],
  [`app.post('/a', async (req, res) => { const { url, name } = req.body; ${get('url')} });`, false],
  [`app.post('/a', async (ctx) => { const given = ctx.request.query; ${get('given.url')} });`, false],
  [`async function f(message) { ${get('message.mediaUrl')} }`, true],
  [`async function f(req, message) { const { id } = req.body; ${get('message.mediaUrl')} }`, true],
])('a download is a finding where a request gives its address: %s', async (code, isLead) => {
  expect(await leadsIn(axiosDownload, download(code))).toEqual([isLead]);
});

test.each([
  ['try { const r = await fetch(u); return await r.json(); } catch (error) { log(error); }', true],
  ['try { const r = await fetch(u); return await r.json(); } catch (error) { throw error; }', false],
  ['try { const r = await fetch(u); return await r.json(); } finally { end(); }', false],
  ['try { start(); } catch {} const r = await fetch(u); return r.json();', false],
  ['try { start(); } catch { const r = await fetch(u); return r.json(); }', false],
])('an answer is taken whatever its status where failures are taken too: %s', async (body, isLead) => {
  expect(await leadsIn(fetchResult, `async function f() { ${body} }`)).toEqual([isLead]);
});

test.each([
  ["import { adapt } from 'some-orm';\nconst db = adapt(pool);", true],
  ["import { adapt } from 'some-orm';\nconst db = adapt({ client: pool });", true],
  ["import { drizzle } from 'drizzle-orm/node-postgres';\nconst db = drizzle(pool);", false],
  ["import { adapt } from './orm.js';\nconst db = adapt(pool);", false],
  ["import { adapt } from 'some-orm';\nconst db = adapt(other);", false],
])('a pool whose errors nobody hears is a lead where a package gets it: %s', async (code, isLead) => {
  const pool = "import { Pool } from 'pg';\nconst pool = new Pool();\n";
  expect(await leadsIn(pgPoolErrors, `${pool}${code}`)).toEqual([isLead]);
});

test.each([
  ["app.get('/api/stats/summary', show);", true],
  ["app.get('/api/orders/stats', show);", false],
  ["app.get('/api/stats/:customer', show);", false],
])('a service without metrics is a lead where it may show counts of its own: %s', async (code, isLead) => {
  expect(await leadsIn(metrics, `import express from 'express';\nconst app = express();\n${code}`)).toEqual([
    isLead,
  ]);
});

const SEND = 'const r = await fetch(u); const data = await r.json(); return { data };';

test.each([
  [
    `class Bot { private async send(u) { ${SEND} }\n  async go() { const { data } = await this.send<{ ok: boolean }>(1); if (!data.ok) throw new Error(); } }`,
    0,
  ],
  [
    `async function send(u) { ${SEND} }\nasync function go() { const { data } = await send(1); if (data.error) throw data; }`,
    0,
  ],
  [
    `async function send(u) { ${SEND} }\nasync function go() { const { data } = await send(1); log.error(data); }`,
    1,
  ],
  [
    `export async function send(u) { ${SEND} }\nasync function go() { const a = await send(1); if (!a.ok) throw a; }`,
    1,
  ],
  [
    `class Bot { async send(u) { ${SEND} }\n  async go() { const { data } = await this.send(1); if (!data.ok) throw data; } }`,
    1,
  ],
])('an answer whose body all callers ask whether it worked needs no status: %s', async (code, count) => {
  const hits = await hitsIn([fetchResult], code, 'typescript');
  expect(hits).toHaveLength(count);
});
