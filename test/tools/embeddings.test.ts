import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig, readSurroundings } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import codeIndex from '../../src/tools/code-index.ts';
import codeSearch from '../../src/tools/code-search.ts';
import { isQuestion } from '../../src/tools/session/answer.ts';
import { openSession, type Session } from '../../src/tools/session/session.ts';
import type { ToolContext } from '../../src/tools/tool.ts';
import { trust } from '../../src/trust.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { type FakeEmbeddings, startFakeEmbeddings } from '../rag/helpers/fake-embeddings.ts';
import { fixture } from '../rag/helpers/index-fixture.ts';

let server: FakeEmbeddings;
let session: Session;
let workspace: string;

beforeEach(async () => {
  server = await startFakeEmbeddings();
  workspace = await makeTempFolder();
  await cp(fixture('express'), workspace, { recursive: true });
  const stateHome = await makeTempFolder();
  session = openSession({ ...readSurroundings({ workspace }), stateHome }, openLog('silent'));
});
afterEach(async () => {
  await session.close();
  await server.close();
});

function context(granted: ReadonlySet<string> = new Set()): ToolContext {
  return { session, signal: new AbortController().signal, onProgress: () => undefined, granted };
}

async function configure(baseUrl: string): Promise<void> {
  const entry = `embeddings: { base_url: "${baseUrl}", model: small }\n`;
  await writeFile(join(workspace, 'breakwater.yaml'), entry);
}

test('an endpoint on this machine is used without a question, and the answer says what was sent where', async () => {
  await configure(server.baseUrl);
  const answer = await codeIndex.run({ embeddings: 'configured' }, context());
  if (isQuestion(answer)) throw new Error('asked');
  expect(answer.text).toContain(`goes to ${new URL(server.baseUrl).host} for embeddings by small`);
  const found = await codeSearch.run({ query: 'who is calling', limit: 5 }, context());
  if (isQuestion(found)) throw new Error('asked');
  expect(found.text).toContain('near in meaning');
  expect(found.next[0]).toMatchObject({ tool: 'code_context' });
});

test('nothing is sent without being asked for', async () => {
  await configure(server.baseUrl);
  await codeIndex.run({ embeddings: 'none' }, context());
  await codeSearch.run({ query: 'orders', limit: 5 }, context());
  expect(server.calls).toEqual([]);
});

test('another host in breakwater.yaml needs trust first, and then a yes that names it', async () => {
  // RFC 5737 §3: an address of documentation; nothing is sent to it here.
  await configure('http://192.0.2.7:9/v1');
  const run = () => codeIndex.run({ embeddings: 'configured' }, context());
  await expect(run()).rejects.toMatchObject({ code: 'NOT_TRUSTED' });
  const { file, stateHome } = await loadConfig(session.surroundings);
  await trust(stateHome, file!, new Date());
  const asked = await run();
  expect(isQuestion(asked) ? asked.question.message : '').toMatch(/goes to 192\.0\.2\.7:9 for embeddings/);
});

test('a metadata address is never sent to', async () => {
  await configure('http://169.254.169.254/v1');
  const { file, stateHome } = await loadConfig(session.surroundings);
  await trust(stateHome, file!, new Date());
  const run = codeIndex.run({ embeddings: 'configured' }, context());
  await expect(run).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
});

test('embeddings that nobody has configured are bad input with the lines to add', async () => {
  const run = codeIndex.run({ embeddings: 'configured' }, context());
  await expect(run).rejects.toMatchObject({ code: 'BAD_INPUT', hint: expect.stringContaining('base_url') });
});
