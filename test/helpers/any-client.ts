import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as OldSse } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ToolAnswer } from './mcp-client.ts';

/** The SDK's 1.x client, and its 2.x client by how it finds the protocol. */
export type ClientKind = '1.x' | '2.x legacy' | '2.x auto' | '2.x 2026-07-28';
export type TransportKind = 'stdio' | 'http' | 'sse';

/** Where a server serves HTTP. */
export interface HttpPlace {
  /** Of Streamable HTTP. */
  readonly url: string;
  /** Of HTTP with SSE. */
  readonly sseUrl: string;
  readonly token: string;
}

/** How a server over stdio is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface CallOptions {
  readonly onProgress?: (progress: number, message: string) => void;
  readonly signal?: AbortSignal;
}

/** What all kinds of client can do. */
export interface AnyClient {
  listTools(): Promise<readonly string[]>;
  call(tool: string, args?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ToolAnswer>;
  close(): Promise<void>;
}

const IDENTITY = { name: 'test', version: '1' };
const CALL_LIMIT_MS = 120_000;
const MODES = {
  '2.x legacy': 'legacy',
  '2.x auto': 'auto',
  '2.x 2026-07-28': { pin: '2026-07-28' },
} as const;

/** Starts a server and connects a client to it over stdio. */
export function connectOverStdio(launch: Launch, kind: ClientKind): Promise<AnyClient> {
  const { command, args, cwd, env } = launch;
  const options = { command, args: [...args], cwd, env: { ...env }, stderr: 'inherit' as const };
  return kind === '1.x'
    ? connectOld(new OldStdio(options))
    : connectNew(kind, new StdioClientTransport(options));
}

/** Connects a client to a server that serves HTTP. */
export function connectOverHttp(
  { url, sseUrl, token }: HttpPlace,
  kind: ClientKind,
  transport: 'http' | 'sse' = 'http',
): Promise<AnyClient> {
  const init = { requestInit: { headers: { authorization: `Bearer ${token}` } } };
  if (kind === '1.x') {
    return connectOld(
      transport === 'sse' ? new OldSse(new URL(sseUrl), init) : new OldHttp(new URL(url), init),
    );
  }
  return connectNew(
    kind,
    transport === 'sse'
      ? new SSEClientTransport(new URL(sseUrl), init)
      : new StreamableHTTPClientTransport(new URL(url), init),
  );
}

async function connectOld(transport: OldStdio | OldHttp | OldSse): Promise<AnyClient> {
  const client = new OldClient(IDENTITY);
  await client.connect(transport);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}, { onProgress, signal } = {}) => {
      const result = await client.callTool({ name, arguments: { ...args } }, undefined, {
        timeout: CALL_LIMIT_MS,
        ...progressOption(onProgress),
        ...(signal === undefined ? {} : { signal }),
      });
      return toAnswer(result.content, result.isError, result.structuredContent);
    },
    close: () => client.close(),
  };
}

async function connectNew(
  kind: Exclude<ClientKind, '1.x'>,
  transport: StdioClientTransport | StreamableHTTPClientTransport | SSEClientTransport,
): Promise<AnyClient> {
  const client = new Client(IDENTITY, { versionNegotiation: { mode: MODES[kind] } });
  await client.connect(transport);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}, { onProgress, signal } = {}) => {
      const result = await client.callTool(
        { name, arguments: { ...args } },
        {
          timeout: CALL_LIMIT_MS,
          ...progressOption(onProgress),
          ...(signal === undefined ? {} : { signal }),
        },
      );
      return toAnswer(result.content, result.isError, result.structuredContent);
    },
    close: () => client.close(),
  };
}

interface Progress {
  readonly progress: number;
  readonly message?: string | undefined;
}

function progressOption(onProgress: CallOptions['onProgress']) {
  if (onProgress === undefined) return {};
  return { onprogress: ({ progress, message }: Progress) => onProgress(progress, message ?? '') };
}

function toAnswer(content: unknown, isError: unknown, structured: unknown): ToolAnswer {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const texts = parts.map((part) =>
    typeof part === 'object' && part !== null && 'text' in part ? String(part.text) : '',
  );
  return { text: texts.join('\n'), isError: isError === true, structured };
}
