import { defineRule } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { fullName, hasSplat, keywordOf, positionalOf, readPythonImports } from '../syntax/python.ts';

export default defineRule({
  id: 'python-aiohttp-session-without-timeout',
  languages: ['python'],
  title: 'aiohttp session with the default limit of five minutes',
  summary: 'An aiohttp session left at its defaults lets a request wait five minutes for a silent server.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['aiohttp'],
  shownBy: { hang: 0.8 },
  advice: {
    libraryDefault: 'aiohttp 3.14: ClientTimeout(total=300, sock_connect=30) when none is given.',
    source: 'aiohttp aiohttp/client.py DEFAULT_TIMEOUT (3.14.5); docs/client_quickstart.rst, Timeouts',
    howItMaterializes:
      'The other service accepts the connection and stays silent: the task, with the request that it serves, waits five minutes.',
    downstreamImpact:
      'Callers give up long before and try again; open tasks and sockets pile up, up to the 100 connections of the session.',
    discussion:
      '`ClientTimeout(total=…)` covers the whole exchange with the wait for a connection of the pool. Keep it below the deadline of whoever waits; give long downloads a limit of their own per request.',
    infrastructurePattern:
      'A response timeout per route in the service mesh bounds the same wait from outside.',
    benefit: 'A silent dependency costs seconds instead of five minutes.',
    risks: 'Long downloads and streams on this session are cut; asyncio.TimeoutError must be handled.',
    monitoring: 'Timeouts by dependency, open tasks, p99 latency of outgoing calls.',
  },
  check({ source }) {
    const names = readPythonImports(source);
    return (
      source
        .nodes('call')
        .filter((call) => {
          const full = fullName(call.child('function'), names);
          return full === 'aiohttp.ClientSession' && keywordOf(call, 'timeout') === null && !hasSplat(call);
        })
        // A limit per request does as well; what the file does elsewhere is not ours to follow.
        .filter(
          () => !/\btimeout\s*=|wait_for\(|asyncio\.timeout\(|ws_connect\(|event-stream/.test(source.text),
        )
        .map((call) => {
          const list = call.child('arguments');
          const canName = names.get('aiohttp') === 'aiohttp' && positionalOf(call).length <= 1;
          return {
            startOffset: call.start,
            endOffset: call.end,
            message: 'This session has no `timeout`: a request may take five minutes.',
            fix:
              list === null || !canName
                ? null
                : {
                    summary: 'Give the requests of the session 4 s.',
                    edits: [appendMember(source.text, list, 'timeout=aiohttp.ClientTimeout(total=4)')],
                  },
          };
        })
    );
  },
  examples: {
    valid: [
      'import aiohttp\ns = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))\n',
      'import aiohttp\ns = aiohttp.ClientSession(**options)\n',
      'import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n        await s.get("http://a", timeout=5)\n',
      'import aiohttp, asyncio\nasync def f():\n    s = aiohttp.ClientSession()\n    await asyncio.wait_for(s.get("http://a"), 5)\n',
      'from mylib import ClientSession\ns = ClientSession()\n',
      'import aiohttp\nasync def f(s: aiohttp.ClientSession):\n    await s.get("http://a")\n',
    ],
    invalid: [
      {
        before:
          'import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n        await s.get("http://a")\n',
        after:
          'import aiohttp\nasync def f():\n    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=4)) as s:\n        await s.get("http://a")\n',
      },
      {
        before: 'import aiohttp\ns = aiohttp.ClientSession(\n    headers=h,\n)\n',
        after:
          'import aiohttp\ns = aiohttp.ClientSession(\n    headers=h,\n    timeout=aiohttp.ClientTimeout(total=4),\n)\n',
      },
      { before: 'from aiohttp import ClientSession\ns = ClientSession()\n', after: null },
    ],
  },
});
