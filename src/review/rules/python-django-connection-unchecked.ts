import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember, insertAt } from '../syntax/insert.ts';
import { keywordOf } from '../syntax/python.ts';
import { lineBreakAt, type SourceText } from '../syntax/source-text.ts';

/** The first version that can check a connection before it is used again. */
const FIRST_WITH_CHECKS = [4, 1] as const;
const DJ_DATABASE_URL = /^dj_database_url\.(config|parse)$|^env\.(dj_)?db(_url)?$/;

/** Engines of Django whose database is a file, written out. */
const FILE_ENGINE = /^["'][\w.]*\b(sqlite3?|spatialite)["']$/;

export default defineRule({
  id: 'python-django-connection-unchecked',
  languages: ['python'],
  title: 'Kept database connection that is not checked (Django)',
  summary: 'After a restart of the database, requests fail on connections that are long dead.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['Django'],
  shownBy: { unclear_error: 0.5, slow_recovery: 0.7 },
  advice: {
    libraryDefault:
      'Django 4.1 and later: CONN_HEALTH_CHECKS is False, so a connection kept by CONN_MAX_AGE is used as it is; CONN_MAX_AGE itself is 0, which keeps none.',
    source: 'Django docs "Settings: CONN_HEALTH_CHECKS" and "Databases: Persistent database connections"',
    howItMaterializes:
      'The database restarts, fails over, or a firewall drops idle connections: the first request of each worker fails with OperationalError.',
    downstreamImpact: 'A failover of seconds shows as a burst of 500 in all workers, also minutes later.',
    discussion:
      'The check is one round trip for each request that uses the database, and only where the connection is kept.',
    infrastructurePattern: 'PgBouncer keeps connections outside the workers, and then CONN_MAX_AGE can be 0.',
    benefit: 'A restarted database costs nothing once it is back.',
    risks: 'None known but the round trip.',
    monitoring: 'OperationalError and InterfaceError after failovers.',
  },
  check({ source, project }) {
    if (isTooOld(project.versionOf('django') ?? project.versionOf('Django'))) return [];
    if (['CONN_HEALTH_CHECKS', 'conn_health_checks'].some((part) => project.holds(part))) return [];
    return [...checkPairs(source), ...checkCalls(source)];
  },
  examples: {
    valid: [
      'DATABASES = {"default": {"ENGINE": e, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}\n',
      'DATABASES = {"default": {"ENGINE": e, "CONN_MAX_AGE": 0}}\n',
      'DATABASES = {"default": {"ENGINE": e}}\n',
      'DATABASES = {"default": {"ENGINE": e, "CONN_MAX_AGE": int(os.getenv("KEEP", "0"))}}\n',
      {
        code: 'DATABASES = {"default": {"ENGINE": e, "CONN_MAX_AGE": 600}}\n',
        versions: { django: '3.2.25' },
      },
      'KEEP = int(os.environ.get("KEEP", 0))\nDATABASES = {"default": {"ENGINE": e, "CONN_MAX_AGE": KEEP}}\n',
      'POOL = {"CONN_MAX_AGE": 600}\n',
      'database = {"ENGINE": "django.db.backends.sqlite3", "NAME": n, "CONN_MAX_AGE": None}\n',
      'import dj_database_url\nDATABASES = {"default": dj_database_url.config(conn_max_age=600, conn_health_checks=True)}\n',
      'import dj_database_url\nDATABASES = {"default": dj_database_url.config()}\n',
    ],
    invalid: [
      {
        before:
          'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": "sqlite3", "CONN_MAX_AGE": 600}}\n',
        after:
          'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": "sqlite3", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}\n',
      },
      {
        before:
          'DATABASES = {\n    "default": {\n        "ENGINE": e,\n        "CONN_MAX_AGE": 600,\n        "HOST": h,\n    }\n}\n',
        after:
          'DATABASES = {\n    "default": {\n        "ENGINE": e,\n        "CONN_MAX_AGE": 600,\n        "CONN_HEALTH_CHECKS": True,\n        "HOST": h,\n    }\n}\n',
      },
      {
        before: "DATABASES = {'default': {'ENGINE': e, 'CONN_MAX_AGE': None}}\n",
        after: "DATABASES = {'default': {'ENGINE': e, 'CONN_MAX_AGE': None, 'CONN_HEALTH_CHECKS': True}}\n",
      },
      {
        before:
          'import dj_database_url\nDATABASES = {"default": dj_database_url.config(default=url, conn_max_age=600)}\n',
        after:
          'import dj_database_url\nDATABASES = {"default": dj_database_url.config(default=url, conn_max_age=600, conn_health_checks=True)}\n',
        versions: { django: '5.2.1' },
      },
    ],
  },
});

function isTooOld(version: string | null): boolean {
  const [major = 0, minor = 0] =
    /^\D*(\d+)\.(\d+)/
      .exec(version ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  if (version === null || major === 0) return false;
  return major < FIRST_WITH_CHECKS[0] || (major === FIRST_WITH_CHECKS[0] && minor < FIRST_WITH_CHECKS[1]);
}

/** `"CONN_MAX_AGE": 600` beside `"ENGINE"`. */
function checkPairs(source: SourceText): RuleMatch[] {
  return source.nodes('pair').flatMap((pair) => {
    const key = pair.child('key');
    const value = pair.child('value');
    if (
      key === null ||
      key.text.slice(1, -1) !== 'CONN_MAX_AGE' ||
      value === null ||
      keepsNone(value, source)
    )
      return [];
    const engine = pair.parent?.children.find((one) => one.child('key')?.text.slice(1, -1) === 'ENGINE');
    // A connection to a file outlives every restart.
    if (engine === undefined || FILE_ENGINE.test(engine.child('value')?.text ?? '')) return [];
    const quote = key.text.charAt(0);
    const lineStart = source.text.lastIndexOf('\n', pair.start - 1) + 1;
    const indent = source.text.slice(lineStart, pair.start);
    const gap = /^\s*$/.test(indent) ? `${lineBreakAt(source.text, pair.start)}${indent}` : ' ';
    const edit = insertAt(pair.end, `,${gap}${quote}CONN_HEALTH_CHECKS${quote}: True`);
    return [toMatch(pair, [edit])];
  });
}

function checkCalls(source: SourceText): RuleMatch[] {
  return source.nodes('call').flatMap((call) => {
    const kept = keywordOf(call, 'conn_max_age')?.child('value') ?? null;
    const list = call.child('arguments');
    if (!DJ_DATABASE_URL.test(call.child('function')?.text ?? '') || kept === null || keepsNone(kept, source))
      return [];
    return list === null ? [] : [toMatch(call, [appendMember(source.text, list, 'conn_health_checks=True')])];
  });
}

/** 0 keeps no connection, also as the value that holds where the environment says nothing. */
function keepsNone(value: LeanNode, source: SourceText): boolean {
  const given =
    value.type === 'identifier'
      ? source.nodes('assignment').filter((one) => one.child('left')?.text === value.text)
      : [value.parent ?? value];
  // A name from elsewhere may stand for anything.
  return given.length === 0 || given.some((one) => /[\s"'(=,:]0["']?[\s)]*$/.test(one.text));
}

function toMatch(place: LeanNode, edits: NonNullable<RuleMatch['fix']>['edits']): RuleMatch {
  return {
    startOffset: place.start,
    endOffset: place.end,
    message: 'Connections are kept, and used again without a look whether they are still there.',
    fix: { summary: 'Check a kept connection before it is used.', edits },
  };
}
