import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** A conversation with Breakwater as a host has it, printed as it goes. */
export interface Conversation {
  /** Calls a tool, prints call and answer, waits for runs to end, and gives the text. Throws when the tool says no. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>;
  readResource(uri: string): Promise<string>;
  close(): Promise<void>;
}

interface HostConfig {
  readonly mcpServers: {
    readonly breakwater: { readonly command: string; readonly args: readonly string[] };
  };
}

const MAX_SHOWN_LINES = 60;
const CALL_TIMEOUT_MS = 60_000;

/** Starts the server by the command in mcp.json and connects the SDK's client to it. */
export async function converse(
  repository: string,
  env: Readonly<Record<string, string>>,
): Promise<Conversation> {
  const config = JSON.parse(readFileSync(`${repository}/mcp.json`, 'utf8')) as HostConfig;
  const { command, args } = config.mcpServers.breakwater;
  const client = new Client(
    { name: 'breakwater-demo', version: '1.0.0' },
    { capabilities: { elicitation: {} } },
  );
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    say('yellow', `  the server asks: ${params.message}`);
    say('yellow', '  the user answers: yes');
    return { action: 'accept', content: { confirm: true } };
  });
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    cwd: repository,
    env: { PATH: process.env.PATH ?? '', ...env },
    stderr: 'inherit',
  });
  await client.connect(transport);
  return {
    call: (tool, toolArgs) => callUntilEnd(client, tool, toolArgs),
    readResource: (uri) => readText(client, uri),
    close: () => client.close(),
  };
}

/** Prints a headline. */
export function headline(text: string): void {
  process.stdout.write(`\n${styleText(['bold', 'cyan'], `── ${text}`)}\n`);
}

async function callUntilEnd(
  client: Client,
  tool: string,
  args: Readonly<Record<string, unknown>>,
): Promise<string> {
  let text = await callOnce(client, tool, args);
  // A run that outlives its call names the next call; a host's model does the same.
  for (let again = stillRunning(text); again !== null; again = stillRunning(text)) {
    text = await callOnce(client, 'run_report', { run_id: again });
  }
  return text;
}

async function callOnce(
  client: Client,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<string> {
  say('bold', `\n▸ ${name} ${JSON.stringify(args)}`);
  let last = '';
  const result = await client.callTool({ name, arguments: { ...args } }, undefined, {
    timeout: CALL_TIMEOUT_MS,
    onprogress: ({ message }) => {
      if (message !== undefined && message !== last && process.stdout.isTTY) say('dim', `  … ${message}`);
      last = message ?? last;
    },
  });
  const content = Array.isArray(result.content) ? result.content : [];
  const text = content
    .map((part: { readonly text?: unknown }) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');
  show(text);
  if (result.isError === true) throw new Error(`${name} answered with an error`);
  return text;
}

async function readText(client: Client, uri: string): Promise<string> {
  const { contents } = await client.readResource({ uri });
  const [first] = contents;
  return first !== undefined && 'text' in first && typeof first.text === 'string' ? first.text : '';
}

function stillRunning(text: string): string | null {
  return /^(\w+) is still running/.exec(text)?.[1] ?? null;
}

function show(text: string): void {
  const lines = text.split('\n');
  const shown = lines.slice(0, MAX_SHOWN_LINES).map((line) => `  ${line}`);
  const rest = lines.length > MAX_SHOWN_LINES ? [`  … ${lines.length - MAX_SHOWN_LINES} more lines`] : [];
  process.stdout.write(`${[...shown, ...rest].join('\n')}\n`);
}

function say(style: 'bold' | 'dim' | 'yellow', text: string): void {
  process.stdout.write(`${styleText(style, text)}\n`);
}
