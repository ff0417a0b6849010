import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { renderRunJson } from '../../../src/scenario/report/json.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { RunResult, Sample } from '../../../src/types-run.ts';
import {
  delayed,
  ERRORS_UNDER_1,
  evidence,
  LATENCY_FAULT,
  LOAD,
  makeItem,
  P95_UNDER_300,
  samples,
} from '../fixtures.ts';

const schema = JSON.parse(readFileSync('docs/run.schema.json', 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

function runOf(...parts: readonly (readonly Sample[])[]): RunResult {
  const item = makeItem({ strategy: LOAD, slos: [P95_UNDER_300, ERRORS_UNDER_1], faults: [LATENCY_FAULT] });
  const results = parts.map((some) =>
    judgeItem(
      evidence(item, some, {
        dependencies: [{ proxy: 'db', exchanges: 4, hits: 4, perRequest: 1, joinedBy: 'item' }],
        notices: [{ where: 'here', message: 'so' }],
      }),
    ),
  );
  const head = {
    id: 'run_1',
    state: 'finished',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    seed: 1,
  } as const;
  return { run: { ...head, scenarios: [], items: [], notices: [{ where: 'a', message: 'b' }] }, results };
}

test('the JSON of a run is as docs/run.schema.json says, and holds nothing else', () => {
  const quick = samples(120, () => ({ latencyMs: 20, dependencyExchanges: [delayed(10)] }));
  const silent = samples(40, () => ({ outcome: 'timeout', status: null, latencyMs: 5_000 }));
  validate(JSON.parse(renderRunJson(runOf(quick, silent, []))));
  expect(validate.errors ?? []).toEqual([]);
});

test('a key that the schema does not know is seen', () => {
  const facts = JSON.parse(renderRunJson(runOf(samples(3))));
  facts.results[0].more = 1;
  expect(validate(facts)).toBe(false);
});
