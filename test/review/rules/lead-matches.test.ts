import { expect, test } from 'vitest';
import type { Rule } from '../../../src/review/rule.ts';
import axiosDownload from '../../../src/review/rules/js-axios-download-without-limit.ts';
import fetchResult from '../../../src/review/rules/js-fetch-result-without-status.ts';
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
