import { expect, test } from 'vitest';
import { openTargetMemory } from '../../../src/scenario/run/ended-target.ts';
import { type SampleItem, sampleRun } from '../../review/sample-run.ts';

const good: SampleItem = { endpoint: 'GET /orders', title: 'payments is slow' };
const refused: SampleItem = {
  endpoint: 'GET /products',
  outcomes: {},
  verdict: 'inconclusive',
  message: 'gives connection refused after 2.2 ms without any fault',
};

/** Remedies of the results, each remembered in its turn. */
function remediesOf(...items: readonly SampleItem[]): (string | null | undefined)[] {
  const { run, results } = sampleRun(items);
  const memory = openTargetMemory();
  return results.map((result, at) => memory.remember(result, run.items[at]!).verdict.reasons[0]?.remedy);
}

test('a target that answered before and refuses now is told to have ended, and when it answered last', () => {
  const remedy =
    'It answered until GET /orders (payments is slow), and has ended since: see its log, and start it again.';
  expect(remediesOf(good, refused, refused)).toEqual([undefined, remedy, remedy]);
});

test('a target that never answered, or fails in another way, keeps its remedy', () => {
  expect(remediesOf(refused, refused)).toEqual([null, null]);
  expect(remediesOf(good, { ...refused, message: 'answers 500 without any fault' })).toEqual([
    undefined,
    null,
  ]);
});
