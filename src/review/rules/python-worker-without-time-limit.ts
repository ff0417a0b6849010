import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { FOREIGN_SETTINGS, onlySendsTasks } from '../syntax/celery.ts';
import { appendMember } from '../syntax/insert.ts';
import { fullName, hasSplat, keywordOf, type PythonNames, readPythonImports } from '../syntax/python.ts';
import type { SourceText } from '../syntax/source-text.ts';

export default defineRule({
  id: 'python-worker-without-time-limit',
  languages: ['python'],
  title: 'Worker that nothing ends',
  summary: 'A worker stuck in one request or task stays stuck until somebody restarts it.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['gunicorn', 'celery'],
  shownBy: { hang: 0.4, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'gunicorn (all versions): timeout 30 s; 0 turns it off. Celery 5: task_time_limit and task_soft_time_limit are not set, which is no limit.',
    source: 'gunicorn docs "Settings: timeout"; Celery docs "task_time_limit"',
    howItMaterializes:
      'A dependency goes silent; each task or request that calls it takes a worker, until none is left.',
    downstreamImpact: 'The queue grows, and work that has nothing to do with the dependency waits too.',
    discussion:
      'The limit is the last net: it must be above every limit of the calls inside. A soft limit lets a task clean up.',
    infrastructurePattern: 'A liveness probe that asks a worker restarts stuck processes.',
    benefit: 'A stuck worker comes back by itself.',
    risks: 'Long tasks are ended: give those a limit of their own.',
    monitoring: 'Workers busy, age of the oldest task, worker restarts by time limit.',
  },
  check({ source, project }) {
    const names = readPythonImports(source);
    return [...checkGunicorn(source), ...checkCelery(source, names, project)];
  },
  examples: {
    valid: [
      'bind = "0.0.0.0:8000"\ntimeout = 30\n',
      'bind = "0.0.0.0:8000"\nworkers = 4\n',
      'timeout = 0\nprint(timeout)\n',
      'from celery import Celery\napp = Celery("a", task_time_limit=300)\n',
      'from celery import Celery\napp = Celery("a")\napp.conf.task_time_limit = 300\n',
      'from celery import Celery\napp = Celery("a")\napp.config_from_object("settings", namespace="CELERY")\n',
      'from celery import Celery\nfrom shop_settings.celery import *\napp = Celery("a")\n',
      'from billiard import Celery\napp = Celery("a")\n',
    ],
    invalid: [
      {
        before:
          'from celery import Celery\napp = Celery("a")\napp.config_from_object("django.conf:settings", namespace="CELERY")\n',
        after: null,
      },
      {
        before: 'bind = "0.0.0.0:8000"\nworkers = 4\ntimeout = 0\n',
        after: 'bind = "0.0.0.0:8000"\nworkers = 4\ntimeout = 30\n',
      },
      {
        before: 'worker_class = "uvicorn.workers.UvicornWorker"\ntimeout = 0\n',
        after: 'worker_class = "uvicorn.workers.UvicornWorker"\ntimeout = 30\n',
      },
      {
        before:
          'from celery import Celery\napp = Celery("shop", broker=url)\n@app.task\ndef f():\n    pass\n',
        after:
          'from celery import Celery\napp = Celery("shop", broker=url, task_time_limit=300, task_soft_time_limit=270)\n@app.task\ndef f():\n    pass\n',
      },
    ],
  },
});

/** Settings of gunicorn stand as plain names in a file of their own. */
const GUNICORN = /^(bind|workers|worker_class|wsgi_app)\s*=/m;

function checkGunicorn(source: SourceText): RuleMatch[] {
  if (!GUNICORN.test(source.text)) return [];
  return source
    .nodes('assignment')
    .filter(
      (one) =>
        one.child('left')?.text === 'timeout' &&
        one.child('right')?.text === '0' &&
        one.parent?.parent?.type === 'module',
    )
    .map((one) => ({
      startOffset: one.start,
      endOffset: one.end,
      message: '`timeout = 0` turns off what ends a stuck worker.',
      fix: {
        summary: "Go back to gunicorn's 30 s.",
        edits: [{ startOffset: one.end - 1, endOffset: one.end, text: '30' }],
      },
    }));
}

function checkCelery(source: SourceText, names: PythonNames, project: ProjectFacts): RuleMatch[] {
  // Django's settings are part of the project, and would hold the limit; another object may come from elsewhere.
  const configured = /config_from_object\(\s*['"]django\.conf:settings['"]/.test(source.text);
  const limits = [
    'time_limit',
    'TIME_LIMIT',
    FOREIGN_SETTINGS,
    ...(configured ? [] : ['config_from_object']),
  ];
  if (limits.some((part) => project.holds(part)) || onlySendsTasks(source, project)) return [];
  return source
    .nodes('call')
    .filter((call) =>
      ['celery.Celery', 'celery.app.Celery'].includes(fullName(call.child('function'), names) ?? ''),
    )
    .filter((call) => !hasSplat(call) && keywordOf(call, 'task_time_limit') === null)
    .map((call) => ({
      startOffset: call.start,
      endOffset: call.end,
      message: 'No task of this application has a time limit.',
      fix: configured ? null : fixOf(call, source),
    }));
}

function fixOf(call: LeanNode, source: SourceText) {
  const list = call.child('arguments');
  if (list === null) return null;
  const edit = appendMember(source.text, list, 'task_time_limit=300, task_soft_time_limit=270');
  return { summary: 'End tasks after five minutes, and warn them half a minute before.', edits: [edit] };
}
