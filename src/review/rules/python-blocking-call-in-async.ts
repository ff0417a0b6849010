import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch } from '../rule.ts';
import { insertAt, replaceNode } from '../syntax/insert.ts';
import {
  enclosingAsyncFunction,
  fullName,
  isAsync,
  listInstances,
  type PythonNames,
  positionalOf,
  readPythonImports,
} from '../syntax/python.ts';
import { importEdits, isChained } from '../syntax/python-async.ts';
import { opensNoConnection } from '../syntax/python-urls.ts';
import { enclosingFunction, listWithin, type SourceText } from '../syntax/source-text.ts';

const VERBS = '(get|post|put|patch|delete|head|options|request)';
const HTTP = new RegExp(`^(requests\\.${VERBS}|httpx\\.${VERBS}|urllib\\.request\\.urlopen)$`);
const SESSION_CALL = new RegExp(`^(.+)\\.${VERBS}$`);
const CLIENTS = ['requests.Session', 'requests.session', 'httpx.Client'];
const PROCESS = /^(subprocess\.(run|call|check_call|check_output)|os\.system)$/;

export default defineRule({
  id: 'python-blocking-call-in-async',
  languages: ['python'],
  title: 'Blocking call in a coroutine',
  summary:
    'A blocking call inside `async def` stops the event loop: every other request of the process waits with it.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['requests', 'httpx'],
  shownBy: { slow_beyond_fault: 0.85, hang: 0.5, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'requests, urllib, httpx without `Async`, `time.sleep` and `subprocess` block the thread they are called in (all versions); a coroutine runs in the thread of the event loop.',
    source: 'Python docs "Developing with asyncio, Running Blocking Code"; ruff ASYNC210, ASYNC221, ASYNC251',
    howItMaterializes:
      'A dependency that answers in 2 s holds up the whole process for 2 s per call, whatever else it had to do.',
    downstreamImpact:
      'Latency of all operations adds up; health checks fail, healthy processes are restarted.',
    discussion:
      '`asyncio.to_thread` moves the call to a thread and changes nothing else. An asynchronous client (httpx.AsyncClient, aiohttp) is the larger step and scales further.',
    infrastructurePattern: 'More worker processes bound how much one blocked loop can hold up.',
    benefit: 'A slow call holds up its own request instead of all of them.',
    risks:
      'The call now runs in another thread: what it touches must allow that. The pool has min(32, CPUs + 4) threads.',
    monitoring: 'Event loop delay, p99 of operations that call nobody.',
  },
  check({ source }) {
    const names = readPythonImports(source);
    const clients = listInstances(source, names, CLIENTS);
    return source
      .nodes('call')
      .map((call) => checkCall(call, names, clients, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import requests\ndef a():\n    return requests.get("http://a", timeout=5)\n',
      'import asyncio, requests\nasync def a():\n    return await asyncio.to_thread(requests.get, "http://a", timeout=5)\n',
      'import asyncio\nasync def a():\n    await asyncio.sleep(1)\n',
      'import time\nasync def a():\n    def wait():\n        time.sleep(1)\n    await run(wait)\n',
      'import httpx\nasync def a():\n    async with httpx.AsyncClient() as client:\n        return await client.get("http://a")\n',
      'from urllib.request import urlopen\nasync def parse_data_url(url):\n    with urlopen(url) as content:\n        return content.read()\n',
      'import asyncio, time\ndef ready():\n    async def ask():\n        time.sleep(1)\n        return await status()\n    return asyncio.run(ask())\n',
      'from trio import sleep\nimport time\nasync def a():\n    await sleep(time.time())\n',
    ],
    invalid: [
      {
        before: 'import time\n\nasync def a():\n    time.sleep(0.1)\n',
        after: 'import asyncio\nimport time\n\nasync def a():\n    await asyncio.sleep(0.1)\n',
      },
      {
        before:
          'import asyncio\nimport requests\n\nasync def a(u):\n    return requests.get(u, timeout=5).json()\n',
        after:
          'import asyncio\nimport requests\n\nasync def a(u):\n    return (await asyncio.to_thread(requests.get, u, timeout=5)).json()\n',
      },
      {
        before:
          'from __future__ import annotations\nfrom requests import post\n\nasync def a(u):\n    r = post(u, timeout=5)\n    return r\n',
        after:
          'from __future__ import annotations\nimport asyncio\nfrom requests import post\n\nasync def a(u):\n    r = await asyncio.to_thread(post, u, timeout=5)\n    return r\n',
      },
      {
        before:
          'import asyncio\nimport time\ndef routes(app):\n    async def ask():\n        time.sleep(1)\n    app.add_route(ask)\n',
        after:
          'import asyncio\nimport time\ndef routes(app):\n    async def ask():\n        await asyncio.sleep(1)\n    app.add_route(ask)\n',
      },
      {
        before:
          'import asyncio\nimport subprocess\n\nasync def a():\n    subprocess.run(["ls"], check=True)\n',
        after:
          'import asyncio\nimport subprocess\n\nasync def a():\n    await asyncio.to_thread(subprocess.run, ["ls"], check=True)\n',
      },
    ],
  },
});

function checkCall(
  call: LeanNode,
  names: PythonNames,
  clients: ReadonlyMap<string, string>,
  source: SourceText,
): RuleMatch | null {
  const around = enclosingAsyncFunction(call);
  const callee = call.child('function');
  if (around === null || callee === null || hasOwnLoop(around)) return null;
  const full = fullName(callee, names) ?? '';
  const isSleep = full === 'time.sleep';
  const onClient = clients.has(SESSION_CALL.exec(callee.text)?.[1] ?? '');
  if (!isSleep && !onClient && !HTTP.test(full) && !PROCESS.test(full)) return null;
  if (call.parent?.type === 'await') return null;
  if (full === 'urllib.request.urlopen' && opensNoConnection(call)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee.text}\` blocks the event loop that runs \`${around.child('name')?.text ?? ''}\`.`,
    fix: fixOf(call, callee, isSleep, names, source),
  };
}

/** Starts of an event loop, each with the coroutine that it runs and ends with. */
const OWN_LOOP = ['asyncio.run', 'trio.run', 'anyio.run', 'run_until_complete'];

/** Whether a coroutine stands in a plain function that runs it in a loop of its own: nobody else waits for that loop. */
function hasOwnLoop(around: LeanNode): boolean {
  const name = around.child('name')?.text ?? '';
  const outer = enclosingFunction(around);
  if (outer === null || isAsync(outer)) return false;
  if (outer.text.includes('new_event_loop(')) return true;
  return listWithin(outer, 'call').some((call) => {
    const callee = call.child('function')?.text ?? '';
    const [given] = positionalOf(call);
    return (
      OWN_LOOP.some((one) => callee === one || callee.endsWith(`.${one}`)) &&
      (given?.text === name || given?.child('function')?.text === name)
    );
  });
}

function fixOf(
  call: LeanNode,
  callee: LeanNode,
  isSleep: boolean,
  names: PythonNames,
  source: SourceText,
): RuleFix | null {
  const list = call.child('arguments');
  const imports = importEdits(source, names, 'asyncio');
  if (list?.type !== 'argument_list' || imports === null || list.children.length === 0) return null;
  if (isSleep) {
    return {
      summary: 'Sleep without blocking.',
      edits: [...imports, replaceNode(callee, 'await asyncio.sleep')],
    };
  }
  const chained = isChained(call);
  return {
    summary: 'Run the blocking call in a thread.',
    edits: [
      ...imports,
      insertAt(call.start, `${chained ? '(' : ''}await asyncio.to_thread(`),
      { startOffset: callee.end, endOffset: list.start + 1, text: ', ' },
      ...(chained ? [insertAt(call.end, ')')] : []),
    ],
  };
}
