import type { Finding, Severity } from '../types-code.ts';
import type { Symptom, SymptomKind } from './evidence/symptom.ts';
import type { EndpointPosture, Review } from './review-nouns.ts';
import type { Rule } from './rule.ts';
import type { Deduction, Score, ScoreCard } from './score-card.ts';

/** What each finding takes from reliability, by its severity after evidence and reach were weighed. */
export const FINDING_WEIGHTS: Readonly<Record<Severity, number>> = {
  critical: 0.4,
  high: 0.25,
  medium: 0.1,
  low: 0.04,
  info: 0.01,
};

/** What each kind of symptom takes when its measurement is certain; the kind decides which score it lowers. */
export const SYMPTOM_WEIGHTS: Readonly<
  Record<SymptomKind, { readonly reliability: number; readonly performance: number }>
> = {
  breakdown: { reliability: 0.5, performance: 0 },
  hang: { reliability: 0.4, performance: 0.1 },
  hang_on_error: { reliability: 0.4, performance: 0.1 },
  retry_multiplication: { reliability: 0.3, performance: 0.1 },
  unclear_error: { reliability: 0.15, performance: 0 },
  slow_beyond_fault: { reliability: 0.05, performance: 0.4 },
  slow_recovery: { reliability: 0.15, performance: 0.1 },
  edge_only: { reliability: 0, performance: 0 },
};

/** From this strength on, slowness in a run speaks for a rule so much that its findings lower performance. */
const SLOWNESS = 0.5;

type Shown = readonly Pick<Rule, 'id' | 'shownBy'>[];

/**
 * Scores operations and functions by a written rubric (docs/rules.md): each starts at 1, and each finding that it
 * reaches and each measured symptom that no such finding explains takes its share of what is left.
 */
export function scoreReview(
  review: Pick<Review, 'endpoints' | 'findings' | 'scope'>,
  rules: Shown,
): readonly ScoreCard[] {
  const operations = review.endpoints.map((endpoint) => scoreOperation(endpoint, review, rules));
  const functions = groupBySymbol(review.findings).map((findings) => scoreFunction(findings, rules));
  return [...operations, ...functions];
}

function groupBySymbol(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.symbol === null) continue;
    const key = `${finding.place.file}\u0000${finding.symbol}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function scoreOperation(
  endpoint: EndpointPosture,
  review: Pick<Review, 'findings' | 'scope'>,
  rules: Shown,
): ScoreCard {
  const findings = review.findings.filter((finding) => endpoint.findingIds.includes(finding.id));
  const explained = new Set(findings.flatMap((finding) => finding.evidence.map(({ itemId }) => itemId)));
  const symptoms = strongestByKind(endpoint.symptoms.filter((symptom) => !explained.has(symptom.itemId)));
  const measured = endpoint.passed + endpoint.failed + endpoint.inconclusive > 0;
  const read = review.scope.root !== null && endpoint.handler !== null;
  return {
    subject: endpoint.endpoint,
    kind: 'operation',
    place: endpoint.handler,
    reliability: toScore([
      ...findings.map((finding) => reliabilityOf(finding, rules)),
      ...symptoms.map((one) => symptomOf(one, 'reliability')),
    ]),
    performance: toScore([
      ...findings.map((finding) => performanceOf(finding, rules)),
      ...symptoms.map((one) => symptomOf(one, 'performance')),
    ]),
    basis: measured && read ? 'code and measurements' : read ? 'code' : 'measurements',
  };
}

function scoreFunction(findings: readonly Finding[], rules: Shown): ScoreCard {
  const [first] = findings;
  const proven = findings.some((finding) => finding.evidence.length > 0);
  return {
    subject: first?.symbol ?? '',
    kind: 'function',
    place: first?.place ?? null,
    reliability: toScore(findings.map((finding) => reliabilityOf(finding, rules))),
    performance: toScore(findings.map((finding) => performanceOf(finding, rules))),
    basis: proven ? 'code and measurements' : 'code',
  };
}

/** One symptom of each kind: the same weakness seen in ten items is one weakness. */
function strongestByKind(symptoms: readonly Symptom[]): readonly Symptom[] {
  const best = new Map<SymptomKind, Symptom>();
  for (const symptom of symptoms) {
    if (symptom.strength > (best.get(symptom.kind)?.strength ?? 0)) best.set(symptom.kind, symptom);
  }
  return [...best.values()];
}

/** A rule that only slowness shows says nothing about reliability. */
function reliabilityOf(finding: Finding, rules: Shown): Deduction {
  const kinds = Object.keys(shownBy(finding, rules));
  const onlySlow = kinds.length === 1 && kinds[0] === 'slow_beyond_fault';
  return { reason: describe(finding), weight: onlySlow ? 0 : FINDING_WEIGHTS[finding.severity] };
}

function performanceOf(finding: Finding, rules: Shown): Deduction {
  const slows = (shownBy(finding, rules).slow_beyond_fault ?? 0) >= SLOWNESS;
  return { reason: describe(finding), weight: slows ? FINDING_WEIGHTS[finding.severity] : 0 };
}

function shownBy(finding: Finding, rules: Shown): Rule['shownBy'] {
  return rules.find((rule) => rule.id === finding.ruleId)?.shownBy ?? {};
}

function describe({ ruleId, severity, place, evidence }: Finding): string {
  const proof = evidence[0] === undefined ? '' : `, measured in ${evidence[0].itemId}`;
  return `${severity}: ${ruleId} at ${place.file}:${place.startLine}${proof}`;
}

function symptomOf(symptom: Symptom, score: 'reliability' | 'performance'): Deduction {
  const weight = SYMPTOM_WEIGHTS[symptom.kind][score] * symptom.strength;
  return { reason: `measured in ${symptom.itemId}: ${symptom.seen}`, weight };
}

function toScore(all: readonly Deduction[]): Score {
  const deductions = all.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  const left = deductions.reduce((value, { weight }) => value * (1 - weight), 1);
  return { value: Math.round(left * 100) / 100, deductions };
}
