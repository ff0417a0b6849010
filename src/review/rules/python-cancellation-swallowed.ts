import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { enclosingAsyncFunction } from '../syntax/python.ts';
import { findAncestor, listWithin } from '../syntax/source-text.ts';

export default defineRule({
  id: 'python-cancellation-swallowed',
  languages: ['python'],
  title: 'Cancellation swallowed in a coroutine',
  summary:
    'A coroutine that catches its own cancellation goes on after its time limit, or after shutdown has begun.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.4, slow_recovery: 0.3 },
  advice: {
    libraryDefault:
      'asyncio (Python 3.8 and later): CancelledError is a BaseException; asyncio.timeout and wait_for end what they guard by raising it inside. A bare `except:` and `except BaseException` catch it.',
    source: 'Python docs "Coroutines and Tasks: Task Cancellation"',
    howItMaterializes:
      'wait_for strikes, the coroutine catches the error and carries on: the caller waits as if there were no limit.',
    downstreamImpact: 'Time limits do not limit, and a stop takes until the process is killed.',
    discussion: 'Catch `Exception`, which leaves cancellation alone; or clean up and `raise`.',
    infrastructurePattern:
      'A hard stop after a grace period, which is what a swallowed cancellation ends in.',
    benefit: 'Time limits and shutdown work.',
    risks: 'None known.',
    monitoring: 'Requests that last longer than their limit; time that a stop takes.',
  },
  check({ source }) {
    if (!source.text.includes('await')) return [];
    return source
      .nodes('except_clause')
      .map(checkClause)
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'async def f():\n    try:\n        await g()\n    except Exception:\n        log()\n',
      'async def f():\n    try:\n        await g()\n    except BaseException:\n        cleanup()\n        raise\n',
      'async def f(task):\n    task.cancel()\n    try:\n        await task\n    except asyncio.CancelledError:\n        pass\n',
      'async def f(task):\n    try:\n        await asyncio.shield(task)\n    except BaseException as error:\n        log(error)\n',
      'def f():\n    try:\n        g()\n    except:\n        pass\n',
      'async def f():\n    try:\n        g()\n    except:\n        pass\n    await h()\n',
      'async def f():\n    while True:\n        try:\n            await g()\n        except asyncio.CancelledError:\n            break\n',
      'async def f(task):\n    try:\n        await task\n    except BaseException:\n        pass\n',
      'async def f(stack):\n    try:\n        await g()\n    finally:\n        try:\n            await stack.aclose()\n        except BaseException:\n            log()\n',
      'async def f(result):\n    try:\n        await g()\n    except BaseException as error:\n        result["error"] = error\n        return\n',
      'async def f():\n    try:\n        return await g()\n    except BaseException as error:\n        return answer(error)\n',
      'async def f():\n    try:\n        await g()\n    except:\n        log()\n',
      'async def f():\n    try:\n        await g()\n    except:\n        return False\n    return await h()\n',
      'async def f(page):\n    try:\n        await g()\n    except BaseException:\n        try:\n            await page.close()\n        except BaseException:\n            log()\n        raise\n',
    ],
    invalid: [
      {
        before:
          'async def f(page):\n    try:\n        g()\n    except ValueError:\n        try:\n            await page.close()\n        except BaseException:\n            log()\n    await h()\n',
        after:
          'async def f(page):\n    try:\n        g()\n    except ValueError:\n        try:\n            await page.close()\n        except Exception:\n            log()\n    await h()\n',
      },
      {
        before: 'async def f():\n    try:\n        await g()\n    except:\n        log()\n    await h()\n',
        after:
          'async def f():\n    try:\n        await g()\n    except Exception:\n        log()\n    await h()\n',
      },
      {
        before:
          'async def f(self):\n    while self.open:\n        try:\n            await g()\n        except BaseException as error:\n            log(error)\n',
        after:
          'async def f(self):\n    while self.open:\n        try:\n            await g()\n        except Exception as error:\n            log(error)\n',
      },
      {
        before:
          'import asyncio\nasync def f():\n    while True:\n        try:\n            await g()\n        except (OSError, asyncio.CancelledError):\n            continue\n',
        after: null,
      },
    ],
  },
});

/** Whether the block only waits for a task to end, or stands in a `finally`: the way out has been chosen already. */
function cleansUp(clause: LeanNode, guarded: LeanNode): boolean {
  if (/^await\s+[\w.]+$/.test(guarded.text.trim())) return true;
  const around = enclosingAsyncFunction(clause);
  const last = findAncestor(clause, 'finally_clause');
  return last !== null && around !== null && last.start > around.start;
}

/** Whether the block stands in another `except` of the same coroutine that ends by raising what it caught. */
function isRaisedAround(clause: LeanNode): boolean {
  const outer = findAncestor(clause, 'except_clause');
  const around = enclosingAsyncFunction(clause);
  if (outer === null || around === null || outer.start < around.start) return false;
  return outer.childOfType('block')?.children.at(-1)?.type === 'raise_statement';
}

/** Whether the coroutine works on after the clause: in a loop, or with another wait that follows. */
function goesOn(clause: LeanNode, around: LeanNode): boolean {
  const loop = findAncestor(clause, 'while_statement', 'for_statement');
  const leaves = ['return_statement', 'break_statement'].includes(
    clause.childOfType('block')?.children.at(-1)?.type ?? '',
  );
  if (leaves) return false;
  if (loop !== null && loop.start > around.start) return true;
  return listWithin(around, 'await').some((one) => one.start > (clause.parent?.end ?? clause.end));
}

/** Whether the clause keeps the error for somebody else: `result["error"] = error`, `future.set_exception(error)`. */
function handsOn(clause: LeanNode): boolean {
  const name = /\bas\s+(\w+)\s*:/.exec(clause.text)?.[1];
  return name !== undefined && new RegExp(`=\\s*${name}\\s*$|_exception\\(${name}\\)`, 'm').test(clause.text);
}

function checkClause(clause: LeanNode): RuleMatch | null {
  const around = enclosingAsyncFunction(clause);
  const guarded = clause.parent?.child('body');
  if (around === null || guarded == null || listWithin(guarded, 'await').length === 0) return null;
  const block = clause.childOfType('block');
  const caught = clause.children.find((one) => one !== block && one.type !== 'comment') ?? null;
  const isBare = caught === null;
  const isBase = /^BaseException\b/.test(caught?.text ?? '');
  const isNamed = /\bCancelledError\b/.test(caught?.text ?? '');
  if (!isBare && !isBase && !isNamed) return null;
  // What is shielded goes on by itself, and whoever waits for it like this has to see it end.
  if (/\bshield\(/.test(guarded.text)) return null;
  // Who cancels a task and waits for its end expects this error; leaving the loop or the function obeys it.
  if (/\.cancel\(/.test(around.text) || /\b(raise|sys\.exit|os\._exit)\b/.test(clause.text)) return null;
  if (isNamed && !/\bcontinue\b/.test(clause.text)) return null;
  if (cleansUp(clause, guarded) || handsOn(clause) || isRaisedAround(clause)) return null;
  // Who ends at once obeys, though with an answer instead of the error.
  if (!goesOn(clause, around)) return null;
  return {
    startOffset: clause.start,
    endOffset: (caught ?? clause).start + (caught?.text.length ?? 'except'.length),
    message: 'This also catches `CancelledError`, so a time limit around it, or a shutdown, does not end it.',
    fix: isNamed
      ? null
      : {
          summary: 'Catch `Exception`, which leaves cancellation alone.',
          edits: isBare
            ? [{ startOffset: clause.start + 6, endOffset: clause.start + 6, text: ' Exception' }]
            : [
                {
                  startOffset: caught.start,
                  endOffset: caught.start + 'BaseException'.length,
                  text: 'Exception',
                },
              ],
        },
  };
}
