import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { repository, startHost, type TestHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

let host: TestHost;

beforeEach(async () => {
  const workspace = await makeTempFolder();
  await cp(join(repository, 'examples/orders'), workspace, { recursive: true });
  host = await startHost({ workspace });
});

test('the code is indexed with its routes', async () => {
  const { text } = await host.call('code_index');
  expect(text).toMatch(/Routes: 6 express/);
  expect(text).toMatch(/- GET \/orders\/\{order_id\} → src\/routes\/orders\.js:\d+/);
});

test('an operation is answered with its handler, what it calls, and the clients without a time limit', async () => {
  const { text } = await host.call('code_context', { method: 'GET', path: '/orders/{order_id}' });
  expect(text).toMatch(/^Handler: src\/routes\/orders\.js:\d+-\d+/);
  expect(text).toContain('payments.getCharge');
});

test('an operationId is found once a document has named it, and not before', async () => {
  const before = await host.call('code_context', { operation_id: 'getOrder' });
  expect(before.text).toMatch(/^No handler here: .*no OpenAPI document that was read here/);
  await host.call('scenario_generate', {
    spec: 'openapi.json',
    base_url: 'http://127.0.0.1:7100',
    shapes: ['latency_spike'],
  });
  const after = await host.call('code_context', { operation_id: 'getOrder' });
  expect(after.text).toMatch(/^Handler: src\/routes\/orders\.js:\d+-\d+/);
});

test('an operation that no code answers has no handler', async () => {
  const { text, isError } = await host.call('code_context', { method: 'DELETE', path: '/customers/{id}' });
  expect(isError).toBe(false);
  expect(text).toMatch(/^No handler here: .*Routes that were found: .*GET \/products/s);
});

test('words and names find code, a place that is not there is named', async () => {
  expect((await host.call('code_search', { query: 'create charge' })).text).toMatch(
    /src\/payments-client\.js:\d+/,
  );
  expect(await host.call('code_search', { query: 'charge', path: 'nowhere' })).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^NOT_FOUND: No indexed file lies at "nowhere"/),
  });
});

test('calls side by side do not take the index from each other', async () => {
  await host.call('code_index');
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => host.call('code_search', { query: 'charge' })),
  );
  for (const { isError, text } of answers) {
    expect(isError).toBe(false);
    expect(text).toContain('payments-client.js');
  }
});
