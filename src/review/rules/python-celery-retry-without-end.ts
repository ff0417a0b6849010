import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { keywordOf } from '../syntax/python.ts';

const TASK = /(^|\.)(task|shared_task|retry)$/;
/** What else ends the retries of a task. */
const OTHER_END = /self\.request\.retries|expires\s*=|max_retries\s*=\s*(?!None)\w/;

export default defineRule({
  id: 'python-celery-retry-without-end',
  languages: ['python'],
  title: 'Celery task that is retried without end',
  summary: 'A task that fails for good is tried again for ever, and its like fill the workers.',
  severity: 'high',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['celery'],
  shownBy: { retry_multiplication: 0.6, slow_recovery: 0.3 },
  advice: {
    libraryDefault: 'Celery 5: max_retries 3 and a pause of 180 s; max_retries None means for ever.',
    source: 'Celery docs "Tasks: Task.max_retries" and "Automatic retry for known exceptions"',
    howItMaterializes:
      'The dependency is gone, or one message is bad: each such task comes back after every pause, beside all new ones.',
    downstreamImpact:
      'The queue holds more retries than work, good tasks wait behind them, and the dependency gets them all when it returns.',
    discussion:
      'Bound the retries so that they span the outage to survive (`retry_backoff=True, max_retries=10` is about two hours), and put aside what still fails, where somebody sees it.',
    infrastructurePattern:
      'A dead-letter queue at the broker (RabbitMQ `x-dead-letter-exchange`) takes what failed too often.',
    benefit: 'Tasks that cannot succeed leave the queue and are seen.',
    risks: 'After the last retry the task fails: its error must be noticed.',
    monitoring: 'Retries and failures by task, age of the oldest task.',
  },
  check({ source }) {
    if (!/\bcelery\b|shared_task/i.test(source.text)) return [];
    return source
      .nodes('call')
      .map(checkCall)
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'from celery import shared_task\n@shared_task(max_retries=5)\ndef f():\n    pass\n',
      'from celery import shared_task\n@shared_task(autoretry_for=(OSError,))\ndef f():\n    pass\n',
      'from celery import shared_task\n@shared_task(bind=True, max_retries=None)\ndef f(self):\n    g()\n',
      'from celery import shared_task\n@shared_task(bind=True, max_retries=None)\ndef f(self):\n    if self.request.retries > 20:\n        return\n    self.retry()\n',
      'from jobs import task\n@task(max_retries=None)\ndef f():\n    pass\n',
      'from celery import Celery\nclient = Client(max_retries=None)\n',
    ],
    invalid: [
      {
        before:
          'from celery import shared_task\n@shared_task(autoretry_for=(Exception,), max_retries=None)\ndef f():\n    g()\n',
        after: null,
      },
      {
        before:
          'from app.celery import app\n@app.task(bind=True, max_retries=None)\ndef f(self):\n    try:\n        g()\n    except OSError as error:\n        raise self.retry(exc=error)\n',
        after: null,
      },
      {
        before:
          'from celery import shared_task\n@shared_task(bind=True)\ndef f(self):\n    try:\n        g()\n    except OSError as error:\n        self.retry(exc=error, countdown=5, max_retries=None)\n',
        after: null,
      },
    ],
  },
});

function checkCall(call: LeanNode): RuleMatch | null {
  const callee = call.child('function')?.text ?? '';
  const bound = keywordOf(call, 'max_retries');
  if (!TASK.test(callee) || bound?.child('value')?.type !== 'none') return null;
  const isDecorator = call.parent?.type === 'decorator';
  const definition = isDecorator ? call.parent?.parent : null;
  if (!isDecorator && !callee.endsWith('self.retry')) return null;
  const retries =
    call.text.includes('autoretry_for') || /\bself\.retry\(/.test(definition?.text ?? call.text);
  if (!retries || OTHER_END.test(definition?.text ?? call.text)) return null;
  return {
    startOffset: bound.start,
    endOffset: bound.end,
    message: '`max_retries=None` tries this task again for as long as it fails.',
    fix: null,
  };
}
