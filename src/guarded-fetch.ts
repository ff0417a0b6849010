import { Agent, buildConnector, fetch as send } from 'undici';
import { guardTarget, TARGET_REFUSED } from './target-guard.ts';

/** What is sent: the part of `RequestInit` that is needed here; the body is text. */
export type GuardedFetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** An answer longer than this is an error: embeddings of a large batch have some 10 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const WITHOUT_BODY = [204, 205, 304];

/** One agent for each list of hosts: its connections are kept for the next request. */
const agents = new Map<string, Agent>();

/**
 * Gives a `fetch` that connects to this machine and to `allowHosts` only, and never to a metadata service, whatever
 * a name resolves to when it connects. Redirects are an error, since a key would go with them; answers are read up
 * to 64 MiB.
 */
export function fetchWithin(allowHosts: readonly string[]): GuardedFetch {
  const dispatcher = agentFor(allowHosts);
  return async (url, { method = 'GET', headers, body, signal } = {}) => {
    if (body !== undefined && body !== null && typeof body !== 'string')
      throw new TypeError('only text is sent');
    const answer = await send(url instanceof Request ? url.url : url, {
      method,
      headers: [...new Headers(headers)],
      body: body ?? null,
      signal: signal ?? null,
      redirect: 'error',
      dispatcher,
    });
    const bytes = answer.body === null ? null : await readAll(answer.body);
    const { status, statusText } = answer;
    const kept = WITHOUT_BODY.includes(status) ? null : bytes;
    return new Response(kept, { status, statusText, headers: [...answer.headers] });
  };
}

/** The agent by which such requests go. */
export function agentFor(allowHosts: readonly string[]): Agent {
  const key = allowHosts.join('\n');
  const agent = agents.get(key) ?? openAgent(allowHosts);
  agents.set(key, agent);
  return agent;
}

function openAgent(allowHosts: readonly string[]): Agent {
  return new Agent({
    connect(options, callback) {
      const isSecure = options.protocol === 'https:';
      const port = options.port === '' ? (isSecure ? 443 : 80) : Number(options.port);
      const { refusal, lookup } = guardTarget(options.hostname, port, allowHosts);
      if (refusal === null) buildConnector({ lookup })(options, callback);
      else callback(Object.assign(new Error(refusal), { code: TARGET_REFUSED }), null);
    },
  });
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
