import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { isAsync } from '../syntax/python.ts';
import { listWithin, type SourceText } from '../syntax/source-text.ts';

const ROUTE = /^\w+(\.\w+)*\.(get|post|put|patch|delete|head|options|api_route)$/;
/** Methods that talk to the database; `add` only takes note. */
const CALLS = 'query|execute|commit|flush|refresh|get|get_one|scalar|scalars|rollback|exec';

export default defineRule({
  id: 'python-sync-session-in-async-route',
  languages: ['python'],
  title: 'Blocking database session in an `async def` route',
  summary:
    'A blocking database call in an `async def` route stops the event loop: all other requests wait with it.',
  severity: 'high',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['fastapi', 'sqlalchemy', 'sqlmodel'],
  shownBy: { slow_beyond_fault: 0.8, hang: 0.3, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'FastAPI (all versions) runs `def` routes in a pool of threads, and `async def` routes on the event loop itself; a SQLAlchemy `Session` blocks the thread it is used in.',
    source: 'FastAPI docs "Concurrency and async / await"; SQLAlchemy docs "Asynchronous I/O (asyncio)"',
    howItMaterializes:
      'While one query waits for a lock or the network, the process accepts, answers and times out nothing else; latency adds up from request to request.',
    downstreamImpact:
      'Health checks fail with everything else, healthy processes are restarted, and the load moves on to the next one.',
    discussion:
      'Without an `await` in its body the route needs no `async`: as `def` it runs in the pool of threads, with the same session. `AsyncSession` is the larger step, for routes that await other things too.',
    infrastructurePattern:
      'More worker processes (gunicorn -w, replicas) bound how many requests one blocked loop can hold up.',
    benefit: 'A slow query holds up its own request instead of all of them.',
    risks:
      'The pool has 40 threads (anyio), so at most 40 such requests run at a time; code that relied on one thread may not be thread-safe.',
    monitoring: 'Event loop delay, threads in use, p99 of routes that do not touch the database.',
  },
  check({ source }) {
    if (!/\b(sqlalchemy|sqlmodel)\b/.test(source.text)) return [];
    return source
      .nodes('decorated_definition')
      .map((node) => checkRoute(node, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'from sqlalchemy.orm import Session\n@app.get("/a")\ndef a(db: Session = Depends(get_db)):\n    return db.query(A).all()\n',
      'from sqlalchemy.ext.asyncio import AsyncSession\n@app.get("/a")\nasync def a(db: AsyncSession = Depends(get_db)):\n    return await db.execute(q)\n',
      'from sqlalchemy.orm import Session\n@app.get("/a")\nasync def a():\n    return {"a": 1}\n',
      'from sqlalchemy.orm import Session\nasync def helper(db: Session):\n    return db.query(A).all()\n',
      'from sqlalchemy.orm import Session\n@app.get("/a")\nasync def a(db: Session = Depends(get_db)):\n    return await run_in_threadpool(load, db)\n',
      'from requests import Session\n@app.get("/a")\nasync def a(s: Session = Depends(get_session)):\n    return s.get("http://a")\n',
    ],
    invalid: [
      {
        before:
          'from sqlalchemy.orm import Session\n\n@app.get("/users/{user_id}")\nasync def read_user(user_id: int, db: sessionmaker[Session] = Depends(get_db)):\n    return db.query(User).filter(User.id == user_id).first()\n',
        after:
          'from sqlalchemy.orm import Session\n\n@app.get("/users/{user_id}")\ndef read_user(user_id: int, db: sessionmaker[Session] = Depends(get_db)):\n    return db.query(User).filter(User.id == user_id).first()\n',
      },
      {
        before:
          'from sqlmodel import Session\n\n@router.post("/users")\nasync def create(user: User, db: Annotated[Session, Depends(get_db)]):\n    db.add(user)\n    db.commit()\n',
        after:
          'from sqlmodel import Session\n\n@router.post("/users")\ndef create(user: User, db: Annotated[Session, Depends(get_db)]):\n    db.add(user)\n    db.commit()\n',
      },
      {
        before:
          'from sqlalchemy.orm import Session\n\n@app.get("/a")\nasync def a(db: Session = Depends(get_db)):\n    user = db.get(User, 1)\n    await notify(user)\n',
        after: null,
      },
    ],
  },
});

function checkRoute(node: LeanNode, source: SourceText): RuleMatch | null {
  const definition = node.child('definition');
  const body = definition?.child('body');
  if (definition?.type !== 'function_definition' || body == null || !isAsync(definition)) return null;
  if (!node.children.some(isRouteDecorator)) return null;
  const session = (definition.child('parameters')?.children ?? [])
    .map(sessionName)
    .find((name) => name !== null);
  if (session == null) return null;
  const call = new RegExp(`^${session}\\.(${CALLS})$`);
  const use = listWithin(body, 'call').find((one) => call.test(one.child('function')?.text ?? ''));
  if (use === undefined || use.parent?.type === 'await') return null;
  const awaits =
    listWithin(body, 'await').length > 0 ||
    /\basync (for|with)\b/.test(body.text) ||
    /\bawait\b/.test(body.text);
  return {
    startOffset: use.start,
    endOffset: use.end,
    message: `\`${use.child('function')?.text ?? ''}\` blocks the event loop that runs \`${definition.child('name')?.text ?? ''}\`.`,
    fix: awaits
      ? null
      : {
          summary: 'Make the route a plain `def`, which runs in a thread of its own.',
          edits: [{ startOffset: definition.start, endOffset: afterAsync(definition, source), text: '' }],
        },
  };
}

function isRouteDecorator(node: LeanNode): boolean {
  const call = node.type === 'decorator' ? node.childOfType('call') : null;
  return ROUTE.test(call?.child('function')?.text ?? '');
}

/** Name of a parameter that is a blocking session given by dependency injection. */
function sessionName(parameter: LeanNode): string | null {
  const isInjected = /\bDepends\(/.test(parameter.text);
  const type = parameter.child('type')?.text ?? '';
  if (!isInjected || !/\b(Session|scoped_session)\b/.test(type) || /Async/.test(type)) return null;
  return parameter.child('name')?.text ?? parameter.childOfType('identifier')?.text ?? null;
}

function afterAsync(definition: LeanNode, source: SourceText): number {
  const gap = /^async\s+/.exec(source.text.slice(definition.start, definition.start + 40))?.[0] ?? '';
  return definition.start + gap.length;
}
