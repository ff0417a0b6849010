import { tame } from '../../policy.ts';
import type { Evidence } from '../../types-code.ts';
import { isAccusing } from '../evidence/find-symptoms.ts';
import type { Review, Suggestion } from '../review-nouns.ts';
import { type FindingGroup, groupFindings, reachOf, showOtherPlaces } from './group-findings.ts';
import { countSeverities, plural } from './words.ts';

/** About 1,500 tokens. */
const MAX_CHARACTERS = 6_000;
const MAX_ENDPOINTS = 12;

/** Renders a review for a model: findings by weight with place, evidence and fix, until the room is used up. */
export function renderReviewSummary(review: Review): string {
  const lines = [headline(review), ''];
  let room = MAX_CHARACTERS - lines.join('\n').length;
  let shown = 0;
  const cited = new Set<string>();
  for (const group of groupFindings(review.findings)) {
    const text = renderGroup(group, cited);
    if (text.length > room) break;
    lines.push(text);
    room -= text.length + 1;
    shown += group.length;
  }
  const left = review.findings.length - shown;
  if (left > 0) lines.push(`… and ${plural(left, 'finding')} of less weight, in the full report.`);
  lines.push(...renderLeads(review));
  return [...lines, ...renderPatterns(review), ...renderEndpoints(review), ...renderNotices(review)]
    .join('\n')
    .trimEnd();
}

function headline(review: Review): string {
  const { scope } = review;
  const code =
    scope.root === null
      ? 'no code'
      : `${plural(scope.filesReviewed, 'file')}, ${plural(scope.routes, 'route')}`;
  const run = review.runId === null ? 'no run' : review.runId;
  const found =
    review.findings.length === 0
      ? 'no findings'
      : `${plural(review.findings.length, 'finding')} (${countSeverities(review.findings)})`;
  return `Review ${review.id} of ${code} and ${run}: ${found}.`;
}

const MAX_LEADS = 4;

function renderLeads({ leads }: Review): string[] {
  if (leads.length === 0) return [];
  const groups = groupFindings(leads);
  const shown = groups.slice(0, MAX_LEADS).map(([lead, ...more]) => {
    const others = more.length === 0 ? '' : ` and ${plural(more.length, 'place')} more there`;
    return `  ${lead.id} ${tame(lead.place.file, 120)}:${lead.place.startLine}${others}: ${lead.title} (${lead.ruleId})`;
  });
  const left = groups.length - shown.length;
  return [
    '',
    `Leads, not findings: ${plural(leads.length, 'place')} whose harm the code alone does not show (no known operation reaches it or waits for it, or its rule asks for a measurement):`,
    ...shown,
    ...(left > 0 ? [`  … and ${left} more in the full report`] : []),
  ];
}

/** A measurement is written out once; later findings only name its item. */
function renderGroup(group: FindingGroup, cited: Set<string>): string {
  const [finding] = group;
  const { place } = finding;
  const others = showOtherPlaces(group);
  const operations = reachOf(group);
  const reached =
    operations.length === 0
      ? 'no known operation'
      : operations
          .slice(0, 4)
          .map((one) => tame(one, 80))
          .join(', ');
  const proofs = listProofs(group);
  const lines = [
    `[${finding.severity}] ${finding.id} ${tame(place.file, 120)}:${place.startLine} ${finding.title} (${finding.ruleId})`,
    `  ${tame(finding.message, 240)}`,
    ...(others === null ? [] : [`  ${others}`]),
    `  reached from: ${reached}`,
  ];
  const again = proofs.filter((proof) => cited.has(keyOf(proof)));
  for (const proof of proofs.filter((one) => !cited.has(keyOf(one))).slice(0, 2)) {
    cited.add(keyOf(proof));
    const seen = `${tame(proof.symptom, 220)} ${proof.figures}`;
    lines.push(`  measured: ${seen} (${proof.runId} ${proof.itemId}, confidence ${proof.confidence})`);
  }
  if (again.length > 0) {
    const items = again.map((proof) => `${proof.itemId} (confidence ${proof.confidence})`);
    lines.push(`  measured, as above: ${items.join(', ')}`);
  }
  lines.push(`  fix: ${finding.fix === null ? 'none that is safe unread' : finding.fix.summary}`);
  return lines.join('\n');
}

/** What was measured for some place of a group, each measurement once. */
function listProofs(group: FindingGroup): Evidence[] {
  const all = group.flatMap((finding) => finding.evidence);
  return [...new Map(all.map((proof) => [keyOf(proof), proof])).values()];
}

function keyOf(proof: Evidence): string {
  return `${proof.itemId} ${proof.symptom}`;
}

/** What was measured without code to show for it. */
function renderPatterns(review: Review): string[] {
  const open = review.suggestions.filter((one) => one.ruleId === null);
  if (open.length === 0) return [];
  return [
    '',
    'Measured, with no finding to explain it:',
    ...open.flatMap((one) => [
      `  ${one.title} (${citeItems(one)}). ${tame(one.summary, 400)}`,
      ...(one.pattern === null ? [] : [`    what to do: ${one.pattern.text}`]),
    ]),
  ];
}

const MAX_CITED = 3;

/** The items that it was measured in, with the figures of the first. */
function citeItems({ symptoms }: Suggestion): string {
  const items = [...new Set(symptoms.map(({ itemId }) => itemId))];
  const more = items.length > MAX_CITED ? ` and ${items.length - MAX_CITED} more` : '';
  const [first] = symptoms;
  return `${first?.runId ?? ''} ${items.slice(0, MAX_CITED).join(', ')}${more}: ${first?.figures ?? ''}`;
}

function renderEndpoints(review: Review): string[] {
  const exposed = review.endpoints.filter(
    (one) => one.findingIds.length > 0 || one.failed > 0 || one.symptoms.length > 0,
  );
  if (exposed.length === 0) return [];
  const lines = exposed.slice(0, MAX_ENDPOINTS).map((one) => {
    const verdicts =
      one.passed + one.failed + one.inconclusive === 0
        ? 'not measured'
        : `${one.passed} passed, ${one.failed} failed, ${one.inconclusive} inconclusive`;
    const kinds = [
      ...new Set(one.symptoms.filter((symptom) => isAccusing(symptom.kind)).map((symptom) => symptom.kind)),
    ];
    return `  ${tame(one.endpoint, 100)}: ${verdicts}; ${plural(one.findingIds.length, 'finding')}${kinds.length === 0 ? '' : `; ${kinds.join(', ')}`}`;
  });
  const more = exposed.length - lines.length;
  return ['', 'By operation:', ...lines, ...(more > 0 ? [`  … and ${more} more`] : [])];
}

function renderNotices(review: Review): string[] {
  if (review.notices.length === 0) return [];
  const shown = review.notices
    .slice(0, 3)
    .map((one) => `  ${tame(one.where, 100)}: ${tame(one.message, 160)}`);
  const more = review.notices.length - shown.length;
  return ['', 'Note:', ...shown, ...(more > 0 ? [`  … and ${more} more in the full report`] : [])];
}
