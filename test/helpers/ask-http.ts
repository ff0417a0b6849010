import { request as httpRequest } from 'node:http';

/** A message that any server answers. */
export const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });

/** What a request says; a POST of JSON to /mcp unless it says otherwise. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request as any program could send it; `fetch` would not let Host and Origin be chosen. */
export function ask(url: string, { method = 'POST', path = '/mcp', headers = {}, body }: Asked) {
  const { port } = new URL(url);
  const all = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  };
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: all }, async (answer) => {
        let text = '';
        for await (const part of answer) text += String(part);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}
