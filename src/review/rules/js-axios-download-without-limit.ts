import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleContext, type RuleMatch } from '../rule.ts';
import {
  argumentsOf,
  isBrowserCode,
  type JsBinding,
  propertyNames,
  readJsImports,
} from '../syntax/javascript.ts';
import { enclosingFunction, listWithin, membersOf } from '../syntax/source-text.ts';

/** Where axios' methods take their config; `null`: the only argument is the config. */
const CONFIG_PLACE: Readonly<Record<string, number | null>> = { get: 1, request: null, '': null, post: 2 };
/** Kinds of answers that are files rather than records. */
const WHOLE_FILE = /^.(arraybuffer|blob|text|document).$/;

const OF_REQUEST = /\b(req|request|ctx|context|event|c)\b(\.req(uest)?)?\.(body|query|params|json\(\))/;

export default defineRule({
  id: 'js-axios-download-without-limit',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Download of any size into memory (axios)',
  summary: 'A file from an address that somebody gave is read into memory whole, however large it is.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['axios'],
  shownBy: { slow_beyond_fault: 0.1 },
  advice: {
    libraryDefault:
      'axios (0.x and 1.x): maxContentLength -1, which is no limit, for all response types but streams.',
    source: 'axios lib/defaults/index.js; README "Request Config: maxContentLength"',
    howItMaterializes: 'The address leads to a file of gigabytes, or to a server that never stops sending.',
    downstreamImpact: 'The process runs out of memory and takes all other requests along.',
    discussion:
      'Set `maxContentLength` to the largest file that is good, or use `responseType: "stream"` and count. A `timeout` does not help against a fast sender.',
    infrastructurePattern: 'A memory limit per process bounds the harm to one instance.',
    benefit: 'One large file costs one error.',
    risks: 'Files above the limit are refused.',
    monitoring: 'Resident memory, restarts out of memory.',
  },
  check(context) {
    const names = readJsImports(context.source);
    if (isBrowserCode(context.source, names, context.project)) return [];
    if (context.project.holds('axios.defaults.maxContentLength')) return [];
    return context.source
      .nodes('call_expression')
      .map((call) => checkCall(call, names, context))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import axios from 'axios';\nawait axios.get(file.url, { responseType: 'arraybuffer', maxContentLength: 5e7, timeout: 5000 });",
      "import axios from 'axios';\nawait axios.get(file.url, { responseType: 'stream', timeout: 5000 });",
      "import axios from 'axios';\nawait axios.get(file.url, { timeout: 5000 });",
      "import axios from 'axios';\nawait axios.get('https://a.example/logo.png', { responseType: 'arraybuffer', timeout: 5000 });",
      "import axios from 'axios';\nawait axios.get(file.url, { responseType: 'arraybuffer', ...limits });",
      "import axios from './axios.js';\nawait axios.get(file.url, { responseType: 'arraybuffer' });",
      "import axios from 'axios';\nawait axios.get(API + '/logo', { responseType: 'arraybuffer', timeout: 5000 });",
    ],
    invalid: [
      {
        before:
          "import axios from 'axios';\nawait axios.get(file.url, { responseType: 'arraybuffer', timeout: 5000 });",
        after: null,
      },
      {
        before:
          "const http = require('axios');\nhttp({ url: imageUrl, responseType: 'arraybuffer', timeout: 5000 });",
        after: null,
      },
      {
        before:
          "import axios from 'axios';\naxios.request({ url, method: 'GET', responseType: 'text', timeout: 5000 });",
        after: null,
      },
    ],
  },
});

function checkCall(
  call: LeanNode,
  names: ReadonlyMap<string, JsBinding>,
  { source }: RuleContext,
): RuleMatch | null {
  const [object = '', method = '', ...rest] = (call.child('function')?.text ?? '').split('.');
  const binding = names.get(object);
  if (binding?.module !== 'axios' || binding.name !== 'default' || rest.length > 0) return null;
  const place = CONFIG_PLACE[method];
  const given = argumentsOf(call);
  const config = place === undefined ? undefined : given[place ?? 0];
  if (config?.type !== 'object' || propertyNames(config)?.has('maxContentLength') !== false) return null;
  const memberOf = (name: string) => membersOf(config).find((one) => nameOf(one) === name);
  const kind = memberOf('responseType')?.child('value')?.text ?? '';
  const target = place === null ? targetOf(memberOf('url')) : given[0];
  if (!WHOLE_FILE.test(kind) || target === undefined || !isForeign(target, source.text)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${call.child('function')?.text ?? 'axios'}\` reads the whole file into memory, whatever its size.`,
    fix: null,
    // Who else gives the address may bound what lies there.
    leadUntilMeasured: !isOfRequest(target),
  };
}

/** Whether a request gives the address, at once or by a name that the function around takes from it. */
function isOfRequest(target: LeanNode): boolean {
  if (OF_REQUEST.test(target.text)) return true;
  const name = /^\w+/.exec(target.text)?.[0];
  const body = enclosingFunction(target)?.child('body');
  return (body == null ? [] : listWithin(body, 'variable_declarator')).some(
    (one) =>
      OF_REQUEST.test(one.child('value')?.text ?? '') &&
      (one.child('name')?.text.match(/\w+/g) ?? []).some((word) => word === name),
  );
}

function nameOf(member: LeanNode): string {
  return member.child('key')?.text ?? member.text;
}

function targetOf(member: LeanNode | undefined): LeanNode | undefined {
  return member?.child('value') ?? member;
}

/** An address held in a variable that the file gives no constant: it may lead anywhere. */
function isForeign(target: LeanNode, text: string): boolean {
  if (target.type === 'member_expression') return !/\b(env|config|options|settings)\b/i.test(target.text);
  const isName = target.type === 'identifier' || target.type === 'shorthand_property_identifier';
  return isName && !new RegExp(`\\b(const|let|var)\\s+${target.text}\\s*(:[^=]+)?=\\s*['"\`]`).test(text);
}
