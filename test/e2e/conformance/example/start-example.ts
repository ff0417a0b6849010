import { randomBytes } from 'node:crypto';
import { createRequestStateCodec, McpServer } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { serveOverHttp } from '../../../../src/transport/http.ts';
import { registerAskingTools } from './asking-tools.ts';
import { registerContent } from './content.ts';
import { registerPrompts } from './prompts.ts';
import { registerTalkingTools } from './talking-tools.ts';

/** Names what the suite calls, in the words in which it asks for it; the state of questions is signed. */
function buildExample(): McpServer {
  const state = createRequestStateCodec<string>({ key: STATE_KEY });
  const server = new McpServer(
    { name: 'example', version: '1' },
    {
      capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, logging: {} },
      requestState: { verify: state.verify },
    },
  );
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
    server.server.setRequestHandler(method, () => ({}));
  registerContent(server);
  registerPrompts(server);
  registerTalkingTools(server);
  registerAskingTools(server, state);
  return server;
}

const STATE_KEY = randomBytes(32);

/** Serves, over the transport of the product, the tools, prompts and resources that the suite asks for. */
export async function startExample(): Promise<{ readonly url: string; readonly token: string }> {
  const token = 'example';
  // The suite sends much that is wrong on purpose.
  const onError = () => undefined;
  const service = await serveOverHttp(buildExample, { host: '127.0.0.1', port: 0, token, onError });
  onTestFinished(() => service.close());
  return { url: service.url, token };
}
