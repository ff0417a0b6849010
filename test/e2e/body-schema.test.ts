import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const SPEC = {
  openapi: '3.0.3',
  info: { title: 'Prices', version: '1' },
  paths: {
    '/price': {
      get: {
        operationId: 'read_price',
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': {
                schema: { type: 'object', properties: { unitPrice: { type: 'number', nullable: true } } },
              },
            },
          },
        },
      },
    },
  },
};

test('an answer is checked by the document that the scenario names, and again in a replay without it', async () => {
  const workspace = await makeTempFolder();
  let price = 'null';
  const { url } = await startTarget((_request, response) =>
    response.setHeader('content-type', 'application/json').end(`{"unitPrice":${price}}`),
  );
  await writeFile(join(workspace, 'spec.json'), JSON.stringify(SPEC));
  const { call } = await startHost({ workspace });
  const yaml = `
title: Prices stay prices
config: { spec: spec.json }
items:
- call: { url: ${url}/price, meta: { operation_id: read_price } }
  expect: { status: 200, body_matches_schema: true }
`;
  const good = await call('scenario_run', { yaml });
  expect(good.text).toMatch(/1 pass/);
  const id = /run_[0-9a-f]{16}/.exec(good.text)?.[0] ?? '';
  expect(await readFile(join(workspace, '.breakwater/runs', id, 'scenario.yaml'), 'utf8')).toContain(
    'unitPrice:',
  );
  price = '"free"';
  await writeFile(join(workspace, 'spec.json'), '{}');
  const bad = await call('scenario_run', { run_id: id });
  expect(bad.text).toMatch(/1 fail/);
  expect(bad.text).toContain('the body does not match the schema: /unitPrice must be number,null');
  const lost = await call('scenario_run', { yaml });
  expect(lost.text).toMatch(/1 inconclusive/);
});
