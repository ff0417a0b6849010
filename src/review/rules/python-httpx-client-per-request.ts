import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { fullName, type PythonNames, readPythonImports } from '../syntax/python.ts';
import { enclosingFunction } from '../syntax/source-text.ts';

const CLIENTS = new Set(['httpx.AsyncClient', 'httpx.Client', 'aiohttp.ClientSession']);
const ROUTE = /@\w+(\.\w+)*\.(get|post|put|patch|delete|head|options|route|api_route|websocket)\(/;

/** A header that ends the connection with each answer (RFC 9112, 9.6): a shared client would keep none. */
const CLOSES = /['"]connection['"]\s*:\s*['"]close['"]/i;

export default defineRule({
  id: 'python-httpx-client-per-request',
  languages: ['python'],
  title: 'New HTTP client for each request',
  summary:
    'Each request pays for a new connection (and TLS) to the dependency, and no pool bounds how many are open.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: ['httpx', 'aiohttp'],
  shownBy: { slow_beyond_fault: 0.7 },
  advice: {
    libraryDefault:
      'httpx (all versions): connections are pooled per client, 100 at most and 20 kept alive; aiohttp: per session, 100. A client made for one call has nothing to reuse.',
    source: 'httpx docs "Clients" and "Resource limits"; aiohttp docs "Don\'t create a session per request"',
    howItMaterializes:
      'When the way to the dependency gets slow, connecting is paid on each call: one delay for TCP, one or two for TLS, one for the answer.',
    downstreamImpact:
      'The dependency sees as many connections as there are requests, and may run out of them.',
    discussion: 'Make the client once, at startup (lifespan), and hand it to the routes.',
    infrastructurePattern: 'A sidecar keeps connections to the dependency open for the process.',
    benefit: 'A slow way costs one round trip instead of two to four.',
    risks: 'A shared client has one pool: set `limits` and the pool time limit to what the load needs.',
    monitoring: 'New connections per second at the dependency, time to connect.',
  },
  check({ source }) {
    const names = readPythonImports(source);
    return source
      .nodes('with_item')
      .map((item) => checkItem(item, names))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import httpx\n@asynccontextmanager\nasync def lifespan(app):\n    async with httpx.AsyncClient() as client:\n        yield {"client": client}\n',
      'import httpx\n@app.get("/a")\nasync def a(client=Depends(get_client)):\n    return await client.get(url)\n',
      'import httpx\ndef main():\n    with httpx.Client() as client:\n        client.get(url)\n',
      'import httpx\nclient = httpx.AsyncClient()\n@app.get("/a")\nasync def a():\n    return await client.get(url)\n',
      'from mylib import AsyncClient\n@app.get("/a")\nasync def a():\n    async with AsyncClient() as client:\n        return await client.get(url)\n',
      'import httpx\n@app.get("/a")\nasync def a():\n    async with httpx.AsyncClient(transport=transport) as client:\n        return await client.get(url)\n',
      'import aiohttp\n@app.get("/a")\nasync def a():\n    async with aiohttp.ClientSession() as s:\n        return await s.get(url, headers={"Connection": "close"})\n',
    ],
    invalid: [
      {
        before:
          'import aiohttp\n@app.get("/a")\nasync def a():\n    async with aiohttp.ClientSession() as s:\n        return await s.get(url, headers={"Connection": "keep-alive"})\n',
        after: null,
      },
      {
        before:
          'import httpx\n@app.get("/a")\nasync def a():\n    async with httpx.AsyncClient() as client:\n        return await client.get(url)\n',
        after: null,
      },
      {
        before:
          'from httpx import AsyncClient\n@router.post("/a")\nasync def a(x: int):\n    async with AsyncClient(timeout=5) as c:\n        return (await c.post(url)).json()\n',
        after: null,
      },
      {
        before:
          'import aiohttp\n@app.get("/a")\nasync def a():\n    async with aiohttp.ClientSession() as s:\n        async with s.get(url) as r:\n            return await r.json()\n',
        after: null,
      },
    ],
  },
});

function checkItem(item: LeanNode, names: PythonNames): RuleMatch | null {
  const value = item.child('value') ?? item.children[0] ?? null;
  const call = value?.type === 'as_pattern' ? (value.children[0] ?? null) : value;
  const made = call?.type === 'call' ? fullName(call.child('function'), names) : null;
  if (call === null || made === null || !CLIENTS.has(made)) return null;
  if (/\b(transport|connector)\s*=/.test(call.text)) return null;
  const definition = enclosingFunction(call);
  const decorated = definition?.parent?.type === 'decorated_definition' ? definition.parent : null;
  if (
    definition == null ||
    decorated === null ||
    !ROUTE.test(decorated.text.slice(0, definition.start - decorated.start)) ||
    CLOSES.test(definition.text)
  )
    return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${call.child('function')?.text ?? ''}\` is made anew by each request of \`${definition.child('name')?.text ?? ''}\`.`,
    fix: null,
  };
}
