import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const NAME = { type: 'object', required: ['name'], properties: { name: { const: 'from-afar' } } };

/** A service whose document refers to `ref`; `others` answers for the rest. */
async function generateWith(ref: string, others: Readonly<Record<string, () => [number, string, string?]>>) {
  const asked: string[] = [];
  const { url } = await startTarget((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const content = { 'application/json': { schema: { $ref: ref } } };
    const put = { requestBody: { required: true, content }, responses: { 200: { description: 'ok' } } };
    const spec = { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': { put } } };
    const [status, body, location] = others[path]?.() ?? [200, JSON.stringify(spec)];
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text, isError } = await call('scenario_generate', {
    spec: `${url}/openapi.json`,
    shapes: ['jitter'],
  });
  return { text, isError, asked };
}

test('a reference to an allowed host is read, beside the document', async () => {
  const { text, asked } = await generateWith('schemas.json#/Name', {
    '/schemas.json': () => [200, JSON.stringify({ Name: NAME })],
  });
  expect(asked).toEqual(['/openapi.json', '/schemas.json']);
  expect(text).toContain('from-afar');
  expect(text).not.toContain('Left out');
});

test('a redirect is not followed, and the answer says so', async () => {
  const { text, isError, asked } = await generateWith('moved.json#/Name', {
    '/moved.json': () => [302, '', '/schemas.json'],
    '/schemas.json': () => [200, JSON.stringify({ Name: NAME })],
  });
  expect(isError).toBe(false);
  expect(asked).toEqual(['/openapi.json', '/moved.json']);
  expect(text).toContain('it answers 302, a redirect, which is not followed');
});

test('a host that is not allowed is not asked, and the answer says who can allow it', async () => {
  const { text, isError } = await generateWith('http://192.0.2.1/schemas.json#/Name', {});
  expect(isError).toBe(false);
  expect(text).toContain('"192.0.2.1" is not an allowed target');
  expect(text).toContain('allow_hosts: [192.0.2.1]');
});
