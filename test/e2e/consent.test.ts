import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { startHttpServer } from '../helpers/http-server.ts';
import { readLaunch, repository, startHost } from '../helpers/mcp-client.ts';
import { runShell } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** TEST-NET-1 (RFC 5737): nobody is there, and an open proxy to which nobody connects sends nothing. */
const FAR = '192.0.2.1';
const open = { upstream: `psql://${FAR}:5432`, name: 'db' };
const scenario = `title: T\nitems:\n- call: { url: http://${FAR}/a }\n  expect: { status: 200 }\n`;

async function prepare(approved: boolean): Promise<string> {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'breakwater.yaml'), `targets: { allow_hosts: ["${FAR}"] }\n`);
  const stateHome = join(workspace, '.home');
  const { file } = await loadConfig({ workspace, stateHome });
  if (approved && file !== null) await trust(stateHome, file, new Date());
  return workspace;
}

test('a host beyond this machine is named to the user, who agrees once for all calls to it', async () => {
  const { call, questions } = await startHost({ workspace: await prepare(false), answer: 'accept' });
  expect((await call('proxy_open', open)).text).toContain('db: listening on 127.0.0.1:');
  expect((await call('proxy_open', open)).text).toContain('faults replaced');
  expect(questions).toEqual([
    expect.stringMatching(/to 192\.0\.2\.1:5432, beyond this machine\? .*have not approved/),
  ]);
  expect((await call('proxy_open', { upstream: `${FAR}:6379` })).text).toContain('listening');
  expect(questions).toHaveLength(2);
});

test.each([[true], [false]])(
  'a no is respected each time, and nothing is asked about this machine (file approved: %s)',
  async (approved) => {
    const { call, questions } = await startHost({ workspace: await prepare(approved), answer: 'decline' });
    expect((await call('proxy_open', { upstream: '127.0.0.1:9' })).isError).toBe(false);
    expect(questions).toEqual([]);
    const calls = [
      ['proxy_open', open],
      ['scenario_run', { yaml: scenario }],
      ['fault_probe', { url: `http://${FAR}/a`, faults: ['latency:mean=10'] }],
      ['fault_probe', { url: 'http://127.0.0.1:9/', faults: ['latency:mean=10'], dependency: open.upstream }],
      ['scenario_generate', { spec: `http://${FAR}/openapi.json` }],
    ] as const;
    for (const [tool, args] of calls) {
      const { text, isError } = await call(tool, args);
      expect({ tool, text, isError }).toEqual({
        tool,
        text: 'The user did not agree. Nothing was done.',
        isError: true,
      });
    }
    expect(questions).toHaveLength(calls.length);
    expect((await call('scenario_run', { yaml: scenario, dry_run: true })).text).toContain(
      'Nothing was sent',
    );
  },
);

test('where the host cannot ask, an approved file is the yes, and without it the answer says what to type', async () => {
  const unasked = await startHost({ workspace: await prepare(false) });
  const { text, isError } = await unasked.call('proxy_open', open);
  expect(isError).toBe(true);
  expect(text).toMatch(/^CONSENT_NEEDED: 192\.0\.2\.1:5432 .* types in a terminal .*: breakwater trust$/);
  const approved = await startHost({ workspace: await prepare(true) });
  expect((await approved.call('proxy_open', open)).text).toContain('db: listening');
});

test('drills begin after a yes: the user reads what is started and broken', async () => {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'app.js'), "require('node:fs').writeFileSync('started', '');\n");
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    `app: { command: [node, app.js], ready: "http://127.0.0.1:{port}/" }
dependencies: { db: "psql://127.0.0.1:9" }
drills: { health: /health, load: [ { url: / } ], run: [ { kind: database_down, dependency: db } ] }
`,
  );
  const stateHome = join(workspace, '.home');
  const { file } = await loadConfig({ workspace, stateHome });
  if (file !== null) await trust(stateHome, file, new Date());
  const { call, questions } = await startHost({ workspace, answer: 'decline' });
  const { text } = await call('drill_run');
  expect(text).toBe('The user did not agree. Nothing was done.');
  expect(questions).toEqual([expect.stringMatching(/^Start the service with node app\.js, .*database_down/)]);
  expect((await readdir(workspace)).includes('started')).toBe(false);
  expect((await call('drill_run', { dry_run: true })).isError).toBe(false);
  expect(questions).toHaveLength(1);
});

test.each([['legacy'], ['auto']] as const)('the question reaches clients in mode %s', async (mode) => {
  const workspace = await prepare(false);
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } },
  );
  const questions: string[] = [];
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    questions.push(params.message);
    return { action: 'accept' as const, content: { confirm: true } };
  });
  const { command, args } = readLaunch();
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace, BREAKWATER_HOME: workspace };
  await client.connect(new StdioClientTransport({ command, args: [...args], cwd: repository, env }));
  onTestFinished(() => client.close());
  const answer = await client.callTool({ name: 'proxy_open', arguments: open });
  expect(JSON.stringify(answer.content)).toContain('db: listening');
  expect(questions).toHaveLength(1);
});

test.each([['legacy'], ['auto']] as const)(
  'the question reaches clients over HTTP in mode %s, and no to one is no yes of another',
  async (mode) => {
    const { url, token } = await startHttpServer({ workspace: await prepare(false) });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    const connect = async (action: 'accept' | 'decline') => {
      const client = new Client(
        { name: 'test', version: '1' },
        { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } },
      );
      client.setRequestHandler('elicitation/create', async () =>
        action === 'accept' ? { action, content: { confirm: true } } : { action },
      );
      await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
      onTestFinished(() => client.close());
      return client;
    };
    const [no, yes] = [await connect('decline'), await connect('accept')];
    const call = { name: 'proxy_open', arguments: open };
    expect(JSON.stringify(await no.callTool(call))).toContain('The user did not agree.');
    expect(JSON.stringify(await yes.callTool(call))).toContain('db: listening');
  },
);

test('the question reaches a client of the 1.x SDK over HTTP', async () => {
  const { url, token } = await startHttpServer({ workspace: await prepare(false) });
  const client = new OldClient({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
  const questions: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    questions.push(params.message);
    return { action: 'accept' as const, content: { confirm: true } };
  });
  const transport = new OldHttp(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const answer = await client.callTool({ name: 'proxy_open', arguments: open });
  expect(JSON.stringify(answer)).toContain('db: listening');
  expect(questions).toEqual([expect.stringContaining('192.0.2.1:5432, beyond this machine?')]);
});

test('in a shell the user agrees by --yes, or has approved the file', async () => {
  const workspace = await prepare(false);
  await writeFile(join(workspace, 'far.yaml'), scenario);
  const asked = await runShell(workspace, ['run', 'far.yaml']);
  expect(asked.status).toBe(2);
  expect(asked.stderr).toMatch(/192\.0\.2\.1, beyond this machine\?.*add --yes/s);
});
