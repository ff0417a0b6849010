import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { memoryIndex } from './memory-index.ts';

test.each([
  ['@app.task(queue="slow", soft_time_limit=60 * 60)', 0],
  ['@shared_task(time_limit=LIMIT_S)', 0],
  ['@app.task(time_limit=None)', 1],
  ['@app.task(queue="slow")', 1],
  ['@app.route("/a", time_limit=5)', 1],
] as const)('a wait under %s is found: %i', async (decorator, count) => {
  const text = `import requests\n\n${decorator}\ndef run(url):\n    def read():\n        return requests.get(url)\n    read()\n`;
  const rules = pickRules(['python-http-call-without-timeout']);
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits } = await reviewFiles(memoryIndex({ 'tasks.py': text }), rules, deps);
  expect(hits).toHaveLength(count);
});
