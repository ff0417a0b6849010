import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { checkClaims } from '../../src/review/cited-claims.ts';
import { type ModelEndpoint, writeSections } from '../../src/review/llm.ts';
import { renderModelPart } from '../../src/review/report/model-sections.ts';
import { startTarget } from '../helpers/http-target.ts';

const FACTS = {
  ids: new Set(['fnd_1', 'item-1', 'run_1']),
  lines: [{ file: 'src/pay.js', startLine: 10, endLine: 20 }],
};
const claim = (text: string, ...cites: string[]) => ({ text, cites });
const answerOf = (...claims: object[]) => JSON.stringify({ sections: [{ heading: 'Root causes', claims }] });
const { signal } = new AbortController();

interface Asked {
  readonly url: string;
  readonly authorization: string;
  readonly body: { readonly model: string; readonly messages: readonly { readonly content: string }[] };
}

/** An endpoint that answers as recorded from an OpenAI-compatible server, and keeps what it was asked. */
async function startModel(answer: (response: ServerResponse, attempt: number) => void) {
  const asked: Asked[] = [];
  const { url } = await startTarget((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const authorization = request.headers.authorization ?? '';
      asked.push({ url: request.url ?? '', authorization, body: JSON.parse(text) });
      answer(response, asked.length);
    });
  });
  const endpoint: ModelEndpoint = { baseUrl: `${url}/v1`, model: 'small', apiKey: 'k1', timeoutMs: 20_000 };
  return { endpoint, asked };
}

function complete(response: ServerResponse, content: string): void {
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'small', choices }));
}

test('the brief goes to the endpoint, and claims come back with their citations', async () => {
  const said = answerOf(claim('The call has no limit.', 'fnd_1', 'src/pay.js:12'));
  const { endpoint, asked } = await startModel((response) =>
    complete(response, `Sure:\n\`\`\`json\n${said}\n\`\`\``),
  );
  const { sections, dropped } = await writeSections('# Brief\nfnd_1', FACTS, endpoint, signal);
  expect(sections).toEqual([
    {
      heading: 'Root causes',
      claims: [{ text: 'The call has no limit.', cites: ['fnd_1', 'src/pay.js:12'] }],
    },
  ]);
  expect(dropped).toBe(0);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    url: '/v1/chat/completions',
    authorization: 'Bearer k1',
    body: { model: 'small' },
  });
  expect(asked[0]?.body.messages.at(-1)?.content).toBe('# Brief\nfnd_1');
});

test.each([
  ['nothing', []],
  ['an id that is not there', ['fnd_9']],
  ['one of two that is not there', ['fnd_1', 'fnd_9']],
  ['a file that was not shown', ['src/other.js:12']],
  ['lines that were not shown', ['src/pay.js:12-40']],
  ['lines the wrong way round', ['src/pay.js:18-12']],
  ['prose', ['the code']],
])('a claim that cites %s is dropped and counted', (_name, cites) => {
  const checked = checkClaims(answerOf(claim('wrong', ...cites), claim('right', 'item-1')), FACTS);
  expect(checked).toEqual({
    sections: [{ heading: 'Root causes', claims: [claim('right', 'item-1')] }],
    dropped: 1,
  });
});

test('a run and its item may be cited in one', () => {
  expect(checkClaims(answerOf(claim('seen', 'run_1 item-1')), FACTS).dropped).toBe(0);
});

test('an endpoint that fails for a moment is asked again', async () => {
  const { endpoint, asked } = await startModel((response, attempt) => {
    if (attempt > 1) return complete(response, answerOf(claim('a', 'fnd_1')));
    response.writeHead(503, { 'retry-after-ms': '1' }).end('{}');
  });
  expect((await writeSections('b', FACTS, endpoint, signal)).sections).toHaveLength(1);
  expect(asked).toHaveLength(2);
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ['refuses', (response) => response.writeHead(401).end('{}'), 'it answers 401'],
  ['talks instead of answering', (response) => complete(response, 'I think so.'), 'not the JSON'],
  ['gives another form', (response) => complete(response, '{"sections":[{"title":"x"}]}'), 'not the JSON'],
  ['says nothing', (response) => complete(response, ''), 'its answer is empty'],
  ['breaks off', (response) => response.destroy(), 'cannot be reached'],
])('one that %s is an error that names it', async (_name, answer, why) => {
  const { endpoint } = await startModel(answer);
  await expect(writeSections('b', FACTS, endpoint, signal)).rejects.toMatchObject({
    code: 'MODEL_FAILED',
    message: expect.stringContaining(why),
  });
});

test('the brief does not follow a redirect to another host', async () => {
  const other = await startModel((response) => complete(response, answerOf(claim('a', 'fnd_1'))));
  const { endpoint } = await startModel((response) => {
    response.writeHead(307, { location: `${other.endpoint.baseUrl}/chat/completions` }).end();
  });
  await expect(writeSections('b', FACTS, endpoint, signal)).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  expect(other.asked).toHaveLength(0);
});

test('one that stays silent is given up after its limit', async () => {
  const { endpoint } = await startModel(() => undefined);
  const silent = { ...endpoint, timeoutMs: 50 };
  await expect(writeSections('b', FACTS, silent, signal)).rejects.toThrow('no answer within 0.05 s');
});

test("a model's text is shown as data, with its citations", () => {
  const text = renderModelPart({
    writtenBy: 'small at 127.0.0.1',
    sections: [{ heading: '# Big', claims: [claim('<script>alert(1)</script> [x](http://e)', 'fnd_1')] }],
    dropped: 2,
  });
  expect(text).not.toContain('<script>');
  expect(text).toContain('\\[x\\]');
  expect(text).toContain('`fnd_1`');
  expect(text).toContain('2 claims without a citation that holds were left out');
});
