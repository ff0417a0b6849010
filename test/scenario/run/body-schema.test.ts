import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { readFault } from '../../../src/proxy/fault-schema.ts';
import { createProxyHost } from '../../../src/proxy/host.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import type { JsonSchema, Slo } from '../../../src/types.ts';
import { startTarget } from '../../helpers/http-target.ts';
import { ERRORS_UNDER_1, type ItemParts, LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario } from '../target.ts';

const proxies = createProxyHost();
afterAll(() => proxies.close());

const PRICES: JsonSchema = {
  type: 'object',
  required: ['items'],
  properties: {
    items: { type: 'array', items: { type: 'object', properties: { price: { type: 'number' } } } },
  },
};
const GOOD = '{"items":[{"price":1},{"price":2.5}]}';
const BAD = '{"items":[{"price":1},{"price":"free"}]}';

function answerWith(body: string, { type = 'application/json', status = 200 } = {}) {
  return (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status, { 'content-type': type }).end(body);
}

async function judge(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  parts: ItemParts = {},
  bodySchema: JsonSchema | null = PRICES,
) {
  const { url } = await startTarget(answer);
  const body = { bodyMatchesSchema: true, ...(bodySchema !== null && { bodySchema }) };
  const item = makeItem({ url: `${url}/prices`, ...parts, expect: { ...parts.expect, ...body } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps({ proxies }));
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  return result;
}

test('an answer that matches passes, and what was checked is reported', async () => {
  const { verdict, expectations } = await judge(answerWith(GOOD));
  expect(verdict.value).toBe('pass');
  expect(expectations).toEqual([
    { expected: 'a body that matches the schema', met: 1, calls: 1, judged: true },
  ]);
});

test('an answer that does not match fails, with the first mismatch named', async () => {
  const { verdict } = await judge(answerWith(BAD));
  expect(verdict).toEqual({
    value: 'fail',
    reasons: [
      {
        message: 'the body does not match the schema: /items/1/price must be number, also without any fault',
        cause: 'target',
        remedy: null,
      },
    ],
  });
});

test('a service that answers half of it only while a fault acts fails by its own doing', async () => {
  let calls = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    calls += 1;
    answerWith(calls === 1 ? GOOD : '{}')(request, response);
  };
  const { verdict } = await judge(answer, { faults: [readFault({ type: 'latency', mean: 20 })] });
  expect(verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'target' }] });
  expect(verdict.reasons[0]?.message).toBe(
    "the body does not match the schema: it must have required property 'items'",
  );
});

test('a body that the proxy put there is put down to the fault', async () => {
  const fault = readFault({
    type: 'httperror',
    status_code: 200,
    body: '{}',
    headers: { 'Content-Type': 'application/json' },
  });
  const { verdict } = await judge(answerWith(GOOD), { faults: [fault] });
  expect(verdict).toMatchObject({ value: 'fail', reasons: [{ cause: 'injected' }] });
});

test('under load one answer in ten that does not match fails, with the share', async () => {
  let calls = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    calls += 1;
    answerWith(calls % 10 === 0 ? BAD : GOOD)(request, response);
  };
  const slos: readonly Slo[] = [ERRORS_UNDER_1];
  const strategy = { ...LOAD, durationMs: 1_000, clients: 4, baseline: false };
  const { verdict } = await judge(answer, { strategy, slos, context: { preflight: false } });
  expect(verdict).toMatchObject({ value: 'fail' });
  expect(verdict.reasons[0]?.message).toContain('/items/1/price must be number (4 of 40 answers)');
});

test('an honest error is not checked: only successes have to match', async () => {
  const { verdict } = await judge(answerWith('{"detail":"later"}', { status: 503 }), {
    expect: { statuses: [200, 503] },
  });
  expect(verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: 'no successful answer had a body to check against the schema' }],
  });
});

test.each([
  [answerWith('<p>', { type: 'text/html; charset=utf-8' }), 'the answer is text/html'],
  [answerWith(`"${'x'.repeat(1_100_000)}"`), 'the answer has 1100002 bytes'],
])('what cannot be checked is inconclusive, and says why: %#', async (answer, why) => {
  const { verdict } = await judge(answer);
  expect(verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: `the body was not checked against the schema: ${why}` }],
  });
});

test('text that claims to be JSON and is none does not match', async () => {
  const { verdict } = await judge(answerWith('{"items":['));
  expect(verdict.reasons[0]?.message).toContain('it is not JSON, though its content type says so');
});

test.each([
  [null, 'body_matches_schema has no schema to check by'],
  [{ type: 'objekt' }, 'the body was not checked against the schema: the schema cannot be used'],
])('without a schema that can be used it is inconclusive: %j', async (schema, message) => {
  const { verdict } = await judge(answerWith(GOOD), {}, schema);
  expect(verdict).toMatchObject({ value: 'inconclusive', reasons: [{ message }] });
});
