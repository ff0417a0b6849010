import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleContext, type RuleFix, type RuleMatch } from '../rule.ts';
import { appendMember, replaceNode } from '../syntax/insert.ts';
import {
  fullName,
  hasSplat,
  isCloudFunction,
  isScript,
  keywordOf,
  listInstances,
  type PythonNames,
  positionalOf,
  readPythonImports,
} from '../syntax/python.ts';
import { opensNoConnection } from '../syntax/python-urls.ts';
import { createJobFinder } from '../syntax/rq.ts';

const VERBS = 'get|post|put|patch|delete|head|options|request';
const REQUESTS_CALL = new RegExp(`^requests\\.(api\\.)?(${VERBS})$`);
const HTTPX_CALL = new RegExp(`^httpx\\.(${VERBS}|stream|Client|AsyncClient)$`);
const SESSION_CALL = new RegExp(`^(.+)\\.(${VERBS})$`);
const SESSIONS = ['requests.Session', 'requests.session', 'requests.sessions.Session'];
const TIMEOUT = '(3.05, 4)';

export default defineRule({
  id: 'python-http-call-without-timeout',
  languages: ['python'],
  title: 'HTTP call without a time limit (Python)',
  summary: 'An HTTP call without a time limit waits as long as the other side likes, and holds its worker.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['requests', 'httpx'],
  shownBy: { hang: 0.9, slow_recovery: 0.3 },
  advice: {
    libraryDefault:
      'requests (all versions) does not time out unless `timeout` is given; urllib.request.urlopen uses the global socket timeout, which is none; httpx has 5 s unless `timeout=None` turns it off.',
    source:
      'requests docs/user/advanced.rst#timeouts; Python docs urllib.request.urlopen; httpx docs/advanced/timeouts.md',
    howItMaterializes:
      'The other service accepts the connection and never answers: the call returns never, its thread or worker is gone, and soon all of them are.',
    downstreamImpact:
      'Callers wait until their own limit, retry, and add to the load; health checks that share the workers fail and healthy processes are restarted.',
    discussion:
      'Give a connect limit a little above a multiple of 3 s (TCP retransmission) and a read limit below the deadline of whoever waits for us. The read limit is between bytes, not for the whole answer.',
    infrastructurePattern:
      'An idle and a response timeout at the load balancer or the service mesh bounds the same wait from outside, but does not free the worker.',
    benefit: 'A dead dependency costs seconds instead of a worker for good.',
    risks: 'Answers that were slow but good are now errors; `requests.exceptions.Timeout` must be handled.',
    monitoring: 'Count of timeouts by dependency, p99 latency of outgoing calls, busy workers.',
  },
  check(context) {
    if (isScript(context.source.text) || isOfCloudFunction(context)) return [];
    const names = readPythonImports(context.source);
    const sessions = listInstances(context.source, names, SESSIONS);
    const runsInJob = createJobFinder(context.source, context.project);
    return context.source
      .nodes('call')
      .filter((call) => !runsInJob(call))
      .map((call) => checkCall(call, names, sessions, context))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import requests\nrequests.get("http://a", timeout=5)\n',
      'import requests\ndef call(**kw):\n    return requests.get("http://a", **kw)\n',
      'import httpx\nhttpx.get("http://a")\n',
      'import httpx\nclient = httpx.AsyncClient(timeout=10)\n',
      'from urllib.request import urlopen\nurlopen("http://a", None, 5)\n',
      'from mylib import requests\nrequests.get("http://a")\n',
      'import requests\ns = requests.Session()\ns.mount("http://", TimeoutAdapter(timeout=5))\ns.get("http://a")\n',
      'import requests\ns = requests.Session()\nmount_timeouts(s, 5)\ns.get("http://a")\n',
      'import requests\nrequests.codes.get("ok")\nheaders = requests.get\n',
      'import socket, urllib.request\nsocket.setdefaulttimeout(5)\nurllib.request.urlopen("http://a")\n',
      'import requests\ndef lambda_handler(event, context):\n    return requests.get(event["url"]).json()\n',
      'import requests\nfrom rq import Queue\ndef notify(url):\n    requests.post(url)\ndef changed(queue, url):\n    queue.enqueue(notify, url)\n',
      'import requests\nfrom django_rq import job\n@job("slow")\ndef notify(url):\n    requests.post(url)\n',
      'import requests\nFRAMEWORK = "functions_framework"\ndef read(url):\n    return requests.get(url).json()\n',
      'from urllib.request import urlopen\ndef parse_data_url(url):\n    return urlopen(url).read()\n',
      'from urllib.request import urlopen\ndef read(url):\n    if url.startswith("data:"):\n        return urlopen(url).read()\n',
      'def handler(requests):\n    return requests.get("pending")\n',
      'import requests\ndef main():\n    requests.get("http://a")\nif __name__ == "__main__":\n    main()\n',
    ],
    invalid: [
      {
        before: 'import requests\nrequests.get("http://a")\n',
        after: 'import requests\nrequests.get("http://a", timeout=(3.05, 4))\n',
      },
      {
        before: 'import requests as rq\nrq.post(\n    "http://a",\n    json={"a": 1},\n)\n',
        after:
          'import requests as rq\nrq.post(\n    "http://a",\n    json={"a": 1},\n    timeout=(3.05, 4),\n)\n',
      },
      {
        before: 'from requests import Session\nwith Session() as s:\n    s.get("http://a").json()\n',
        after:
          'from requests import Session\nwith Session() as s:\n    s.get("http://a", timeout=(3.05, 4)).json()\n',
      },
      {
        before: 'import requests\nrequests.get("http://a", timeout=None)\n',
        after: 'import requests\nrequests.get("http://a", timeout=(3.05, 4))\n',
      },
      {
        before:
          'import socket, urllib.request\nsocket.setdefaulttimeout(5)\nask()\nsocket.setdefaulttimeout(None)\nurllib.request.urlopen("http://a")\n',
        after:
          'import socket, urllib.request\nsocket.setdefaulttimeout(5)\nask()\nsocket.setdefaulttimeout(None)\nurllib.request.urlopen("http://a", timeout=4)\n',
      },
      {
        before: 'import urllib.request\nurllib.request.urlopen("http://a")\n',
        after: 'import urllib.request\nurllib.request.urlopen("http://a", timeout=4)\n',
      },
      {
        before:
          'import requests\nfrom rq import Queue\ndef fetch(url):\n    requests.post(url)\ndef changed(queue, url):\n    queue.enqueue(notify, url)\n',
        after:
          'import requests\nfrom rq import Queue\ndef fetch(url):\n    requests.post(url, timeout=(3.05, 4))\ndef changed(queue, url):\n    queue.enqueue(notify, url)\n',
      },
      {
        before:
          'import requests\nFRAMEWORK = "functions_framework"\napp = FastAPI()\ndef read(url):\n    return requests.get(url).json()\n',
        after:
          'import requests\nFRAMEWORK = "functions_framework"\napp = FastAPI()\ndef read(url):\n    return requests.get(url, timeout=(3.05, 4)).json()\n',
      },
      {
        before:
          'from urllib.request import urlopen\ndef read(url):\n    if url.startswith("data:"):\n        return None\n    return urlopen(url)\n',
        after:
          'from urllib.request import urlopen\ndef read(url):\n    if url.startswith("data:"):\n        return None\n    return urlopen(url, timeout=4)\n',
      },
      {
        before: 'import httpx\nclient = httpx.Client(timeout=None)\n',
        after: 'import httpx\nclient = httpx.Client(timeout=4.0)\n',
      },
    ],
  },
});

/** How a project that serves by itself shows it, in the code of its service. */
const SERVERS = ['FastAPI(', 'Flask(', 'INSTALLED_APPS', 'Sanic(', 'Quart(', 'web.Application('];

/** Whether a file is a function of a cloud, or stands beside one where nothing else serves. */
function isOfCloudFunction({ source, project }: RuleContext): boolean {
  if (isCloudFunction(source.text)) return true;
  return project.holdsNearby('functions_framework') && !SERVERS.some((text) => project.holdsNearby(text));
}

function checkCall(
  call: LeanNode,
  names: PythonNames,
  sessions: ReadonlyMap<string, string>,
  { source, project }: RuleContext,
): RuleMatch | null {
  const kind = kindOf(call, names, sessions);
  if (kind === null || hasSplat(call)) return null;
  const given = keywordOf(call, 'timeout')?.child('value') ?? null;
  if (given !== null && given.type !== 'none') return null;
  if (kind === 'httpx' && given === null) return null;
  if (kind === 'urlopen' && (positionalOf(call).length >= 3 || limitsSockets(project))) return null;
  if (kind === 'urlopen' && opensNoConnection(call)) return null;
  const callee = call.child('function')?.text ?? '';
  if (kind === 'session' && adaptsSession(source.text, callee)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee}\` has no time limit${given === null ? '' : ' (`timeout=None` turns it off)'}.`,
    fix: fixOf(call, kind, given, source.text),
    ofOneCall: kind !== 'httpx',
  };
}

/** Whether the project sets a limit for all sockets of its process, and does not take it back. */
function limitsSockets(project: ProjectFacts): boolean {
  return project.holds('setdefaulttimeout(') && !project.holds('setdefaulttimeout(None)');
}

type Kind = 'requests' | 'session' | 'urlopen' | 'httpx';

function kindOf(call: LeanNode, names: PythonNames, sessions: ReadonlyMap<string, string>): Kind | null {
  const callee = call.child('function');
  const full = fullName(callee, names);
  if (full !== null && REQUESTS_CALL.test(full)) return 'requests';
  if (full === 'urllib.request.urlopen') return 'urlopen';
  if (full !== null && HTTPX_CALL.test(full)) return 'httpx';
  const object = SESSION_CALL.exec(callee?.text ?? '')?.[1];
  return object !== undefined && sessions.has(object) ? 'session' : null;
}

/** A mounted adapter, a replaced `request`, or a function that sets the session up may bring the limit along. */
function adaptsSession(text: string, callee: string): boolean {
  const object = callee.slice(0, callee.lastIndexOf('.'));
  const name = object.replaceAll('.', '\\.');
  return (
    text.includes(`${object}.mount(`) ||
    text.includes(`${object}.request =`) ||
    new RegExp(`(mount|adapt|retr|timeout)\\w*\\(\\s*${name}\\s*[,)]`, 'i').test(text)
  );
}

function fixOf(call: LeanNode, kind: Kind, given: LeanNode | null, text: string): RuleFix | null {
  const list = call.child('arguments');
  if (list?.type !== 'argument_list') return null;
  const value = kind === 'urlopen' ? '4' : kind === 'httpx' ? '4.0' : TIMEOUT;
  return {
    summary: `Give the call a time limit of ${value === TIMEOUT ? '3.05 s to connect and 4 s to read' : '4 s'}.`,
    edits: [given === null ? appendMember(text, list, `timeout=${value}`) : replaceNode(given, value)],
  };
}
