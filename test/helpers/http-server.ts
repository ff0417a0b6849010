import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { readLaunch, repository } from './mcp-client.ts';
import { makeTempFolder } from './temp-folder.ts';

/** The token of servers that tests start. */
export const TOKEN = 'a-token-for-the-test';

export interface HttpServerOptions {
  readonly workspace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** A `serve --http` that listens. */
export interface StartedHttpServer {
  readonly child: ChildProcess;
  /** Where Streamable HTTP is served. */
  readonly url: string;
  /** Where HTTP with SSE is served. */
  readonly sseUrl: string;
  readonly token: string;
  /** The token that the server made and showed. */
  readonly shown: string | null;
  readonly workspace: string;
}

/** Starts `serve --http` by the command in mcp.json; it ends with the test. */
export async function startHttpServer(options: HttpServerOptions = {}): Promise<StartedHttpServer> {
  const { command, args } = readLaunch();
  const workspace = options.workspace ?? (await makeTempFolder());
  const env = options.env ?? { BREAKWATER_TOKEN: TOKEN };
  const child = spawn(command, [...args, '--http', '127.0.0.1:0', ...(options.flags ?? [])], {
    cwd: repository,
    env: { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes('serves MCP at') && env.BREAKWATER_TOKEN !== undefined) break;
    if (line.startsWith('bearer token: ')) break;
  }
  const url = /http:\/\/\S+/.exec(lines.join('\n'))?.[0] ?? '';
  const shown = /bearer token: (\S+)/.exec(lines.join('\n'))?.[1] ?? null;
  const sseUrl = new URL('/sse', url).href;
  return { child, url, sseUrl, token: env.BREAKWATER_TOKEN ?? shown ?? '', shown, workspace };
}
