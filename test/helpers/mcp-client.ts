import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface HostOptions {
  readonly workspace: string;
  /** More flags of `serve`. */
  readonly flags?: readonly string[];
  /** How the user answers a question; without it the host cannot ask. */
  readonly answer?: 'accept' | 'decline';
  readonly env?: Readonly<Record<string, string>>;
}

export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: unknown;
}

/** A host with the SDK's 1.x client, connected to the server that mcp.json starts. */
export interface TestHost {
  readonly client: Client;
  readonly transport: StdioClientTransport;
  readonly questions: string[];
  call(tool: string, args?: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
}

/** The command in mcp.json. */
export function readLaunch(): { readonly command: string; readonly args: readonly string[] } {
  const config = JSON.parse(readFileSync(`${repository}/mcp.json`, 'utf8'));
  return config.mcpServers.breakwater;
}

/** Starts the server by the command in mcp.json; it ends with the test. */
export async function startHost(options: HostOptions): Promise<TestHost> {
  const { command, args } = readLaunch();
  const questions: string[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: options.answer === undefined ? {} : { elicitation: {} } },
  );
  if (options.answer !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      questions.push(params.message);
      return options.answer === 'accept'
        ? { action: 'accept', content: { confirm: true } }
        : { action: 'decline' };
    });
  }
  const env = {
    PATH: process.env.PATH ?? '',
    BREAKWATER_WORKSPACE: options.workspace,
    BREAKWATER_HOME: `${options.workspace}/.home`,
    ...options.env,
  };
  const transport = new StdioClientTransport({
    command,
    args: [...args, ...(options.flags ?? [])],
    cwd: repository,
    env,
    stderr: 'inherit',
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    transport,
    questions,
    async call(tool, toolArgs = {}) {
      const result = await client.callTool({ name: tool, arguments: { ...toolArgs } }, undefined, {
        timeout: 120_000,
      });
      const content = Array.isArray(result.content) ? result.content : [];
      const text = content
        .map((part: { readonly text?: unknown }) => (typeof part.text === 'string' ? part.text : ''))
        .join('\n');
      return { text, isError: result.isError === true, structured: result.structuredContent };
    },
  };
}
