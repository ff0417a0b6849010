import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { readLaunch, repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

test.each([['legacy'], ['auto']] as const)(
  'a question reaches the user and a no is respected in mode %s',
  async (mode) => {
    const workspace = await makeTempFolder();
    const home = await makeTempFolder();
    await writeFile(join(workspace, 'app.js'), 'const limit = 1;\n');
    await writeFile(join(workspace, 'breakwater.yaml'), 'app: { command: [node, app.js] }\n');
    const { file } = await loadConfig({ workspace, stateHome: home });
    await trust(home, file!, new Date());
    const questions: string[] = [];
    const client = new Client(
      { name: 'test', version: '1' },
      { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } },
    );
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      questions.push(params.message);
      return { action: 'decline' as const };
    });
    const { command, args } = readLaunch();
    const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace, BREAKWATER_HOME: home };
    await client.connect(
      new StdioClientTransport({ command, args: [...args], cwd: repository, env, stderr: 'inherit' }),
    );
    onTestFinished(() => client.close());
    await client.callTool({
      name: 'patch_propose',
      arguments: { edits: [{ file: 'app.js', search: 'limit = 1', replace: 'limit = 2' }] },
    });
    const answer = await client.callTool({ name: 'patch_verify', arguments: { patch_id: 'latest' } });
    expect(questions).toEqual([expect.stringMatching(/It changes app\.js\./)]);
    expect(answer).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^The user did not agree/) }],
    });
  },
);
