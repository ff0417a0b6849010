import { defineRule, type ProjectFacts } from '../rule.ts';
import { FOREIGN_SETTINGS, onlySendsTasks } from '../syntax/celery.ts';
import { fullName, hasSplat, readPythonImports } from '../syntax/python.ts';

/** How a project shows that it has thought of it, in code and in settings; or settings that cannot be seen. */
const LATE = ['acks_late', 'ACKS_LATE', FOREIGN_SETTINGS];

export default defineRule({
  id: 'python-celery-task-lost-with-worker',
  languages: ['python'],
  title: 'Tasks that are lost with their worker (Celery)',
  summary:
    'A worker that is killed takes the tasks it was working on along: the broker believes they are done.',
  severity: 'low',
  priority: 'nice-to-have',
  complexity: 'medium',
  cost: 'low',
  packages: ['celery'],
  shownBy: {},
  advice: {
    libraryDefault:
      'Celery 5: task_acks_late False, so a task is acknowledged just before it begins; task_reject_on_worker_lost False.',
    source:
      'Celery docs "Configuration: task_acks_late, task_reject_on_worker_lost" and FAQ "retry or acks_late"',
    howItMaterializes:
      'A deployment, a full memory or a lost node ends the worker with SIGKILL in the middle of a task.',
    downstreamImpact: 'The mail is not sent, the order is not shipped, and nothing shows that it was to be.',
    discussion:
      'Set `acks_late=True` for tasks that may run twice (idempotent ones), and `reject_on_worker_lost=True` where a lost worker must not lose them; leave the others as they are, knowingly.',
    infrastructurePattern: 'A termination grace period above the longest task lets workers end their work.',
    benefit: 'Work that was begun is done, at least once.',
    risks: 'A task that is not idempotent is done twice; one that kills its worker comes back.',
    monitoring: 'Tasks begun against tasks ended; workers lost.',
  },
  check({ source, project }) {
    if (LATE.some((part) => project.holds(part)) || !definesTasks(project)) return [];
    if (onlySendsTasks(source, project)) return [];
    const names = readPythonImports(source);
    return source
      .nodes('call')
      .filter((call) => /^celery\.(app\.)?Celery$/.test(fullName(call.child('function'), names) ?? ''))
      .filter((call) => !hasSplat(call))
      .map((call) => ({
        startOffset: call.start,
        endOffset: call.end,
        message:
          'Tasks of this application are acknowledged before they are done, and lost when their worker is.',
        fix: null,
      }));
  },
  examples: {
    valid: [
      'from celery import Celery\napp = Celery("shop", task_acks_late=True)\n@app.task\ndef f():\n    pass\n',
      'from celery import Celery\napp = Celery("shop")\n@app.task(acks_late=True)\ndef f():\n    pass\n',
      'from celery import Celery\napp = Celery("shop")\nCELERY_TASK_ACKS_LATE = True\n@app.task\ndef f():\n    pass\n',
      'from celery import Celery\nfrom shop_settings.celery import *\napp = Celery("shop")\n@app.task\ndef f():\n    pass\n',
      'from celery import Celery\napp = Celery("shop")\napp.send_task("work")\n',
      'from celery import Celery\napp = Celery(**options)\n@app.task\ndef f():\n    pass\n',
      'from kombu import Celery\napp = Celery("shop")\n@app.task\ndef f():\n    pass\n',
    ],
    invalid: [
      {
        before: 'from celery import Celery\napp = Celery("shop")\n@app.task\ndef f():\n    pass\n',
        after: null,
      },
      {
        before:
          'import celery\napp = celery.Celery("shop", broker=url)\n@celery.shared_task\ndef f():\n    pass\n',
        after: null,
      },
      {
        before:
          'from celery import Celery as Worker\ndef make():\n    return Worker("shop")\n@shared_task(bind=True)\ndef f(self):\n    pass\n',
        after: null,
      },
    ],
  },
});

function definesTasks(project: ProjectFacts): boolean {
  return ['shared_task', '.task\n', '.task('].some((part) => project.holds(part));
}
