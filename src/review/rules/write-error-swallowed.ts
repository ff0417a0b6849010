import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { isBrowserCode, readJsImports } from '../syntax/javascript.ts';
import { fullName, type PythonNames, positionalOf, readPythonImports } from '../syntax/python.ts';
import { enclosingFunction, listWithin, membersOf, type SourceText } from '../syntax/source-text.ts';

/** What is done along the way and may fail in silence, by the words of the function or of the call. */
const BY_THE_WAY =
  /telemetry|analytics|track|metric|version|check[-_]?ver|notif|audit|_?log(ger|s)?\b|log_|cache|heartbeat|ping|cleanup|clean_up|close|shutdown|stop|rollback|delete|remove|revoke|stat(s|us)?_|presence|last_?(seen|used|login)|warm|prefetch|webhook/i;
const PY_HTTP = /^(requests|httpx)\.(post|put|patch)$/;
const PY_ORM = /\.objects\.(create|bulk_create|update_or_create|bulk_update)$/;
const PY_COMMIT = /(^|[._])(session|db|conn|connection|transaction)\.commit$/i;
const PY_MAIL = /(^django\.core\.mail\.send_mail|\.(send_message|sendmail))$/;
const JS_WRITE =
  /^(axios\.(post|put|patch)|(prisma|tx|db|this\.prisma)\.\w+\.(create|createMany|update|updateMany|upsert)|\w*([rR]epository|[rR]epo)\.(save|insert|update|upsert))$/;
const JS_METHOD = /\bmethod\s*:\s*['"`](POST|PUT|PATCH)['"`]/i;

export default defineRule({
  id: 'write-error-swallowed',
  languages: ['python', 'javascript', 'typescript', 'tsx'],
  title: 'Failed write that passes for success',
  summary: 'An error of a write is dropped, so the answer says that it was done when it was not.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { unclear_error: 0.2 },
  advice: {
    libraryDefault:
      'An exception that is caught and not raised again is gone, in Python as in JavaScript: nothing logs it.',
    source: 'Python docs "Errors and Exceptions"; Ruff S110 (try-except-pass); ESLint no-empty',
    howItMaterializes:
      'The database or the other service is down for a minute: each write in that minute is lost, and nobody is told.',
    downstreamImpact:
      'Clients get a hollow success: they do not try again, and what they were told to be there is missing later.',
    discussion:
      'Let the error through, so that the caller answers 503 and the client tries again; or catch the one error that is expected; or log it, when the write really does not matter.',
    infrastructurePattern: 'None helps: nothing outside can see the failure.',
    benefit: 'A lost write is seen when it is lost.',
    risks: 'Requests that passed for good now fail while the dependency is down.',
    monitoring: 'Errors of writes by dependency; rows that should be there and are not.',
  },
  check({ source, project }) {
    if (source.language === 'python') return checkPython(source);
    if (isBrowserCode(source, readJsImports(source), project)) return [];
    return checkJavaScript(source);
  },
  examples: {
    valid: [
      'def fill(conn, rows):\n    for row in rows:\n        try:\n            conn.execute(ADD, row)\n            conn.commit()\n        except Exception:\n            continue\n    conn.commit()\n',
      'import requests\ndef pay(o):\n    try:\n        requests.post(url, json=o, timeout=5)\n    except Exception:\n        logger.exception("not paid")\n',
      'import requests\ndef pay(o):\n    try:\n        requests.post(url, json=o, timeout=5)\n    except requests.Timeout:\n        pass\n',
      'import requests\ndef pay(o):\n    try:\n        requests.post(url, json=o, timeout=5)\n    except Exception:\n        pass  # paid again by the nightly job\n',
      'import requests\ndef load():\n    try:\n        return requests.get(url, timeout=5)\n    except Exception:\n        pass\n',
      'import requests\ndef send_telemetry(o):\n    try:\n        requests.post(url, json=o, timeout=5)\n    except Exception:\n        pass\n',
      'def render(image):\n    try:\n        image.save("a.png")\n    except Exception:\n        pass\n',
      'def f(session):\n    try:\n        session.commit()\n    except Exception:\n        pass\n    else:\n        done()\n',
      {
        language: 'typescript',
        code: 'async function pay(o) { try { await axios.post(url, o, { timeout: 500 }); } catch (error) { throw new PayError(error); } }',
      },
      {
        language: 'typescript',
        code: 'async function pay(o) { try { await axios.post(url, o, { timeout: 500 }); } catch { /* tried again by the nightly job */ } }',
      },
      {
        language: 'typescript',
        code: 'async function load() { try { return await axios.get(url, { timeout: 500 }); } catch {} }',
      },
    ],
    invalid: [
      {
        language: 'python',
        before:
          'def fill(conn, rows):\n    for row in rows:\n        try:\n            conn.execute(ADD, row)\n            conn.commit()\n        except Exception:\n            continue\n\ndef more(conn):\n    conn.commit()\n',
        after: null,
      },
      {
        before:
          'import requests\ndef pay(o):\n    try:\n        requests.post(url, json=o, timeout=5)\n    except Exception:\n        pass\n    return {"paid": True}\n',
        after: null,
      },
      {
        before:
          'from shop.models import Order\ndef order(request):\n    try:\n        Order.objects.create(item=request.item)\n    except:\n        pass\n    return JsonResponse({"ok": True})\n',
        after: null,
      },
      {
        before:
          'def order(session, o):\n    try:\n        session.add(o)\n        session.commit()\n    except Exception as error:\n        pass\n',
        after: null,
      },
      {
        language: 'typescript',
        before:
          'async function order(o) { try { await prisma.order.create({ data: o }); } catch (error) {} return { ok: true }; }',
        after: null,
      },
      {
        language: 'typescript',
        before:
          'async function order(o) { try { await fetch(url, { method: "POST", body: o, signal }); } catch {} }',
        after: null,
      },
    ],
  },
});

function checkPython(source: SourceText): RuleMatch[] {
  const names = readPythonImports(source);
  return source.nodes('except_clause').flatMap((clause) => {
    const attempt = clause.parent;
    const tried = attempt?.child('body');
    if (attempt == null || tried == null || !isSilent(clause) || hasMore(attempt)) return [];
    const write = listWithin(tried, 'call').find((call) => isPythonWrite(call, names));
    if (write === undefined || isByTheWay(write) || isCommittedAfter(attempt, write, source)) return [];
    return [toMatch(clause, write)];
  });
}

/** Whether the loop that goes on after a failed commit is followed by the same commit, which fails when the database does. */
function isCommittedAfter(attempt: LeanNode, write: LeanNode, source: SourceText): boolean {
  const loop = attempt.parent?.parent;
  if (loop?.type !== 'for_statement' || !PY_COMMIT.test(write.child('function')?.text ?? '')) return false;
  return source
    .nodes('expression_statement')
    .some(
      (one) => one.start > loop.end && one.parent?.start === loop.parent?.start && one.text === write.text,
    );
}

/** `except:` or `except Exception:` with nothing but `pass`, and no word about why. */
function isSilent(clause: LeanNode): boolean {
  if (!/^except(\s+(Base)?Exception(\s+as\s+\w+)?)?\s*:/.test(clause.text) || clause.text.includes('#'))
    return false;
  const [only, ...more] = clause.childOfType('block')?.children ?? [];
  return only !== undefined && more.length === 0 && /^(pass|\.\.\.|continue)$/.test(only.text);
}

function hasMore(attempt: LeanNode): boolean {
  return attempt.children.filter((one) => one.type.endsWith('_clause')).length > 1;
}

function isPythonWrite(call: LeanNode, names: PythonNames): boolean {
  const callee = call.child('function')?.text ?? '';
  const full = fullName(call.child('function'), names) ?? callee;
  if (PY_HTTP.test(full) || PY_ORM.test(callee) || PY_COMMIT.test(callee) || PY_MAIL.test(full)) return true;
  // Rows of Django are saved without a path.
  const isDjango = [...names.values()].some((name) => name.startsWith('django.'));
  return isDjango && /^\w+\.save$/.test(callee) && positionalOf(call).length === 0;
}

function checkJavaScript(source: SourceText): RuleMatch[] {
  return source.nodes('catch_clause').flatMap((clause) => {
    const body = clause.child('body');
    const tried = clause.parent?.child('body');
    if (body == null || tried == null || body.text.replace(/\s/g, '') !== '{}') return [];
    if (clause.parent?.child('finalizer') !== null) return [];
    const write = listWithin(tried, 'await_expression')
      .map((one) => membersOf(one)[0])
      .find((call) => call !== undefined && isJsWrite(call));
    return write === undefined || isByTheWay(write) ? [] : [toMatch(clause, write)];
  });
}

function isJsWrite(call: LeanNode): boolean {
  const callee = call.type === 'call_expression' ? (call.child('function')?.text ?? '') : '';
  return JS_WRITE.test(callee) || (callee === 'fetch' && JS_METHOD.test(call.text));
}

function isByTheWay(write: LeanNode): boolean {
  const around = enclosingFunction(write);
  const name = around?.child('name')?.text ?? around?.parent?.child('name')?.text ?? '';
  return BY_THE_WAY.test(name) || BY_THE_WAY.test(write.text);
}

function toMatch(clause: LeanNode, write: LeanNode): RuleMatch {
  return {
    startOffset: clause.start,
    endOffset: clause.end,
    message: `When \`${write.child('function')?.text ?? 'the write'}\` fails, nobody learns of it.`,
    fix: null,
  };
}
