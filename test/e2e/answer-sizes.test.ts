import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost, type TestHost } from '../helpers/mcp-client.ts';
import { runShell } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** About what a token of English, code or JSON takes. */
const CHARACTERS_PER_TOKEN = 4;
/** As a rule, and at most: what does not fit is paged, or a resource. */
const USUAL_TOKENS = 2_000;
const MOST_TOKENS = 8_000;

const OPERATIONS = 200;
const ITEMS = 60;
const FILES = 60;

function makeDocument(origin: string): string {
  const paths = Object.fromEntries(
    Array.from({ length: OPERATIONS }, (_, index) => [
      `/departments/{department_id}/resources-${index}`,
      {
        get: {
          operationId: `listResourcesOfDepartment${index}`,
          parameters: [{ name: 'department_id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { 200: { description: 'ok' } },
        },
      },
    ]),
  );
  const info = { title: 'Everything', version: '1' };
  return JSON.stringify({ openapi: '3.1.0', info, servers: [{ url: origin }], paths });
}

/** Each item is expected to answer otherwise than it does, in words that are long. */
function makeScenarios(origin: string): string {
  const item = (index: number) =>
    `- call: { url: "${origin}/departments/${index}/resources?name=${'x'.repeat(60)}" }\n  expect: { status: 204, response_time_under: 0.001 }\n`;
  return `title: Every department answers without a body, however long the title of the scenario is\nitems:\n${Array.from({ length: ITEMS }, (_, index) => item(index)).join('')}`;
}

/** Routes with several weaknesses each, and one handler that is far longer than a model wants to read. */
function makeModule(index: number): string {
  return `import express from 'express';
import axios from 'axios';
const app = express();
app.get('/departments/:id/resources-${index}', async (request, response) => {
  const first = await fetch('http://127.0.0.1:1/first-${index}');
  const second = await axios.get('http://127.0.0.1:1/second-${index}');
  response.json({ first: await first.json(), second: second.data });
});
`;
}

const BIG = `import express from 'express';
const app = express();
app.get('/big', async (request, response) => {
${Array.from({ length: 800 }, (_, index) => `  const value${index} = await fetch('http://127.0.0.1:1/part-${index}').then((answer) => answer.json());`).join('\n')}
  response.json({ done: true });
});
`;

async function startInLargeProject(workspace: string): Promise<TestHost> {
  const { url } = await startTarget();
  await mkdir(join(workspace, 'src'));
  const files = {
    'openapi.json': makeDocument(url),
    'fail.yaml': makeScenarios(url),
    'src/big.js': BIG,
    ...Object.fromEntries(
      Array.from({ length: FILES }, (_, index) => [`src/module-${index}.js`, makeModule(index)]),
    ),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text);
  const host = await startHost({ workspace });
  await host.call('scenario_generate', { spec: 'openapi.json', seed: 1 });
  await host.call('scenario_run', { file: 'fail.yaml', seed: 1 });
  await host.call('scenario_run', { file: 'fail.yaml', seed: 2 });
  return host;
}

type Call = readonly [tool: string, args: Readonly<Record<string, unknown>>];

const USUAL: readonly Call[] = [
  ['scenario_generate', { spec: 'openapi.json' }],
  ['scenario_run', { file: 'fail.yaml' }],
  ['scenario_run', { scenario_id: 'latest', dry_run: true }],
  ['run_report', {}],
  ['run_report', { format: 'text' }],
  ['run_report', { view: 'item', item: 'item-7' }],
  ['proxy_list', {}],
  ['code_index', {}],
  ['code_search', { query: 'departments resources' }],
  ['code_context', { method: 'GET', path: '/big' }],
  ['code_context', { method: 'GET', path: '/nowhere' }],
  ['code_context', { file: 'src/big.js' }],
  ['review_code', { run_id: 'latest' }],
  ['patch_propose', { edits: [{ file: 'src/module-1.js', search: 'first-1', replace: 'one' }] }],
  // What a model asked for by a slip, or that quotes what it sent.
  ['scenario_run', { file: 'x'.repeat(20_000) }],
  ['fault_probe', { url: 'x'.repeat(20_000), faults: [] }],
];

const LONG: readonly Call[] = [
  ['run_report', { view: 'full' }],
  ['run_report', { format: 'json' }],
  ['run_report', { view: 'slo' }],
  ['run_report', { view: 'compare', compare_to: 'latest' }],
  ['code_search', { query: 'departments resources', limit: 50 }],
  ['code_context', { method: 'GET', path: '/big', budget_tokens: 7_000 }],
  ['patch_propose', { files: [{ file: 'src/big.js', content: BIG.replaceAll('await', 'void') }] }],
];

test('every tool answers in about a page, and in what hosts take at most where more is asked for', async () => {
  const workspace = await makeTempFolder();
  const host = await startInLargeProject(workspace);
  const measure = async ([tool, args]: Call) => {
    const { text, isError } = await host.call(tool, args);
    return {
      call: `${tool} ${JSON.stringify(args).slice(0, 80)}`,
      tokens: text.length / CHARACTERS_PER_TOKEN,
      isError,
    };
  };
  const tooLong = [];
  for (const call of USUAL) {
    const seen = await measure(call);
    if (seen.tokens > USUAL_TOKENS) tooLong.push(seen);
  }
  for (const call of LONG) {
    const seen = await measure(call);
    expect(seen).toMatchObject({ isError: false });
    if (seen.tokens > MOST_TOKENS) tooLong.push(seen);
  }
  expect(tooLong).toEqual([]);

  // Page by page a host gets what a shell prints at once, whatever has run meanwhile.
  for (const format of ['markdown', 'json']) {
    const printed = await runShell(workspace, ['report', '--view', 'full', '--format', format]);
    let call: Record<string, unknown> | null = { view: 'full', format };
    let read = '';
    for (let page = 0; call !== null && page < 30; page += 1) {
      const { text } = await host.call('run_report', call);
      const next: string | undefined = /\n\nNext: run_report (\{.*\})$/.exec(text)?.[1];
      call = next === undefined ? null : (JSON.parse(next) as Record<string, unknown>);
      read += text.replace(/\s*… characters \d+ to \d+ of \d+\.\n\nNext: run_report .*$/, '');
    }
    expect(call).toBeNull();
    expect(read.replace(/\s+/g, '')).toBe(printed.stdout.replace(/\s+/g, ''));
  }
  const beyond = await host.call('run_report', { view: 'full', cursor: '99999999' });
  expect(beyond).toMatchObject({ isError: true, text: expect.stringContaining('beyond the end') });
}, 180_000);
