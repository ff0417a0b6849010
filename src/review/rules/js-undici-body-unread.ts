import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import { argumentsOf, type JsBinding, readJsImports } from '../syntax/javascript.ts';
import { enclosingFunction, type SourceText, walk } from '../syntax/source-text.ts';

/** What can be asked of an answer without touching its body. */
const HEAD_MEMBERS = new Set(['statusCode', 'headers', 'trailers', 'opaque', 'context']);
const BODILESS = /\bmethod\s*:\s*['"`](HEAD|OPTIONS|CONNECT)['"`]/i;

export default defineRule({
  id: 'js-undici-body-unread',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Answer of undici whose body nobody reads',
  summary: 'A larger body that nobody reads keeps its connection until the garbage collector comes by.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['undici'],
  shownBy: { slow_beyond_fault: 0.2, hang: 0.2 },
  advice: {
    libraryDefault:
      'undici (all versions): the body of `request` must be consumed; 64 KiB of it wait in memory, and a longer one holds its connection.',
    source: 'undici README "Body Mixins" and "Garbage Collection"; measured with undici 6.21.0',
    howItMaterializes:
      'Each call leaves a connection that cannot be used again; the next one opens another, or waits where connections are limited.',
    downstreamImpact: 'The other service sees a growing number of connections that are busy with nothing.',
    discussion:
      '`body.dump()` reads a small rest and keeps the connection. Where the answer matters, look at its status first.',
    infrastructurePattern: 'A limit on connections per client at the other service only moves the waiting.',
    benefit: 'Connections are used again, and their number follows the load.',
    risks: 'None known.',
    monitoring: 'Open sockets by upstream; pool.stats of undici: connected, running.',
  },
  check({ source }) {
    const names = readJsImports(source);
    return source
      .nodes('call_expression')
      .filter((call) => isRequest(call.child('function'), names))
      .map((call) => checkCall(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import { request } from 'undici';\nasync function f() { const { statusCode, body } = await request(u); await body.dump(); return statusCode; }",
      "import { request } from 'undici';\nasync function f() { const { statusCode, ...rest } = await request(u); return rest; }",
      "import { request } from 'undici';\nasync function f() { const r = await request(u); return r.body.json(); }",
      "import { request } from 'undici';\nasync function f() { const r = await request(u); check(r); return r.statusCode; }",
      "import { request } from 'undici';\nasync function f() { return await request(u); }",
      "import { request } from 'undici';\nasync function f() { const r = await request(u, { method: 'HEAD' }); return r.statusCode; }",
      "import { request } from './http.js';\nasync function f() { await request(u); }",
      "import { fetch } from 'undici';\nasync function f() { await fetch(u); }",
    ],
    invalid: [
      {
        before:
          "import { request } from 'undici';\nasync function f() { const { statusCode } = await request(u); return statusCode; }",
        after: null,
      },
      {
        before:
          "import { request as send } from 'undici';\nasync function f() { const r = await send(u); if (r.statusCode > 299) throw new Error(r.statusCode); }",
        after: null,
      },
      {
        before: "const undici = require('undici');\nasync function f() { await undici.request(u); }",
        after:
          "const undici = require('undici');\nasync function f() { await (await undici.request(u)).body.dump(); }",
      },
    ],
  },
});

function isRequest(callee: LeanNode | null, names: ReadonlyMap<string, JsBinding>): boolean {
  const [object = '', member, ...rest] = (callee?.text ?? '').split('.');
  const binding = names.get(object);
  return binding?.module === 'undici' && rest.length === 0 && (member ?? binding.name) === 'request';
}

function checkCall(call: LeanNode, source: SourceText): RuleMatch | null {
  const awaited = call.parent;
  if (awaited?.type !== 'await_expression' || BODILESS.test(argumentsOf(call)[1]?.text ?? '')) return null;
  const isDropped = awaited.parent?.type === 'expression_statement';
  if (!isDropped && !isHeadOnly(awaited, source)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'Nobody reads the body of this answer.',
    fix: isDropped ? fixOf(awaited) : null,
  };
}

/** Whether the declared answer is asked for nothing but its head. */
function isHeadOnly(awaited: LeanNode, source: SourceText): boolean {
  const declarator = awaited.parent;
  const target = declarator?.child('name');
  if (declarator?.type !== 'variable_declarator' || target == null) return false;
  if (target.type === 'object_pattern') {
    const names = target.children.map((one) => one.child('key')?.text ?? one.text);
    return (
      target.children.every((one) => one.type !== 'rest_pattern') &&
      names.every((one) => HEAD_MEMBERS.has(one))
    );
  }
  if (target.type !== 'identifier' || !declarator.parent?.text.startsWith('const')) return false;
  return usesOf(target, enclosingFunction(declarator) ?? source.root).every((use) => {
    const member = use.parent?.type === 'member_expression' && use.field === 'object' ? use.parent : null;
    return member !== null && HEAD_MEMBERS.has(member.child('property')?.text ?? '');
  });
}

/** Where a name stands again within `scope`, also as a shorthand or a type's part. */
function usesOf(target: LeanNode, scope: LeanNode): LeanNode[] {
  const uses: LeanNode[] = [];
  walk(scope, (node) => {
    const isName = node.type === 'identifier' || node.type.startsWith('shorthand_property_identifier');
    if (isName && node.text === target.text && node !== target) uses.push(node);
    return true;
  });
  return uses;
}

function fixOf(awaited: LeanNode): RuleFix {
  return {
    summary: 'Read the rest of the body and drop it.',
    edits: [insertAt(awaited.start, 'await ('), insertAt(awaited.end, ').body.dump()')],
  };
}
