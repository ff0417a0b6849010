import { expect, test } from 'vitest';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import { answerForComparison } from '../../../src/tools/session/compare-answer.ts';
import type { RunResult } from '../../../src/types-run.ts';
import { ERRORS_UNDER_1, evidence, LOAD, makeItem, samples } from '../../scenario/fixtures.ts';

const item = makeItem({ strategy: LOAD, slos: [ERRORS_UNDER_1] });

/** A run of one item, of whose 40 requests so many failed and none took longer than said. */
function runOf(id: string, failed: number, latencyMs: number): RunResult {
  const measured = samples(40, (index) => ({ latencyMs, status: index < failed ? 500 : 200 }));
  const head = { id, state: 'finished', startedAt: '', endedAt: null, seed: 1 } as const;
  return {
    run: { ...head, scenarios: [], items: [], notices: [] },
    results: [judgeItem(evidence(item, measured))],
  };
}

test('a comparison states its test, and p50, p95 and error rate of both runs', async () => {
  const before = runOf('run_1', 0, 10);
  const answer = await answerForComparison(runOf('run_2', 20, 80), 'run_1', async () => before);
  expect(answer.verdict).toBe('fail');
  expect(answer.text).toContain('0 fixed, 0 improved, 0 unchanged, 1 regressed');
  expect(answer.text).toContain('Fisher’s exact test');
  expect(answer.facts).toMatchObject({
    test: expect.stringContaining('Fisher’s exact test'),
    changes: [
      {
        change: 'regressed',
        before: { verdict: 'pass', p50_ms: 10, p95_ms: 10, error_rate: 0 },
        after: { verdict: 'fail', p50_ms: 80, p95_ms: 80, error_rate: 0.5 },
      },
    ],
  });
});

test('the same run twice is unchanged', async () => {
  const same = runOf('run_1', 0, 10);
  const answer = await answerForComparison(same, 'run_1', async () => same);
  expect(answer.verdict).toBe('pass');
  expect(answer.text).toContain('0 fixed, 0 improved, 1 unchanged, 0 regressed');
});
