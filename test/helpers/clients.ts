import { onTestFinished } from 'vitest';
import {
  type AnyClient,
  type ClientKind,
  connectOverHttp,
  connectOverStdio,
  type HttpPlace,
  type TransportKind,
} from './any-client.ts';
import { startHttpServer } from './http-server.ts';
import { readLaunch, repository } from './mcp-client.ts';

/** Starts a server for `workspace` and connects a client to it; both end with the test. */
export async function connectAny(
  kind: ClientKind,
  transport: TransportKind,
  workspace: string,
): Promise<AnyClient> {
  if (transport !== 'stdio') return connectTo(await startHttpServer({ workspace }), kind, transport);
  const env = { PATH: process.env.PATH ?? '', BREAKWATER_WORKSPACE: workspace };
  return closeAfterTest(await connectOverStdio({ ...readLaunch(), cwd: repository, env }, kind));
}

/** Connects a client that ends with the test. */
export async function connectTo(
  place: HttpPlace,
  kind: ClientKind,
  transport: 'http' | 'sse' = 'http',
): Promise<AnyClient> {
  return closeAfterTest(await connectOverHttp(place, kind, transport));
}

function closeAfterTest(client: AnyClient): AnyClient {
  onTestFinished(() => client.close());
  return client;
}
