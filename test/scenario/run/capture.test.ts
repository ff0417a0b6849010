import type { OutgoingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { runSetup } from '../../../src/scenario/run/setup.ts';
import type { SetupCall } from '../../../src/types.ts';
import { startTarget } from '../../helpers/http-target.ts';

type Capture = SetupCall['capture'];

/** What is captured from an answer with these headers and this body. */
async function captureFrom(capture: Capture, headers: OutgoingHttpHeaders, body: string, status = 201) {
  const { url } = await startTarget((_request, response) => response.writeHead(status, headers).end(body));
  const call = { method: 'POST', url: `${url}/users`, headers: {}, body: '{}', timeoutMs: 5_000 } as const;
  const { signal } = new AbortController();
  const deps = { seed: 1, key: 'k', signal };
  return runSetup([{ ...call, operationId: null, capture }], {}, deps);
}

const GUESS: Capture = { user_id: ['/id', '/user_id', 'header.Location'] };

test.each([
  ['/users/42', '42'],
  ['/users/42/', '42'],
  ['http://127.0.0.1:8000/v1/users/a%20b?view=full#top', 'a b'],
  ['7', '7'],
])('the last segment of Location %s is captured where there is no body', async (location, value) => {
  expect(await captureFrom(GUESS, { location }, '')).toMatchObject({
    obstacle: null,
    values: { user_id: value },
  });
});

test('a redirect after a POST is not followed, and its Location is captured', async () => {
  const { obstacle, values } = await captureFrom(GUESS, { location: '/users/9' }, '', 303);
  expect({ obstacle, values }).toEqual({ obstacle: null, values: { user_id: '9' } });
});

test.each([
  ['{"id":1,"user_id":2}', '1'],
  ['{"user_id":2}', '2'],
  ['{"id":null,"user_id":2}', '2'],
  ['{"name":"x"}', '3'],
])('of %s the first place that holds a value counts', async (body, value) => {
  const { values } = await captureFrom(GUESS, { location: '/users/3' }, body);
  expect(values).toEqual({ user_id: value });
});

test('a value in none of the places is an obstacle that names them', async () => {
  const { obstacle } = await captureFrom(GUESS, {}, '{"name":"x"}');
  expect(obstacle?.message).toBe(
    'the setup call POST /users answered without a value at "/id" or "/user_id" or "header.Location" for {user_id}',
  );
  const root = await captureFrom({ id: 'header.Location' }, { location: 'http://127.0.0.1/' }, '{}');
  expect(root.obstacle?.message).toContain('"header.Location"');
});

test('another header is taken as it is', async () => {
  const { values } = await captureFrom({ etag: 'header.ETag' }, { etag: '"a/b"' }, '');
  expect(values).toEqual({ etag: '"a/b"' });
});
