import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { isAccusing } from '../../../src/review/evidence/find-symptoms.ts';
import type { SymptomKind } from '../../../src/review/evidence/symptom.ts';
import { SYMPTOM_MEANINGS } from '../../../src/review/evidence/symptom-meanings.ts';
import { reviewCode } from '../../../src/review/review.ts';
import { RULES } from '../../../src/review/rules/index.ts';
import { memoryIndex } from '../memory-index.ts';
import { type SampleItem, sampleRun } from '../sample-run.ts';

const ENGINE = `from sqlalchemy import create_engine
engine = create_engine("postgresql+psycopg://db/shop", connect_args={"connect_timeout": 2})
def read_user(id):
    with engine.connect() as connection:
        return connection.execute(query, {"id": id}).one()
`;
const route = { endpoint: 'GET /users/{id}', file: 'users.py', line: 3 };

async function reviewOf(item: SampleItem) {
  const request = {
    id: 'rev_test',
    index: memoryIndex({ 'users.py': ENGINE }, { routes: [route] }),
    run: sampleRun([item]),
    operations: [],
    rules: ['python-engine-without-pre-ping'],
    role: 'developer',
    contextTexts: [],
  } as const;
  const { signal } = new AbortController();
  const { findings, suggestions } = await reviewCode(request, { clock: systemClock, signal });
  return {
    evidence: findings.flatMap((finding) => finding.evidence.map(({ symptom }) => symptom)),
    suggested: suggestions.map(({ ruleId, symptoms }) => [ruleId, symptoms.map(({ kind }) => kind)]),
  };
}

test('each kind of symptom that accuses a service is shown by rules', () => {
  const kinds = Object.keys(SYMPTOM_MEANINGS) as SymptomKind[];
  const shown = new Set(RULES.flatMap((rule) => Object.keys(rule.shownBy)));
  expect(kinds.filter((kind) => shown.has(kind))).toEqual(kinds.filter(isAccusing));
});

test('a slow recovery is evidence for connections that are kept dead, and they explain it', async () => {
  const { evidence, suggested } = await reviewOf({
    endpoint: 'GET /users/{id}',
    fault: 'refuse',
    dependency: {},
    recoveryMs: 4_000,
  });
  expect(evidence).toEqual([expect.stringContaining('it took 4,000 ms until')]);
  expect(suggested).toEqual([['python-engine-without-pre-ping', ['slow_recovery']]]);
});

test('a slow recovery of another operation is not explained by code that it does not reach', async () => {
  const { evidence, suggested } = await reviewOf({
    endpoint: 'GET /prices',
    fault: 'refuse',
    dependency: {},
    recoveryMs: 4_000,
  });
  expect(evidence).toEqual([]);
  expect(suggested).toEqual([
    ['python-engine-without-pre-ping', []],
    [null, ['slow_recovery']],
  ]);
});
