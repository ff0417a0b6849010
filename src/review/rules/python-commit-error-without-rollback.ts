import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import {
  findAncestor,
  indentAt,
  lineBreakAt,
  listWithin,
  membersOf,
  type SourceText,
} from '../syntax/source-text.ts';

export default defineRule({
  id: 'python-commit-error-without-rollback',
  languages: ['python'],
  title: 'Failed commit without rollback',
  summary: 'After a failed flush or commit the session refuses all work until it is rolled back.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['sqlalchemy', 'sqlmodel'],
  shownBy: { unclear_error: 0.5, slow_recovery: 0.6 },
  advice: {
    libraryDefault:
      'SQLAlchemy 1.4 and 2: after a failed flush the session stays in a failed transaction, and each further use raises PendingRollbackError until rollback().',
    source:
      'SQLAlchemy docs "Session Basics: Flushing", FAQ "This Session\'s transaction has been rolled back"',
    howItMaterializes:
      'The error of one commit is caught and the session used again, by the same request or the next one that gets it.',
    downstreamImpact: 'One conflict turns into errors of requests that had nothing to do with it.',
    discussion:
      '`rollback()` first thing in the handler; or `with session.begin():`, which does it by itself.',
    infrastructurePattern: 'None helps: the state is inside the process.',
    benefit: 'An error stays with the request that caused it.',
    risks: 'What was added before the failed commit is forgotten, as it should be.',
    monitoring: 'PendingRollbackError in the log, 500s that follow a 409.',
  },
  check({ source, project }) {
    if (!/\b(sqlalchemy|sqlmodel|models\.db)\b/i.test(source.text) || COMMAND_LINE.test(source.text))
      return [];
    // Flask-SQLAlchemy ends `db.session` with the request (docs, "Quick Start").
    const endsWithRequest = FLASK_SESSION.some((text) => project.holds(text));
    return source.nodes('try_statement').flatMap((statement) => checkTry(statement, source, endsWithRequest));
  },
  examples: {
    valid: [
      'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        db.commit()\n    except IntegrityError:\n        db.rollback()\n',
      'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        db.commit()\n    except IntegrityError as error:\n        raise Conflict() from error\n',
      'from sqlalchemy.orm import Session\ndef f():\n    try:\n        with Session(engine) as db:\n            db.add(a)\n            db.commit()\n    except IntegrityError:\n        return None\n',
      'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        db.commit()\n    except IntegrityError:\n        return None\n    finally:\n        db.close()\n',
      'from sqlalchemy.orm import Session\ndef f(consumer):\n    try:\n        consumer.commit()\n    except KafkaError:\n        log.warning("later")\n',
      'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        user = db.query(User).one()\n        db.commit()\n    except NoResultFound:\n        return None\n',
      'from sqlalchemy.orm import Session\ndef f():\n    with Session(engine) as session:\n        try:\n            session.commit()\n        except Exception:\n            log.exception("failed")\n',
      'from sqlalchemy.orm import Session\nfrom fastapi import Depends\ndef f(session: Session = Depends(get_session)):\n    try:\n        session.commit()\n    except Exception:\n        return {"status": "failed"}\n',
      'from sqlalchemy.orm import Session\n@with_db_session\ndef f(name, db_session: Session):\n    try:\n        db_session.commit()\n    except Exception as error:\n        return str(error)\n    mark(db_session)\n',
      'from sqlalchemy.orm import Session\ndef f():\n    with Session(engine) as session:\n        try:\n            session.commit()\n        except Exception:\n            return None\n        return session.get(A, 1)\n',
      'from flask_sqlalchemy import SQLAlchemy\n@app.route("/orders", methods=["POST"])\ndef f():\n    try:\n        db.session.commit()\n    except IntegrityError:\n        return {"status": "taken"}, 409\n',
      'from flask_sqlalchemy import SQLAlchemy\nclass Orders(Resource):\n    def post(self):\n        try:\n            db.session.commit()\n        except IntegrityError:\n            flash("taken")\n        return {}\n',
      'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        db.commit()\n    except IntegrityError as error:\n        return answer_after(error, db=db)\n',
      'import click\nfrom sqlalchemy.orm import Session\n@click.command()\ndef f(db: Session):\n    try:\n        db.commit()\n    except Exception as error:\n        print(error)\n',
      'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        with db.begin_nested():\n            db.flush()\n    except IntegrityError:\n        return None\n',
    ],
    invalid: [
      {
        before:
          'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        db.add(a)\n        db.commit()\n    except IntegrityError:\n        return None\n',
        after:
          'from sqlalchemy.orm import Session\ndef f(db: Session):\n    try:\n        db.add(a)\n        db.commit()\n    except IntegrityError:\n        db.rollback()\n        return None\n',
      },
      {
        before:
          'from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(session: AsyncSession):\n    try:\n        await session.commit()\n    except Exception as error:\n        log.error(error)\n',
        after:
          'from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(session: AsyncSession):\n    try:\n        await session.commit()\n    except Exception as error:\n        await session.rollback()\n        log.error(error)\n',
      },
      {
        before:
          'from sqlalchemy.orm import Session\n@with_db_session\ndef f(rows, db_session: Session):\n    for row in rows:\n        try:\n            db_session.commit()\n        except Exception as error:\n            log(error)\n    db_session.commit()\n',
        after:
          'from sqlalchemy.orm import Session\n@with_db_session\ndef f(rows, db_session: Session):\n    for row in rows:\n        try:\n            db_session.commit()\n        except Exception as error:\n            db_session.rollback()\n            log(error)\n    db_session.commit()\n',
      },
      {
        before:
          'from flask_sqlalchemy import SQLAlchemy\n@app.route("/orders", methods=["POST"])\ndef f():\n    try:\n        db.session.commit()\n    except IntegrityError as error:\n        log(error)\n    return Order.of(db.session)\n',
        after:
          'from flask_sqlalchemy import SQLAlchemy\n@app.route("/orders", methods=["POST"])\ndef f():\n    try:\n        db.session.commit()\n    except IntegrityError as error:\n        db.session.rollback()\n        log(error)\n    return Order.of(db.session)\n',
      },
      {
        before:
          'from flask_sqlalchemy import SQLAlchemy\ndef f():\n    try:\n        db.session.flush()\n    except IntegrityError:\n        flash("taken")\n',
        after:
          'from flask_sqlalchemy import SQLAlchemy\ndef f():\n    try:\n        db.session.flush()\n    except IntegrityError:\n        db.session.rollback()\n        flash("taken")\n',
      },
    ],
  },
});

/** A command ends with its process, and the session with it. */
const COMMAND_LINE =
  /\b(import (click|argparse|typer)|from (click|argparse|typer|flask\.cli|flask_script) import)\b/;
/** Errors that a failed flush or commit raises, and what catches them too. */
const COMMIT_ERRORS =
  /\b(Exception|BaseException|SQLAlchemyError|DBAPIError|DatabaseError|IntegrityError|OperationalError|DataError|StatementError|FlushError|InvalidRequestError|ProgrammingError|InternalError)\b/;

const FLASK_SESSION = ['from flask_sqlalchemy import', 'import flask_sqlalchemy'];
const ROUTE = /^@[\w.]+\.(route|get|post|put|patch|delete)\(/;

/** A session by its usual names; a consumer of a queue commits too. */
const SESSION = /^(\w+\.)*(db|session|sess|db_session|async_session|dbsession)$/i;
const COMMIT = /^(.*)\.(commit|flush)$/s;

function checkTry(statement: LeanNode, source: SourceText, endsWithRequest: boolean): RuleMatch[] {
  const body = statement.child('body');
  if (body === null || /\b(finally|rollback)\b/.test(statement.text)) return [];
  // Within `with` the session, or a savepoint of it, is ended by the block.
  const commit = listWithin(body, 'call').find(
    (call) => sessionOf(call) !== null && !isWithin(call, 'with_statement', statement),
  );
  const session = commit === undefined ? null : sessionOf(commit);
  if (commit === undefined || session === null) return [];
  const holder = holderOf(statement, session, endsWithRequest);
  const usedAfter =
    holder === null || new RegExp(`\\b${session}\\b`).test(source.text.slice(statement.end, holder.end));
  if (!usedAfter) return [];
  const awaits = commit.parent?.type === 'await' ? 'await ' : '';
  return statement.children
    .filter((clause) => clause.type === 'except_clause')
    .filter((clause) => (holder === null || !leaves(clause)) && !handsOn(clause, session))
    .flatMap((clause) => checkClause(clause, `${awaits}${session}.rollback()`, source));
}

function sessionOf(call: LeanNode): string | null {
  const callee = COMMIT.exec(call.child('function')?.text ?? '')?.[1];
  return callee !== undefined && SESSION.test(callee) ? callee : null;
}

/**
 * What ends the session when it is left: a `with` around, FastAPI's `Depends`, a decorator that gives the session, or
 * the request.
 */
function holderOf(statement: LeanNode, session: string, endsWithRequest: boolean): LeanNode | null {
  for (let above = statement.parent; above !== null; above = above.parent) {
    const isOpener =
      above.type === 'with_statement' && new RegExp(`\\bas ${session}\\s*[,:)]`).test(above.text);
    const isRoute =
      above.type === 'function_definition' &&
      (isGiven(above, session) || (endsWithRequest && session === 'db.session' && answersRequest(above)));
    if (isOpener || isRoute) return above;
    if (above.type === 'function_definition') return null;
  }
  return null;
}

/** Decorators that open a session for the function and end it: `@with_db_session`, `@provide_session`. */
const GIVES_SESSION = /^@\s*[\w.]*(with|provide|inject|use|get|need)\w*session/i;

function isGiven(definition: LeanNode, session: string): boolean {
  const parameters = definition.child('parameters')?.children ?? [];
  const own = parameters.filter(({ text }) => new RegExp(`^${session}\\b`).test(text));
  if (own.some(({ text }) => /\b(Depends|Annotated)\b/.test(text))) return true;
  const decorators = definition.parent?.type === 'decorated_definition' ? definition.parent.children : [];
  return (
    own.length > 0 && decorators.some(({ type, text }) => type === 'decorator' && GIVES_SESSION.test(text))
  );
}

/** A view of Flask: a function with a route, or a method of a view that is called by the name of an HTTP method. */
function answersRequest(definition: LeanNode): boolean {
  const decorators = definition.parent?.type === 'decorated_definition' ? definition.parent.children : [];
  if (decorators.some(({ type, text }) => type === 'decorator' && ROUTE.test(text))) return true;
  const isMethod = /^(get|post|put|patch|delete)$/.test(definition.child('name')?.text ?? '');
  const around = isMethod ? findAncestor(definition, 'class_definition') : null;
  return /Resource|View/.test(around?.child('superclasses')?.text ?? '');
}

/** Whether the clause gives the session, or what holds it, to a function that may roll it back. */
function handsOn(clause: LeanNode, session: string): boolean {
  const names = [session, session.replace(/\.session$/, '')].map((name) => name.replaceAll('.', '\\.'));
  return listWithin(clause, 'call').some((call) =>
    new RegExp(`[(,=]\\s*(${names.join('|')})\\s*[,)]`).test(call.child('arguments')?.text ?? ''),
  );
}

function leaves(clause: LeanNode): boolean {
  return clause.childOfType('block')?.children.at(-1)?.type === 'return_statement';
}

function isWithin(node: LeanNode, type: string, limit: LeanNode): boolean {
  for (let above = node.parent; above !== null && above !== limit; above = above.parent) {
    if (above.type === type) return true;
  }
  return false;
}

function checkClause(clause: LeanNode, rollback: string, source: SourceText): RuleMatch[] {
  const block = clause.childOfType('block');
  const first = block === null ? undefined : membersOf(block)[0];
  if (first === undefined || /\b(raise|abort\(|sys\.exit|close\(\))/.test(clause.text)) return [];
  const caught = block === null ? '' : source.text.slice(clause.start, block.start);
  if (/^except\s*[^\s:]/.test(caught) && !COMMIT_ERRORS.test(caught)) return [];
  const head = source.text.slice(clause.start, block?.start ?? clause.end).trimEnd();
  const indent = indentAt(source.text, first.start);
  const ownLine = source.text.slice(clause.start, first.start).includes('\n');
  return [
    {
      startOffset: clause.start,
      endOffset: clause.start + head.length,
      message: `The session is not rolled back here, so it cannot be used again (\`${rollback}\`).`,
      fix: ownLine
        ? {
            summary: 'Roll the session back first.',
            edits: [insertAt(first.start, `${rollback}${lineBreakAt(source.text, clause.start)}${indent}`)],
          }
        : null,
    },
  ];
}
