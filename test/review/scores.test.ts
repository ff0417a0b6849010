import { expect, test } from 'vitest';
import type { Symptom } from '../../src/review/evidence/symptom.ts';
import type { EndpointPosture } from '../../src/review/review-nouns.ts';
import { RULES } from '../../src/review/rules/index.ts';
import { scoreReview } from '../../src/review/scores.ts';
import type { Evidence, Finding, Severity } from '../../src/types-code.ts';

const OPERATION = 'GET /orders/{id}';
const place = { file: 'src/a.js', startLine: 3, endLine: 3 };

function finding(
  id: string,
  ruleId: string,
  severity: Severity,
  evidence: readonly Evidence[] = [],
): Finding {
  const head = { id, ruleId, severity, title: ruleId, message: ruleId, place, excerpt: '' };
  return { ...head, symbol: 'getOrder', reachedFrom: [OPERATION], evidence, fix: null };
}

function symptom(kind: Symptom['kind'], strength: number, itemId = 'item-1'): Symptom {
  const head = { kind, strength, itemId, runId: 'run_1', endpoint: OPERATION };
  return { ...head, scenarioTitle: 't', seen: `it shows ${kind}`, figures: '' };
}

function cardOf(
  findings: readonly Finding[],
  symptoms: readonly Symptom[] = [],
  over: Partial<EndpointPosture> = {},
) {
  const endpoint: EndpointPosture = {
    endpoint: OPERATION,
    handler: place,
    handlerName: 'getOrder',
    passed: symptoms.length === 0 ? 0 : 1,
    failed: 0,
    inconclusive: 0,
    findingIds: findings.map(({ id }) => id),
    symptoms,
    ...over,
  };
  const scope = { operations: [], root: '/code', filesReviewed: 1, routes: 1, rules: [] };
  return scoreReview({ endpoints: [endpoint], findings, scope }, RULES);
}

test('nothing found is 1, and says what it was told from', () => {
  const [card] = cardOf([]);
  expect(card).toMatchObject({ reliability: { value: 1 }, performance: { value: 1 }, basis: 'code' });
});

test('each finding takes its share of what is left', () => {
  const [card] = cardOf([
    finding('a', 'js-fetch-without-timeout', 'high'),
    finding('b', 'retry-without-bound', 'critical'),
  ]);
  expect(card?.reliability.value).toBe(0.45);
  expect(card?.reliability.deductions.map(({ weight }) => weight)).toEqual([0.4, 0.25]);
  expect(card?.reliability.deductions[0]?.reason).toContain('src/a.js:3');
});

test('a rule that only slowness shows lowers performance and not reliability', () => {
  const [card] = cardOf([finding('a', 'js-sequential-reads', 'low')]);
  expect(card).toMatchObject({ reliability: { value: 1 }, performance: { value: 0.96 } });
});

test('a symptom that a finding explains is not counted twice; one that none explains is', () => {
  const proof = { runId: 'run_1', itemId: 'item-1', symptom: 'hangs', figures: '', confidence: 0.9 };
  const explained = cardOf(
    [finding('a', 'js-fetch-without-timeout', 'critical', [proof])],
    [symptom('hang', 1)],
  )[0];
  expect(explained?.reliability.value).toBe(0.6);
  const unexplained = cardOf([], [symptom('hang', 0.5), symptom('hang', 1, 'item-2')], { handler: null })[0];
  expect(unexplained).toMatchObject({ reliability: { value: 0.6 }, basis: 'measurements' });
});

test('a fault at the edge accuses nobody', () => {
  expect(cardOf([], [symptom('edge_only', 1)])[0]?.reliability.value).toBe(1);
});

test('a function is scored by the findings in it', () => {
  const [, card] = cardOf([finding('a', 'js-fetch-without-timeout', 'high')]);
  expect(card).toMatchObject({ kind: 'function', subject: 'getOrder', reliability: { value: 0.75 } });
});
