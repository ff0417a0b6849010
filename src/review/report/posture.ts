import { inlineCode, markdownTable } from '../../markdown.ts';
import { tame } from '../../policy.ts';
import type { RunResult } from '../../types-run.ts';
import { isAccusing } from '../evidence/find-symptoms.ts';
import type { Symptom } from '../evidence/symptom.ts';
import { SYMPTOM_MEANINGS } from '../evidence/symptom-meanings.ts';
import type { EndpointPosture, Review } from '../review-nouns.ts';
import type { ScoreCard } from '../score-card.ts';
import { SYMPTOM_WEIGHTS } from '../scores.ts';
import { countSeverities, plural, showPlace, showText } from './words.ts';

/** Says how each operation stands: its verdicts, what its code reaches, and the worst that was seen. */
export function renderPosture(review: Review, run: RunResult | null): string {
  if (review.endpoints.length === 0) {
    return '## Overall Resilience Posture\n\nNeither routes nor measured operations are known, so there is nothing to list by operation.';
  }
  const header = [
    'Operation',
    'Handler',
    'Passed',
    'Failed',
    'Inconclusive',
    'Reliability',
    'Performance',
    'Findings it reaches',
    'Worst symptom',
  ];
  const { shown, left } = pickShown(review.endpoints);
  const rows = shown.map((endpoint) => [
    inlineCode(tame(endpoint.endpoint, 120)),
    endpoint.handler === null ? '–' : showPlace(endpoint.handler),
    ...(isMeasured(endpoint)
      ? [endpoint.passed, endpoint.failed, endpoint.inconclusive].map(String)
      : ['not measured', '', '']),
    ...scoresOf(review, endpoint.endpoint),
    countSeverities(review.findings.filter((one) => endpoint.findingIds.includes(one.id))) || '–',
    worstSymptom(endpoint),
  ]);
  const parts = [
    '## Overall Resilience Posture',
    describe(review, run),
    rows.length === 0 ? '' : markdownTable(header, rows),
    left === 0 ? '' : `Not listed: ${plural(left, 'operation')}, not measured and with no finding in reach.`,
    renderReasons(review.scores),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Rows of operations of which there is nothing to say; above it they hide the others. */
const MAX_BLANK_ROWS = 25;

function pickShown(endpoints: readonly EndpointPosture[]): {
  readonly shown: readonly EndpointPosture[];
  readonly left: number;
} {
  const isBlank = (one: EndpointPosture) => !isMeasured(one) && one.findingIds.length === 0;
  const blank = endpoints.filter(isBlank);
  if (blank.length <= MAX_BLANK_ROWS) return { shown: endpoints, left: 0 };
  return { shown: endpoints.filter((one) => !isBlank(one)), left: blank.length };
}

function scoresOf(review: Review, endpoint: string): readonly string[] {
  const card = review.scores.find((one) => one.kind === 'operation' && one.subject === endpoint);
  return card === undefined
    ? ['–', '–']
    : [card.reliability, card.performance].map(({ value }) => value.toFixed(2));
}

const MAX_REASONS = 4;

/** What lowered each score: without it a number says nothing. */
function renderReasons(scores: readonly ScoreCard[]): string {
  const lines = scores.flatMap((card) =>
    (['reliability', 'performance'] as const).flatMap((name) => {
      const { value, deductions } = card[name];
      if (deductions.length === 0) return [];
      const shown = deductions
        .slice(0, MAX_REASONS)
        .map(({ reason, weight }) => `${showText(reason)} (−${Math.round(weight * 100)} %)`);
      const more = deductions.length > MAX_REASONS ? `; ${deductions.length - MAX_REASONS} more` : '';
      const subject = inlineCode(tame(card.subject, 120));
      return [`* ${subject} ${name} ${value.toFixed(2)}, from ${card.basis}: ${shown.join('; ')}${more}`];
    }),
  );
  if (lines.length === 0) return '';
  return `### Scores\n\nEach score starts at 1; each finding that is reached, and each measured symptom that no finding explains, takes its share of what is left.\n\n${lines.join('\n')}`;
}

function describe(review: Review, run: RunResult | null): string {
  const measured = review.endpoints.filter(isMeasured);
  const failing = measured.filter((endpoint) => endpoint.failed > 0);
  const accused = review.endpoints.filter((one) => one.symptoms.some((symptom) => isAccusing(symptom.kind)));
  const exposed = review.endpoints.filter((endpoint) => endpoint.findingIds.length > 0);
  const parts: string[] = [];
  if (run === null) parts.push('Nothing was measured: this posture comes from the code alone.');
  else {
    parts.push(
      `${plural(measured.length, 'operation')} measured; ${failing.length} with a failed item, ${accused.length} whose own behaviour shows a weakness.`,
    );
  }
  if (review.scope.root !== null) {
    parts.push(
      `${exposed.length} of ${plural(review.endpoints.length, 'operation')} reach at least one finding in the code.`,
    );
  }
  return parts.join(' ');
}

function isMeasured(endpoint: EndpointPosture): boolean {
  return endpoint.passed + endpoint.failed + endpoint.inconclusive > 0;
}

function worstSymptom(endpoint: EndpointPosture): string {
  const [worst] = endpoint.symptoms
    .filter((symptom) => isAccusing(symptom.kind))
    .toSorted((a, b) => weightOf(b) - weightOf(a));
  if (worst !== undefined) return `${SYMPTOM_MEANINGS[worst.kind].title} (${worst.figures})`;
  return endpoint.symptoms.length > 0 ? 'none of its own' : '–';
}

/** A service that ends is worse than one that is slow, however sure each measurement is. */
function weightOf({ kind, strength }: Symptom): number {
  return SYMPTOM_WEIGHTS[kind].reliability * strength;
}
