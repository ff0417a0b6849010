import { defineRule } from '../rule.ts';
import { fullName, readPythonImports } from '../syntax/python.ts';

const MAKERS = new Set(['asyncio.create_task', 'asyncio.ensure_future']);

export default defineRule({
  id: 'python-task-without-reference',
  languages: ['python'],
  title: 'Background task that nobody holds',
  summary: 'A task without a reference may be collected while it runs, and its error is lost.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: {},
  advice: {
    libraryDefault:
      'asyncio (Python 3.7 and later): the event loop only keeps weak references to tasks; an error nobody awaits is logged when the task is collected.',
    source: 'Python docs asyncio.create_task, "Important: Save a reference to the result"; ruff RUF006',
    howItMaterializes:
      'Under memory pressure the collector takes a task in the middle of its work: the mail is not sent, the lock not released.',
    downstreamImpact: 'Work disappears without an error, only under load, and nobody knows which.',
    discussion:
      'Keep tasks in a set and discard them when done, or use asyncio.TaskGroup (Python 3.11) where the caller can wait.',
    infrastructurePattern:
      'A queue with acknowledgements keeps work that must not be lost, also over a restart.',
    benefit: 'Background work ends, or its error is seen.',
    risks: 'A set of tasks grows if tasks never end: give them a time limit.',
    monitoring: 'Tasks in flight, "Task exception was never retrieved" in the log.',
  },
  check({ source }) {
    const names = readPythonImports(source);
    return source
      .nodes('expression_statement')
      .flatMap((statement) => statement.children.slice(0, 1))
      .filter((call) => call.type === 'call' && MAKERS.has(fullName(call.child('function'), names) ?? ''))
      .map((call) => ({
        startOffset: call.start,
        endOffset: call.end,
        message: `Nothing keeps the task that \`${call.child('function')?.text ?? ''}\` begins.`,
        fix: null,
      }));
  },
  examples: {
    valid: [
      'import asyncio\nasync def a():\n    task = asyncio.create_task(b())\n    await task\n',
      'import asyncio\nasync def a():\n    tasks.add(asyncio.create_task(b()))\n',
      'import asyncio\nasync def a():\n    async with asyncio.TaskGroup() as group:\n        group.create_task(b())\n',
      'import asyncio\nasync def a():\n    await asyncio.create_task(b())\n',
      'async def a(background_tasks):\n    background_tasks.add_task(b)\n',
      'import asyncio\nasync def a(self):\n    self.task = asyncio.ensure_future(b())\n',
    ],
    invalid: [
      { before: 'import asyncio\nasync def a():\n    asyncio.create_task(b())\n', after: null },
      {
        before: 'from asyncio import create_task\nasync def a():\n    create_task(b(), name="b")\n',
        after: null,
      },
      { before: 'import asyncio as aio\ndef a():\n    aio.ensure_future(b())\n', after: null },
    ],
  },
});
